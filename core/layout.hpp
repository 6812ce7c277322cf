// What the core must know of a product: the constexpr form of its layout file.
//
// `outboot layout emit` writes one value of this type (outboot_layout.hpp); bootloader, application library, host tool
// and explorer are all built from it. Addresses are absolute where they say so, offsets count from the device's start.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace outboot::core {

enum class Plan : std::uint8_t {
    offset = 1,
    scratch = 2,
    overwrite = 3,
    restore = 4, // the way back of offset and scratch; never chosen in a layout
};

// `count` erase blocks of `size` bytes each.
struct BlockRun {
    std::uint32_t count = 0;
    std::uint32_t size = 0;
};

// A region of the layout as an application sees it: `outboot layout emit` writes one constant per region, by its name.
struct Region {
    std::uint32_t address = 0; // where it is mapped, absolute
    std::uint32_t size = 0;    // bytes
    std::uint32_t offset = 0;  // from its device's start, bytes
};

struct Slot {
    std::uint32_t base = 0; // offset from the device's start, bytes
    std::uint32_t size = 0; // bytes
};

struct Layout {
    std::array<std::uint8_t, 8> fingerprint{}; // FORMAT.md, "Fingerprint"
    Plan plan = Plan::offset;

    // Code flash.
    std::uint32_t code_flash_address = 0; // where the device's offset 0 is mapped
    Slot primary;
    std::uint32_t chunk_bytes = 0;            // what moves at a time, counted from the slot's top (core/plan.hpp)
    std::array<BlockRun, 4> primary_blocks{}; // erase blocks of the primary slot, in ascending order
    std::uint32_t primary_program_unit = 0;   // bytes
    std::uint32_t header_size = 0;            // bytes, of every image

    // External chip.
    Slot secondary;                           // staged image; begins where imgtool's users expect it, at its base
    Slot hole;                                // plan offset: adjoins the secondary's end; plan scratch: anywhere
    std::uint32_t external_erase_block = 0;   // smallest erase of the chip, bytes
    std::uint32_t external_chunk_block = 0;   // the erase the chunks are fitted to, bytes
    std::uint32_t external_size = 0;          // bytes
    std::uint32_t external_jedec_id = 0;      // 0x00MMTTCC: manufacturer, type, capacity
    std::uint32_t external_jedec_id_mask = 0; // which bits of it must match

    // Journal.
    Slot journal;                           // in data flash
    std::uint32_t journal_program_unit = 4; // bytes
    std::uint32_t journal_bank_bytes = 0;   // one erase block
    std::uint32_t journal_banks = 0;
    std::uint32_t journal_record_bytes = 0; // room of one begin-record, whole erase blocks

    // Absolute addresses.
    std::uint32_t keys_address = 0;          // key block, inside the bootloader's region (FORMAT.md)
    std::uint32_t ram_record_address = 0;    // 64 bytes, outside both programs' linker regions
    std::uint32_t service_table_address = 0; // 0: none
    std::uint32_t services = 0;              // what is in it: bits as in format/service_table.h

    // Policy.
    bool encryption_required = true;      // staged images must be encrypted
    bool overwrite_broken_primary = true; // a broken primary may be replaced without a way back
};

// Word by word, so that a constant layout is compared and copied as constants and never stands in memory.
[[gnu::always_inline]] constexpr std::uint32_t fingerprint_word(const std::array<std::uint8_t, 8>& fingerprint,
                                                                std::size_t at) {
    return fingerprint[at] | static_cast<std::uint32_t>(fingerprint[at + 1]) << 8 |
           static_cast<std::uint32_t>(fingerprint[at + 2]) << 16 |
           static_cast<std::uint32_t>(fingerprint[at + 3]) << 24;
}

[[gnu::always_inline]] constexpr bool same_fingerprint(const std::array<std::uint8_t, 8>& fingerprint,
                                                       const Layout& layout) {
    return fingerprint_word(fingerprint, 0) == fingerprint_word(layout.fingerprint, 0) &&
           fingerprint_word(fingerprint, 4) == fingerprint_word(layout.fingerprint, 4);
}

[[gnu::always_inline]] inline void copy_fingerprint(const Layout& layout, std::array<std::uint8_t, 8>& to) {
    const std::uint32_t words[] = {fingerprint_word(layout.fingerprint, 0), fingerprint_word(layout.fingerprint, 4)};
    __builtin_memcpy(to.data(), words, sizeof words);
}

} // namespace outboot::core
