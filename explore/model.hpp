// What a device should do, said without looking at how the bootloader does it: the reference that every explored state
// is held against. Written from DESIGN.md's promises; it knows images by number and sees only what an application does,
// where the supply went, and which image was started.
#pragma once

#include <cstdint>
#include <string>

#include "core/reason.hpp"

namespace outboot::explore {

class Model {
  public:
    static constexpr std::uint8_t nothing = 0xff; // no image

    explicit Model(std::uint8_t factory_image) : base_(factory_image) {}

    // The application: first what it begins, then, if the supply didn't go, that it has done it.
    void staging_begins(std::uint8_t image);
    void request_begins(core::Request kind);
    void confirm_begins() { confirm_ = Doubt::maybe; }
    void staging_done();
    void request_done() { request_in_doubt_ = false; }
    void confirm_done() { confirm_ = Doubt::yes; }

    // A boot that was cut short. It may have used up one of the looks at a staged image, or one attempt of a trial.
    void boot_cut();

    // The image that a boot ended in. `says_on_trial`: what the device says of itself. Empty: as it should be; else
    // what is wrong. `installable`: may the requested image follow the confirmed one at all?
    std::string started(std::uint8_t image, bool says_on_trial, bool installable);

    [[nodiscard]] std::uint8_t base() const { return base_; } // the last image that was confirmed: never to be lost
    [[nodiscard]] bool on_trial() const { return trial_ != nothing; }
    [[nodiscard]] std::uint8_t requested() const { return request_ == core::Request::none ? nothing : next_.image; }
    [[nodiscard]] bool has_staged() const { return slot_.image != nothing; }
    [[nodiscard]] std::uint64_t key() const;

  private:
    enum class Doubt : std::uint8_t { no, maybe, yes };

    static constexpr std::uint8_t looks = 3;    // at a staged image, then its request is dropped
    static constexpr std::uint8_t attempts = 3; // of an image on trial

    // What stands in the slot: `image`, or, while in doubt (its staging was cut), perhaps still `before`, or neither.
    struct Slot {
        std::uint8_t image = nothing;
        std::uint8_t before = nothing;
        bool in_doubt = false;
    };

    void forget_request();
    std::string serve_trial(std::uint8_t image, bool says_on_trial, bool& goes_on);
    [[nodiscard]] bool may_install(std::uint8_t image) const;
    void install(std::uint8_t image);

    std::uint8_t base_;
    Slot slot_;
    core::Request request_ = core::Request::none;
    Slot next_;                     // what stood in the slot at the request
    bool request_in_doubt_ = false; // the supply went while it was written
    std::uint8_t trial_ = nothing;
    Doubt confirm_ = Doubt::no;
    std::uint8_t cuts_ = 0;      // since the request, as far as they matter
    std::uint8_t most_left_ = 0; // attempts: at most, at least
    std::uint8_t least_left_ = 0;
};

} // namespace outboot::explore
