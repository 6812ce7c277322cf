// What app/update.hpp declares.
//
// Staging keeps a note in an erase block that is free while nothing moves, the last one of the hole:
//
//     header: magic, size, id, sum of these | one sum per staged erase block, written when the block is complete
//
// An interrupted staging that begins again with the same size and id checks the blocks against their sums; the first
// one that has none, or another, is where it goes on, and it is erased again whatever it reads. So is the note: a sum
// that was cut may read erased.
#pragma once

#include <algorithm>
#include <cstring>

#include "app/update.hpp"
#include "core/journal.hpp"

namespace outboot {

namespace staging {

inline constexpr std::uint32_t note_magic = 0x3153424f; // "OBS1"

struct Note {
    std::uint32_t magic = note_magic;
    std::uint32_t size = 0;
    ImageId id{};
    std::uint32_t sum = 0; // over what stands before it
};
static_assert(sizeof(Note) == 28);
inline constexpr std::uint32_t sums_at = 32;

// The journal's device on top of what the application lends. The bootloader has settled the journal before it started
// us, so at most one bank is closed and there is nothing to wait for.
struct JournalDevice {
    const core::Layout& product;
    FlashAccess& flash;
    [[nodiscard]] const core::Layout& layout() const { return product; }
    bool read(std::uint32_t at, core::MutableBytes bytes) {
        return flash.read(flash.context, at, bytes.data(), static_cast<std::uint32_t>(bytes.size()));
    }
    bool erase(std::uint32_t at, std::uint32_t bytes) { return flash.erase(flash.context, at, bytes); }
    bool program(std::uint32_t at, core::Bytes bytes) {
        return flash.program(flash.context, at, bytes.data(), static_cast<std::uint32_t>(bytes.size()));
    }
    static void before_erase(std::uint32_t) {}
};

template <class Sha256>
std::uint32_t sum_of(const Sha256& state) {
    Sha256 sha = state;
    std::array<std::uint8_t, 32> digest;
    sha.finish(digest);
    return format::get32(digest.data());
}

template <class Sha256>
std::uint32_t note_sum(const Note& note) {
    Sha256 sha;
    sha.update({reinterpret_cast<const std::uint8_t*>(&note), offsetof(Note, sum)});
    return sum_of(sha);
}

// May the secondary slot be written? Not while it holds a backup that may be needed.
inline bool allowed(const core::State& state) {
    if (state.phase == core::Phase::idle) return true;
    return state.phase == core::Phase::on_trial && (state.flags & (core::flag_confirmed | core::flag_backup_lost)) != 0;
}

} // namespace staging

// ---- staging -------------------------------------------------------------------------------------------------------

template <class Sha256>
UpdateResult BasicUpdate<Sha256>::begin(std::uint32_t size_bytes, const Id& id) {
    begun_ = false;
    if (size_bytes < format::header_bytes || size_bytes > layout_.secondary.size || size_bytes > layout_.primary.size) {
        return UpdateResult::too_large;
    }
    const UpdateResult free = change_state([](core::State& state) {
        if (!staging::allowed(state)) return UpdateResult::not_confirmed;
        state.request = core::Request::none;
        state.looking = 0;
        return UpdateResult::ok;
    });
    if (free != UpdateResult::ok) return free;

    const FlashLock lock(external_);
    if (!lock.held()) return UpdateResult::busy;
    size_ = size_bytes;
    position_ = 0;
    const UpdateResult opened = open_note(size_bytes, id);
    begun_ = opened == UpdateResult::ok;
    return opened;
}

// Goes on with the staging the note describes, or starts a new note.
template <class Sha256>
UpdateResult BasicUpdate<Sha256>::open_note(std::uint32_t size_bytes, const Id& id) {
    if (!has_note()) return UpdateResult::ok;
    staging::Note wanted;
    wanted.size = size_bytes;
    wanted.id = id;
    wanted.sum = staging::note_sum<Sha256>(wanted);
    staging::Note found;
    auto* const raw = reinterpret_cast<std::uint8_t*>(&found);
    if (!external_.read(external_.context, note_at(), raw, sizeof found)) return UpdateResult::flash_failed;
    if (id != Id{} && std::memcmp(&found, &wanted, sizeof found) == 0) {
        if (!find_position()) return UpdateResult::flash_failed;
        if (position_ + layout_.external_erase_block > size_) return UpdateResult::ok; // no sum is missing
    }
    // The next sum may have been cut while it was written, and may read erased all the same: the note is made anew.
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&wanted);
    bool written = external_.erase(external_.context, note_at(), layout_.external_erase_block) &&
                   external_.program(external_.context, note_at(), bytes, sizeof wanted);
    const std::uint32_t staged_blocks = position_ / layout_.external_erase_block;
    for (std::uint32_t block = 0; written && block < staged_blocks; ++block) written = seal_block(block);
    return written ? UpdateResult::ok : UpdateResult::flash_failed;
}

// Holds the staged blocks against their sums.
template <class Sha256>
bool BasicUpdate<Sha256>::find_position() {
    const std::uint32_t block_bytes = layout_.external_erase_block;
    for (std::uint32_t block = 0; (block + 1) * block_bytes <= size_; ++block) {
        std::uint32_t sum = 0;
        std::array<std::uint8_t, 4> noted;
        if (!block_sum(block, sum) ||
            !external_.read(external_.context, note_at() + staging::sums_at + 4 * block, noted.data(), noted.size())) {
            return false;
        }
        if (sum != format::get32(noted.data())) return true;
        position_ += block_bytes;
    }
    return true;
}

