#include <fmt/format.h>

#include "core/key_block.hpp"
#include "format/service_table.h"
#include "layout/emit.hpp"
#include "layout/fingerprint.hpp"
#include "layout/services.hpp"
#include "layout/text.hpp"

namespace outboot::layouts {
namespace {

std::string head(const Model& model) {
    std::string text = "/*";
    for (const auto& line : emitted_notice(model)) text += fmt::format(" {}\n  ", line);
    text.erase(text.size() - 3);
    return text + " */\n";
}

std::string memory(std::string_view name, std::string_view access, std::uint32_t origin, std::uint32_t length) {
    return fmt::format("    {} ({}) : ORIGIN = {:#010x}, LENGTH = {:#x}\n", name, access, origin, length);
}

// Neither program's: the fixed record at the end of RAM outlives both.
std::string ram(const Model& model) {
    const auto& range = model.mcu->ram;
    return memory("RAM", "rwx", range.address, model.core.ram_record_address - range.address);
}

std::uint32_t service_table_bytes() {
    return static_cast<std::uint32_t>(24 + 4 * service_entries().size());
}

// The service table: the linker fills it with the functions the layout asks for, and so draws in these and no others.
// The sum is the linker's as well, since only it knows the addresses.
std::string service_table(const core::Layout& core, std::uint32_t code_begin) {
    const std::uint32_t head[] = {OUTBOOT_SERVICE_MAGIC, OUTBOOT_SERVICE_VERSION | service_table_bytes() << 16,
                                  core.services, code_begin, core.service_table_address};
    std::string extern_symbols;
    std::string words;
    std::string entries;
    std::string sum;
    for (const auto word : head) {
        words += fmt::format("        LONG({:#010x})\n", word);
        sum += fmt::format(" - {:#x}", word);
    }
    for (const auto& entry : service_entries()) {
        const bool here = (core.services >> entry.service & 1) != 0;
        const std::string value = here ? fmt::format("({} | 1)", entry.function) : "0";
        entries += fmt::format("        LONG({})\n", value);
        if (!here) continue;
        extern_symbols += fmt::format("EXTERN({})\n", entry.function);
        sum += " - " + value;
    }
    return fmt::format("{}\nSECTIONS\n{{\n    .services :\n    {{\n{}        LONG(0{})\n{}    }} > SERVICES\n}}\n\n",
                       extern_symbols, words, sum, entries);
}

// An ASSERT of the linker.
std::string check(const std::string& condition, const std::string& otherwise) {
    return fmt::format("ASSERT({}, \"{}\")\n", condition, otherwise);
}

bool linked(const Region& region) {
    return !region.sections.empty();
}

} // namespace

std::string bootloader_memory(const Model& model) {
    const core::Layout& core = model.core;
    const Region& bootloader = *model.find(Role::bootloader);
    std::string text = head(model) + "MEMORY\n{\n";
    const bool has_services = core.services != 0;
    const std::uint32_t code_end = has_services ? core.service_table_address : core.keys_address;
    text += memory("FLASH", "rx", bootloader.address, code_end - bootloader.address);
    if (has_services) text += memory("SERVICES", "r", code_end, core.keys_address - code_end);
    text += memory("KEYS", "r", core.keys_address, static_cast<std::uint32_t>(core::key_block::size_bytes));
    text += ram(model) + "}\n\n";
    if (has_services) text += service_table(core, bootloader.address);
    text += fmt::format("__outboot_keys = {:#010x};\n", core.keys_address);
    text += fmt::format("__outboot_ram_record = {:#010x};\n", core.ram_record_address);
    text += fmt::format("__outboot_primary = {:#010x};\n", model.primary().address);
    text += fmt::format("__outboot_application = {:#010x};\n\n", model.application_address());
    text += check(fmt::format("ADDR(.text) == {:#x}", bootloader.address),
                  "the bootloader's vector table isn't where the MCU starts");
    text += check(fmt::format("LOADADDR(.data) + SIZEOF(.data) <= {:#x}", code_end),
                  fmt::format("the bootloader reaches into its {}: the layout gives its code {} bytes",
                              has_services ? "service table" : "key block", code_end - bootloader.address));
    if (has_services)
        text += check(fmt::format("SIZEOF(.services) == {}", service_table_bytes()), "the service table isn't whole");
    return text;
}

std::string app_memory(const Model& model) {
    const core::Layout& core = model.core;
    std::string text = head(model) + "MEMORY\n{\n";
    text += memory("FLASH", "rx", model.application_address(), model.max_image - core.header_size - tlv_room);
    text += ram(model);
    for (const auto& region : model.regions)
        if (linked(region)) text += memory(upper(region.name), "r", region.address, region.size);
    text += "}\n\n";
    text += fmt::format("__outboot_ram_record = {:#010x};\n", core.ram_record_address);
    text += "\n/* `outboot sign` holds it against the layout. */\nEXTERN(outboot_layout_fingerprint)\n";
    text += check("DEFINED(outboot_layout_fingerprint)",
                  "the program doesn't carry the layout's fingerprint: link outboot::app, app/fingerprint.cpp or the "
                  "emitted outboot_fingerprint.c");
    return text;
}

std::string app_sections(const Model& model) {
    std::string text = head(model) + "/* To be included before the application's own SECTIONS: a pattern such as "
                                     ".data* would take .data_flash too. */\n"
                                     "SECTIONS\n{\n";
    for (const auto& region : model.regions) {
        if (!linked(region)) continue;
        text += fmt::format("    .{} :\n    {{\n        __{}_start = .;\n", region.name, region.name);
        for (const auto& pattern : region.sections) text += fmt::format("        KEEP(*({}))\n", pattern);
        text += fmt::format("        __{}_end = .;\n    }} > {}\n", region.name, upper(region.name));
    }
    text += "}\n\n";
    for (const auto& region : model.regions)
        if (linked(region))
            text += check(fmt::format("SIZEOF(.{}) <= {:#x}", region.name, region.size),
                          fmt::format("the initial content of region '{}' is larger than the layout's {} bytes",
                                      region.name, region.size));
    return text;
}

} // namespace outboot::layouts
