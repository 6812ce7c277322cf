// What an application links: stage an update, request it, confirm it, see what became of it.
//
// Nothing happens behind the application's back: it lends its flash devices as a few functions, each call locks and
// unlocks them, and hardware that is busy gives `busy`, never a forced stop. No heap, no interrupts, no state that a
// reset could lose: a staging that was interrupted goes on where it was if it begins again with the same id.
#pragma once

#include <array>

#include "app/flash_access.hpp"
#include "core/layout.hpp"
#include "core/state.hpp"

namespace outboot {

namespace crypto {
class Sha256;
}

enum class UpdateResult : std::uint8_t {
    ok = 0,
    busy = 1,           // a device is in use; try again
    not_confirmed = 2,  // a trial runs or a move is under way: the backup stands where this would write
    too_large = 3,      // doesn't fit the secondary slot
    not_begun = 4,      // write or finish without begin
    too_much = 5,       // more bytes than begin announced
    incomplete = 6,     // finish before all bytes have come
    not_an_image = 7,   // what was staged doesn't begin with an image header
    flash_failed = 8,   // the external chip failed, or reads back something else
    journal_failed = 9, // the journal can't be written
};

struct UpdateStatus {
    core::Phase phase = core::Phase::idle;
    core::Request request = core::Request::none;
    core::Outcome outcome = core::Outcome::none; // of the last update
    core::Reason reason = core::Reason::none;    // why it ended so
    std::uint8_t attempts = 0;                   // boots left to an unconfirmed image
    bool confirmed = false;                      // the running trial has been confirmed; the bootloader will note it
    std::uint32_t counter_floor = 0;             // no image below this security counter is accepted
};

// Tells one image from another, e.g. the start of its hash.
using ImageId = std::array<std::uint8_t, 16>;

// Of `Sha256` so that the explorer can put its model in the place: applications use Update.
template <class Sha256>
class BasicUpdate {
  public:
    using Id = ImageId;

    BasicUpdate(const core::Layout& layout, FlashAccess external, FlashAccess data_flash)
        : layout_(layout), external_(external), data_flash_(data_flash) {}

    // Begins to stage an image of `size_bytes`, or goes on with it. position() then says from which byte on it is
    // wanted. Erases as it goes, 4 KB at a time. A request still pending is withdrawn. The id is the caller's name for
    // these very bytes, such as the first half of their SHA-256; all zeros if it has none: then it never goes on.
    UpdateResult begin(std::uint32_t size_bytes, const Id& id);

    [[nodiscard]] std::uint32_t position() const { return position_; }

    // The next bytes, any number of them. Programmed and read back before this returns.
    UpdateResult write(const std::uint8_t* bytes, std::uint32_t count);

    // All bytes have come. The bootloader verifies the image; this only looks at the header's magic.
    UpdateResult finish();

    // Asks the bootloader to install what is staged at the next reset. `permanent` gives up the way back: an image that
    // never starts can't be undone.
    UpdateResult request(core::Request kind);

    // The running trial is good. Staging is possible again at once; the next boot makes it final.
    UpdateResult confirm();

    // busy: `status` is untouched.
    UpdateResult status(UpdateStatus& status);

  private:
    template <class Change>
    UpdateResult change_state(Change change);

    UpdateResult open_note(std::uint32_t size_bytes, const Id& id);
    bool find_position();
    UpdateResult write_locked(const std::uint8_t* bytes, std::uint32_t count);
    bool seal_block(std::uint32_t block);
    bool block_sum(std::uint32_t block, std::uint32_t& sum);
    [[nodiscard]] bool has_note() const;
    [[nodiscard]] std::uint32_t note_at() const;

    const core::Layout& layout_;
    FlashAccess external_;
    FlashAccess data_flash_;
    std::uint32_t size_ = 0;
    std::uint32_t position_ = 0;
    bool begun_ = false;
};

using Update = BasicUpdate<crypto::Sha256>;

} // namespace outboot