template <class Sha256>
UpdateResult BasicUpdate<Sha256>::write(const std::uint8_t* bytes, std::uint32_t count) {
    if (!begun_) return UpdateResult::not_begun;
    if (count > size_ - position_) return UpdateResult::too_much;
    const FlashLock lock(external_);
    if (!lock.held()) return UpdateResult::busy;
    const UpdateResult result = write_locked(bytes, count);
    if (result != UpdateResult::ok) begun_ = false;
    return result;
}

template <class Sha256>
UpdateResult BasicUpdate<Sha256>::write_locked(const std::uint8_t* bytes, std::uint32_t count) {
    const std::uint32_t block_bytes = layout_.external_erase_block;
    std::array<std::uint8_t, 128> back;
    while (count != 0) {
        const std::uint32_t in_block = position_ % block_bytes;
        const std::uint32_t at = layout_.secondary.base + position_;
        const std::uint32_t piece = std::min({count, block_bytes - in_block, static_cast<std::uint32_t>(back.size())});
        if (in_block == 0 && !external_.erase(external_.context, at, block_bytes)) return UpdateResult::flash_failed;
        if (!external_.program(external_.context, at, bytes, piece) ||
            !external_.read(external_.context, at, back.data(), piece) || std::memcmp(back.data(), bytes, piece) != 0) {
            return UpdateResult::flash_failed;
        }
        position_ += piece;
        bytes += piece;
        count -= piece;
        if (position_ % block_bytes == 0 && !seal_block(position_ / block_bytes - 1)) return UpdateResult::flash_failed;
    }
    return UpdateResult::ok;
}

template <class Sha256>
UpdateResult BasicUpdate<Sha256>::finish() {
    if (!begun_) return UpdateResult::not_begun;
    if (position_ != size_) return UpdateResult::incomplete;
    const FlashLock lock(external_);
    if (!lock.held()) return UpdateResult::busy;
    std::array<std::uint8_t, 4> magic;
    if (!external_.read(external_.context, layout_.secondary.base, magic.data(), magic.size())) {
        return UpdateResult::flash_failed;
    }
    begun_ = false;
    return format::get32(magic.data()) == format::image_magic ? UpdateResult::ok : UpdateResult::not_an_image;
}

template <class Sha256>
bool BasicUpdate<Sha256>::seal_block(std::uint32_t block) {
    if (!has_note()) return true;
    std::uint32_t sum = 0;
    if (!block_sum(block, sum)) return false;
    const auto* const raw = reinterpret_cast<const std::uint8_t*>(&sum);
    return external_.program(external_.context, note_at() + staging::sums_at + 4 * block, raw, sizeof sum);
}

template <class Sha256>
bool BasicUpdate<Sha256>::block_sum(std::uint32_t block, std::uint32_t& sum) {
    const std::uint32_t block_bytes = layout_.external_erase_block;
    const std::uint32_t base = layout_.secondary.base + block * block_bytes;
    std::array<std::uint8_t, 128> piece;
    Sha256 sha;
    for (std::uint32_t done = 0; done < block_bytes; done += piece.size()) {
        if (!external_.read(external_.context, base + done, piece.data(), piece.size())) return false;
        sha.update(piece);
    }
    sum = staging::sum_of(sha);
    return true;
}

// The hole is free as long as nothing moves, and big enough for a sum per block of the slot.
template <class Sha256>
bool BasicUpdate<Sha256>::has_note() const {
    const std::uint32_t blocks = layout_.secondary.size / layout_.external_erase_block;
    return layout_.hole.size != 0 && staging::sums_at + 4 * blocks <= layout_.external_erase_block;
}

template <class Sha256>
std::uint32_t BasicUpdate<Sha256>::note_at() const {
    return layout_.hole.base + layout_.hole.size - layout_.external_erase_block;
}

// ---- the journal ---------------------------------------------------------------------------------------------------

// Folds the journal, lets `change` alter a copy of the state, and writes that, also if it is the same: a write that was
// cut before may be invisible now and come back later.
template <class Sha256>
template <class Change>
UpdateResult BasicUpdate<Sha256>::change_state(Change change) {
    const FlashLock lock(data_flash_);
    if (!lock.held()) return UpdateResult::busy;
    staging::JournalDevice device{layout_, data_flash_};
    core::Journal<Sha256, staging::JournalDevice> journal(device);
    (void)journal.load();
    core::State next = journal.state();
    const UpdateResult result = change(next);
    if (result != UpdateResult::ok) return result;
    return journal.write(next) ? UpdateResult::ok : UpdateResult::journal_failed;
}

template <class Sha256>
UpdateResult BasicUpdate<Sha256>::request(core::Request kind) {
    return change_state([kind](core::State& state) {
        if (!staging::allowed(state)) return UpdateResult::not_confirmed;
        state.request = kind;
        state.looking = 0;
        return UpdateResult::ok;
    });
}

template <class Sha256>
UpdateResult BasicUpdate<Sha256>::confirm() {
    return change_state([](core::State& state) {
        if (state.phase == core::Phase::on_trial) state.flags |= core::flag_confirmed;
        return UpdateResult::ok;
    });
}

template <class Sha256>
UpdateResult BasicUpdate<Sha256>::status(UpdateStatus& status) {
    const FlashLock lock(data_flash_);
    if (!lock.held()) return UpdateResult::busy;
    staging::JournalDevice device{layout_, data_flash_};
    core::Journal<Sha256, staging::JournalDevice> journal(device);
    (void)journal.load();
    const core::State& state = journal.state();
    status = {state.phase,        state.request,  state.outcome,
              state.reason,       state.attempts, (state.flags & core::flag_confirmed) != 0,
              state.counter_floor};
    return UpdateResult::ok;
}

} // namespace outboot
