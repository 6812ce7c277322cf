#include "layout/starter.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "layout/geometry.hpp"
#include "layout/journal_shape.hpp"
#include "layout/rules.hpp"
#include "layout/text.hpp"

namespace outboot::layouts {
namespace {

std::string region(const std::string& name, Role role, Memory memory, const std::string& size,
                   const std::string& remark, const std::string& more = {}) {
    return fmt::format("[[region]]\nname = \"{}\"\nrole = \"{}\"\nmemory = \"{}\"\nsize = \"{}\"{}\n{}\n", name,
                       to_string(role), to_string(memory), size, remark.empty() ? "" : " # " + remark, more);
}

// The largest erase block of the primary slot: chunks are no smaller.
std::uint32_t largest_block(const Geometry& flash, std::uint64_t begin, std::uint64_t end) {
    std::uint32_t largest = 0;
    for (const auto& run : flash.blocks(begin, end)) largest = std::max(largest, run.size);
    return largest;
}

const char* plan_remark(core::Plan plan) {
    switch (plan) {
    case core::Plan::offset:
        return "fastest with a way back; the hole adjoins the secondary slot";
    case core::Plan::scratch:
        return "a way back as well; the scratch region may lie anywhere";
    default:
        return "no way back";
    }
}

} // namespace

std::string starting_layout(const Starter& starter) {
    const McuPart& mcu = *starter.mcu;
    const Geometry flash = geometry_of(Memory::code_flash, mcu, nullptr);
    const auto least = static_cast<std::uint32_t>(flash.ceil(bootloader_room_bytes)); // whole erase blocks
    const std::uint32_t bootloader = starter.bootloader != 0 ? starter.bootloader : least;
    const bool has_data_flash = has_memory(Memory::data_flash, mcu);
    const std::uint32_t journal = journal_shape::size_bytes(journal_flash(mcu).blocks.back().size);
    const std::uint64_t primary_end = flash.size() - (has_data_flash ? 0 : journal);
    const auto primary = static_cast<std::uint32_t>(primary_end - std::min<std::uint64_t>(bootloader, primary_end));
    const std::uint32_t chunk =
        std::max(starter.external->chunk_erase(), largest_block(flash, flash.floor(bootloader), primary_end));
    const bool spare = starter.plan != core::Plan::overwrite;
    // Room for the secondary slot: what the chip has, less the spare chunk.
    const std::uint32_t room = starter.external->size - (spare ? chunk : 0);
    const std::uint32_t secondary = std::min(primary, room / chunk * chunk);

    std::string text = fmt::format(
        "# The memory map of {0}: everything else is made from this file.\n"
        "# `outboot layout check` judges it, `outboot layout map` draws it, `outboot layout reference` explains every "
        "key.\nformat = 1\nname = \"{0}\"\nmcu = \"{1}\"\nplan = \"{2}\" # {3}\n\n[external]\npart = \"{4}\"\n\n",
        starter.name, mcu.name, to_string(starter.plan), plan_remark(starter.plan), starter.external->name);
    text += fmt::format("[image]\nheader_size = {} # the vector table behind it wants {}-byte alignment\n",
                        address_text(std::max(0x200U, mcu.vector_table_align)), mcu.vector_table_align);
    if (secondary < primary)
        text += fmt::format("max_size = \"{}\" # the secondary slot holds no more\n", size_literal(secondary));
    text += fmt::format("\n[crypto] # schemes; the keys are written at provisioning\nsignature = \"ecdsa-p256\"\n"
                        "encryption = \"{}\"\n\n[policy]\nencrypted_updates = {} # a staged image in clear is {}\n"
                        "overwrite_broken_primary = true # a broken or missing image may be replaced without a way back"
                        "\n\n",
                        to_string(starter.encryption), starter.encryption != Encryption::none,
                        starter.encryption != Encryption::none ? "refused" : "accepted");

    text += fmt::format("# Code flash, {}: {}. Regions are placed in this order; each is whole erase blocks.\n\n",
                        size_text(flash.size()), flash.describe());
    text += region("bootloader", Role::bootloader, Memory::code_flash, size_literal(bootloader),
                   "its last 256 bytes hold the device's keys");
    text += region("primary", Role::primary, Memory::code_flash, "rest",
                   fmt::format("{}: the program, header and signature included", size_literal(primary)));
    if (has_data_flash)
        text += fmt::format("# Data flash, {}.\n\n", size_text(geometry_of(Memory::data_flash, mcu, nullptr).size())) +
                region("parameters", Role::application, Memory::data_flash, "rest", "the application's own",
                       "sections = [\".data_flash*\"] # the linker puts them here\n");
    text += region("journal", Role::journal, journal_memory(mcu), size_literal(journal),
                   "the state of updates; never anything else's");
    text += fmt::format("# The external chip, {}.\n\n", size_text(starter.external->size));
    if (starter.files != "none")
        text += region("files", Role::application, Memory::external, starter.files,
                       "the application's own: a file system, assets");
    text += region("secondary", Role::secondary, Memory::external, size_literal(secondary), "where updates are staged");
    if (starter.plan == core::Plan::offset)
        text += region("hole", Role::hole, Memory::external, size_literal(chunk),
                       "the backup is kept so much further up than the staged image");
    if (starter.plan == core::Plan::scratch)
        text += region("scratch", Role::scratch, Memory::external, size_literal(chunk), "chunks move through it");
    text.pop_back();
    return text;
}

} // namespace outboot::layouts
