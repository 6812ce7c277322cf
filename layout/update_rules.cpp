// Rules about what an update asks of the regions.
#include <algorithm>

#include <fmt/format.h>

#include "format/image.hpp"
#include "format/service_table.h"
#include "layout/journal_shape.hpp"
#include "layout/rule_set.hpp"
#include "layout/rules.hpp"
#include "layout/text.hpp"

namespace outboot::layouts {
void Rules::updates() {
    bootloader();
    header();
    secondary();
    chunk_size();
    chunk_alignment();
    spare_room();
    journal();
    policy();
    services();
}

void Rules::bootloader() {
    const Region* region = find(Role::bootloader);
    if (!region || !spec_.mcu || region->memory != Memory::code_flash) return;
    if (region->offset != 0)
        error(*region, "doesn't begin where the MCU starts", address_text(region->offset), "0x0",
              "make it the first region of code_flash");
    if (region->size < bootloader_room_bytes)
        error(*region, "too small for the bootloader and its key block", size_text(region->size),
              fmt::format("at least {}", size_text(bootloader_room_bytes)),
              fmt::format("make its size \"{}\"", size_literal(static_cast<std::uint32_t>(
                                                      geometry(Memory::code_flash).ceil(bootloader_room_bytes)))));
}

void Rules::header() {
    if (!spec_.header_size || !spec_.mcu) return;
    const std::uint32_t size = *spec_.header_size;
    const auto fail = [&](std::string problem, std::string limit, std::string hint) {
        diagnostics_.add({Severity::error,
                          spec_.header_size_line,
                          {},
                          std::move(problem),
                          address_text(size),
                          std::move(limit),
                          std::move(hint)});
    };
    if (size < format::header_bytes || size > 0xffff || size % 16 != 0) {
        fail("header_size can't be stored or encrypted behind", "32 to 65,520, a multiple of 16",
             "write header_size = 0x200");
        return;
    }
    const Region* primary = find(Role::primary);
    const std::uint32_t align = spec_.mcu->vector_table_align;
    if (primary && (primary->address + size) % align != 0)
        fail(fmt::format("the application's vector table would stand at {}", address_text(primary->address + size)),
             fmt::format("a multiple of {}", address_text(align)),
             fmt::format("write header_size = {}", address_text((size + align - 1) / align * align)));
}

// A secondary slot smaller than the primary limits every image: allowed if the file says so itself.
void Rules::secondary() {
    const Region* primary = find(Role::primary);
    const Region* secondary = find(Role::secondary);
    if (!primary || !secondary || secondary->memory != Memory::external) return;
    const std::uint32_t room = std::min(primary->size, secondary->size);
    const std::uint32_t wanted = spec_.max_image.value_or(primary->size);
    if (spec_.max_image && *spec_.max_image > room) {
        diagnostics_.add({Severity::error,
                          spec_.max_image_line,
                          {},
                          "[image] max_size is more than both slots hold",
                          size_text(wanted),
                          fmt::format("at most {}", size_text(room)),
                          fmt::format("write max_size = \"{}\", or enlarge the smaller slot", size_literal(room))});
    } else if (wanted > secondary->size) {
        error(*secondary, "smaller than an image that fills the primary slot", size_text(secondary->size),
              fmt::format("at least {}", size_text(wanted)),
              fmt::format("make it \"{}\", or say with [image] max_size = \"{}\" that images will never be larger",
                          size_literal(wanted), size_literal(secondary->size)));
    }
    const std::uint32_t least = spec_.header_size.value_or(0) + tlv_room;
    if (std::min(room, wanted) <= least)
        error(*secondary, "no image fits the slots", size_text(std::min(room, wanted)),
              fmt::format("more than {}", size_text(least)), "enlarge the slots");
    if (secondary->size > primary->size)
        warn(*secondary, "larger than the primary slot; the rest is never used", size_text(secondary->size),
             size_text(primary->size), fmt::format("make its size \"{}\"", size_literal(primary->size)));
}

// No part in the catalogue has blocks that fail here; one with large blocks below small ones would.
void Rules::chunk_size() {
    if (primary_blocks().empty() || !spec_.external || !chunks().empty()) return;
    const Region& primary = *find(Role::primary);
    error(primary, "its erase blocks don't make up chunks of one size, counted from its top", size_text(primary.size),
          "only the lowest chunk may be shorter", "begin or end it on another erase block");
}

// What misaligned chunks cost: erasing in small blocks what one large erase could do.
void Rules::chunk_alignment() {
    const auto table = chunks();
    if (table.empty() || !spec_.external || !spec_.plan) return;
    const auto& erases = spec_.external->erases;
    const std::uint32_t block = spec_.external->chunk_erase();
    const auto& small = erases.front();
    const auto& large = *std::find_if(erases.begin(), erases.end(), [&](auto& e) { return e.size == block; });
    if (small.size == block) return;
    const auto cost = [&](std::uint32_t count) {
        const double per_chunk = static_cast<double>(large.size) / small.size * small.typical_ms - large.typical_ms;
        return fmt::format("every update takes about {:.0f} s longer, erasing in {} blocks", count * per_chunk / 1000,
                           size_text(small.size));
    };
    const auto count = static_cast<std::uint32_t>(table.size());
    if (const Region* region = find(Role::secondary); region && region->memory == Memory::external) {
        const std::uint32_t first = (region->offset + table.front().size) % block;
        const std::uint32_t phase = (block - table.front().size % block) % block;
        if (first != 0)
            warn(*region, fmt::format("its chunks don't lie on {} erase blocks", size_text(block)),
                 address_text(region->offset),
                 fmt::format("an offset of {} more than a multiple of {}", size_text(phase), size_text(block)),
                 cost(count) + "; leave out its offset to have it placed well");
    }
    const Region* spare = find(*spec_.plan == core::Plan::scratch ? Role::scratch : Role::hole);
    if (spare && spare->role == Role::hole && spare->size % block != 0)
        warn(*spare, fmt::format("moves the backup off the {} erase blocks", size_text(block)), size_text(spare->size),
             fmt::format("a multiple of {}", size_text(block)), cost(count));
    if (spare && spare->role == Role::scratch && spare->offset % block != 0)
        warn(*spare, fmt::format("doesn't begin on a {} erase block", size_text(block)), address_text(spare->offset),
             fmt::format("a multiple of {}", address_text(block)), cost(count));
}

void Rules::spare_room() {
    if (!spec_.plan || *spec_.plan == core::Plan::overwrite) return;
    const Region* spare = find(*spec_.plan == core::Plan::scratch ? Role::scratch : Role::hole);
    if (!spare) return;
    std::uint32_t largest = 0;
    for (const auto& chunk : chunks()) largest = std::max(largest, chunk.size);
    if (spare->size < largest)
        error(*spare, "smaller than the largest chunk that is moved through it", size_text(spare->size),
              fmt::format("at least {}", size_text(largest)),
              fmt::format("make its size \"{}\"", size_literal(largest)));
    const Region* secondary = find(Role::secondary);
    if (spare->role == Role::hole && secondary && spare->offset != secondary->end())
        error(*spare, "doesn't adjoin the end of the secondary slot",
              fmt::format("begins at {}", address_text(spare->offset)),
              fmt::format("'{}' ends at {}", secondary->name, address_text(secondary->end())),
              "put it right behind the secondary slot, without an offset; where that can't be, use plan = \"scratch\"");
}

void Rules::journal() {
    const Region* region = find(Role::journal);
    if (!region || !spec_.mcu || region->memory != journal_memory(*spec_.mcu)) return;
    const FlashPart& flash = journal_flash(*spec_.mcu);
    const auto blocks = geometry(region->memory).blocks(region->offset, region->end());
    if (blocks.empty()) return;
    if (blocks.size() > 1) {
        error(*region, "its erase blocks aren't all of one size", fmt::format("{} sizes", blocks.size()), "one size",
              "begin it on another erase block");
        return;
    }
    const std::uint32_t block = blocks.front().size;
    const std::uint32_t needed = journal_shape::size_bytes(block);
    if (journal_shape::marks(block, journal_shape::mark_unit(flash.program_unit)) < journal_shape::least_marks) {
        error(*region, "an erase block is too small for one of the journal's banks", size_text(block),
              fmt::format("{} for a state and {} program units of {}", size_text(journal_shape::state_bytes),
                          journal_shape::least_marks, size_text(flash.program_unit)),
              "put the journal where blocks are larger");
        return;
    }
    if (region->size < needed)
        error(*region, "too small for the journal", size_text(region->size),
              fmt::format("at least {}", size_text(needed)), fmt::format("make its size \"{}\"", size_literal(needed)));
    if (region->size > needed)
        warn(*region, "larger than the journal; the rest is never used", size_text(region->size), size_text(needed),
             fmt::format("make its size \"{}\"", size_literal(needed)));
}

void Rules::policy() {
    if (spec_.encryption == Encryption::none && spec_.encrypted_updates.value_or(false))
        diagnostics_.add({Severity::error,
                          spec_.policy_line,
                          {},
                          "encrypted_updates is true, but [crypto] encryption is \"none\"",
                          {},
                          {},
                          "choose encryption = \"ecies-p256-aes128\", or encrypted_updates = false"});
    for (const auto& region : spec_.regions)
        if (!region.sections.empty() && region.role && *region.role != Role::application)
            diagnostics_.add({Severity::error,
                              region.line,
                              region.name,
                              "only application regions can name linker sections",
                              {},
                              {},
                              "remove 'sections'"});
}

void Rules::services() {
    const auto offers = [&](int service) { return (spec_.services >> service & 1) != 0; };
    const auto fail = [&](std::string problem, std::string hint) {
        diagnostics_.add({Severity::error, spec_.services_line, {}, std::move(problem), {}, {}, std::move(hint)});
    };
    if (offers(outboot_service_aes) && !spec_.fast_crypto)
        fail("service 'aes' isn't in the cryptography built for size", "write [crypto] optimize = \"speed\"");
    if (offers(outboot_service_aes_decrypt) && !offers(outboot_service_aes))
        fail("service 'aes-decrypt' needs service 'aes'", "offer \"aes\", too");
}

} // namespace outboot::layouts
