#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "layout/emit.hpp"
#include "layout/fingerprint.hpp"

namespace outboot::layouts {
namespace {

std::string slot(const core::Slot& slot) {
    return fmt::format("{{.base = {:#x}, .size = {:#x}}}", slot.base, slot.size);
}

std::string blocks(const core::Layout& core) {
    std::vector<std::string> runs;
    for (const auto& run : core.primary_blocks)
        if (run.count > 0) runs.push_back(fmt::format("{{.count = {}, .size = {:#x}}}", run.count, run.size));
    return fmt::format("{{{{{}}}}}", fmt::join(runs, ", "));
}

std::string constants(const Model& model) {
    std::string text = "namespace regions {\n";
    for (const auto& region : model.regions)
        text += fmt::format("inline constexpr core::Region {}{{.address = {:#x}, .size = {:#x}, .offset = {:#x}}};\n",
                            region.name, region.address, region.size, region.offset);
    return text + "} // namespace regions\n";
}

} // namespace

std::string cpp_header(const Model& model) {
    const core::Layout& core = model.core;
    std::string text;
    for (const auto& line : emitted_notice(model)) text += fmt::format("// {}\n", line);
    text += "#pragma once\n\n#include \"core/layout.hpp\"\n\nnamespace outboot {\n\n";
    text += "inline constexpr core::Layout layout{\n";
    const auto field = [&](std::string_view name, const std::string& value) {
        text += fmt::format("    .{} = {},\n", name, value);
    };
    const auto number = [&](std::string_view name, std::uint32_t value) { field(name, fmt::format("{:#x}", value)); };
    const auto flag = [&](std::string_view name, bool value) { field(name, value ? "true" : "false"); };
    std::vector<std::string> bytes;
    for (const auto byte : core.fingerprint) bytes.push_back(fmt::format("{:#04x}", byte));
    field("fingerprint", fmt::format("{{{}}}", fmt::join(bytes, ", ")));
    field("plan", "core::Plan::" + to_string(core.plan));
    number("code_flash_address", core.code_flash_address);
    field("primary", slot(core.primary));
    number("chunk_bytes", core.chunk_bytes);
    field("primary_blocks", blocks(core));
    number("primary_program_unit", core.primary_program_unit);
    number("header_size", core.header_size);
    field("secondary", slot(core.secondary));
    field("hole", slot(core.hole));
    number("external_erase_block", core.external_erase_block);
    number("external_chunk_block", core.external_chunk_block);
    number("external_size", core.external_size);
    number("external_jedec_id", core.external_jedec_id);
    number("external_jedec_id_mask", core.external_jedec_id_mask);
    field("journal", slot(core.journal));
    number("journal_program_unit", core.journal_program_unit);
    number("journal_bank_bytes", core.journal_bank_bytes);
    number("journal_banks", core.journal_banks);
    number("journal_record_bytes", core.journal_record_bytes);
    number("keys_address", core.keys_address);
    number("ram_record_address", core.ram_record_address);
    number("service_table_address", core.service_table_address);
    number("services", core.services);
    flag("encryption_required", core.encryption_required);
    flag("overwrite_broken_primary", core.overwrite_broken_primary);
    text += "};\n\n" + constants(model) + "\n} // namespace outboot\n";
    return text;
}

} // namespace outboot::layouts
