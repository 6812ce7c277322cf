// What a device should do, said without looking at how the bootloader does it: the reference that every explored state
// is held against. Written from DESIGN.md's promises; it knows images by number and sees only what an application does,
// where the supply went, and which image was started.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/reason.hpp"

namespace outboot::explore {

class Model {
  public:
    static constexpr std::uint8_t nothing = 0xff; // no image

    // `flips`: a write of the journal that was cut may be seen at one boot and not at another, until the next write.
    Model(std::uint8_t factory_image, bool flips) : base_(factory_image), flips_(flips) {}

    // The application: first what it begins, then, if the supply didn't go, that it has done it. Staging withdraws a
    // request before it touches the slot.
    void withdrawal_begins() { request_in_doubt_ = request_pending(); }
    void withdrawal_done() { forget_request(); }
    void staging_begins(std::uint8_t image);
    void request_begins(core::Request kind);
    void confirm_begins() { confirm_ = Doubt::maybe; }
    void staging_done(std::uint8_t image) { slot_ = {bit(image), true}; }
    void request_done(core::Request kind) {
        requests_ = kind_bit(kind);
        request_in_doubt_ = false;
    }
    void confirm_done() { confirm_ = Doubt::yes; }

    // A boot that was cut short. It may have used up one of the looks at a staged image, or one attempt of a trial.
    void boot_cut();

    // The image that a boot ended in. `says_on_trial`: what the device says of itself. Empty: as it should be; else
    // what is wrong. `may_follow`: for each image the ones that may follow it once it is confirmed; bits.
    std::string started(std::uint8_t image, bool says_on_trial, std::span<const std::uint8_t> may_follow);

    [[nodiscard]] std::uint8_t base() const { return base_; } // the last image that was confirmed: never to be lost
    [[nodiscard]] bool on_trial() const { return trial_ != nothing; }
    [[nodiscard]] bool request_pending() const { return requests_ != 0; }
    // The images that may be installed; bits.
    [[nodiscard]] std::uint8_t requested() const { return request_pending() ? slot_.images : std::uint8_t{0}; }
    [[nodiscard]] bool has_staged() const { return slot_.images != 0; }
    [[nodiscard]] std::uint64_t key() const;

  private:
    enum class Doubt : std::uint8_t { no, maybe, yes };

    static constexpr std::uint8_t bit(std::uint8_t image) { return static_cast<std::uint8_t>(1U << image); }

    static constexpr std::uint8_t kind_bit(core::Request kind) { return kind == core::Request::test ? 1 : 2; }

    static constexpr std::uint8_t looks = 3;    // at a staged image, then its request is dropped
    static constexpr std::uint8_t attempts = 3; // of an image on trial

    // What stands in the slot, one bit for each image that may be whole in it; `surely`: one of them is.
    struct Slot {
        std::uint8_t images = 0;
        bool surely = false;
    };

    void forget_request();
    std::string serve_trial(std::uint8_t image, bool says_on_trial, bool& goes_on);
    void install(std::uint8_t image, bool permanent);

    std::uint8_t base_;
    bool flips_;
    Slot slot_;
    std::uint8_t requests_ = 0;     // a bit for each kind that may be pending
    bool request_in_doubt_ = false; // the supply went while it was written
    std::uint8_t trial_ = nothing;
    Doubt confirm_ = Doubt::no;
    std::uint8_t cuts_ = 0;      // since the request, as far as they matter
    std::uint8_t most_left_ = 0; // attempts: at most, at least
    std::uint8_t least_left_ = 0;
};

} // namespace outboot::explore
