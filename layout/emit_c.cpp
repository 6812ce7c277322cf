// The layout for C programs: numbers only, no includes, so that an assembler can read it too.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "layout/emit.hpp"
#include "layout/fingerprint.hpp"
#include "layout/text.hpp"

namespace outboot::layouts {
namespace {

std::string fingerprint_bytes(const Model& model) {
    std::vector<std::string> bytes;
    for (const auto byte : model.core.fingerprint) bytes.push_back(fmt::format("{:#04x}", byte));
    return fmt::format("{}", fmt::join(bytes, ", "));
}

std::string head(const Model& model) {
    const auto notice = emitted_notice(model);
    return fmt::format("/* {}\n * {}\n */\n", notice[0], notice[1]);
}

} // namespace

std::string c_header(const Model& model) {
    const core::Layout& core = model.core;
    std::string text = head(model) + "#ifndef OUTBOOT_LAYOUT_H\n#define OUTBOOT_LAYOUT_H\n\n";
    const auto number = [&](std::string_view name, std::uint32_t value) {
        text += fmt::format("#define OUTBOOT_{} {:#x}u\n", name, value);
    };
    text += fmt::format("#define OUTBOOT_FINGERPRINT {{{}}}\n", fingerprint_bytes(model));
    text += fmt::format("#define OUTBOOT_PLAN_{} 1\n", upper(to_string(core.plan)));
    number("HEADER_SIZE", core.header_size);
    number("APPLICATION_ADDRESS", model.application_address());
    number("LARGEST_IMAGE", model.max_image);
    number("RAM_RECORD_ADDRESS", core.ram_record_address);
    number("EXTERNAL_SIZE", core.external_size);
    number("EXTERNAL_ERASE_BLOCK", core.external_erase_block);
    number("ENCRYPTED_UPDATES", core.encryption_required ? 1 : 0);
    number("SERVICE_TABLE_ADDRESS", core.service_table_address);
    number("SERVICES", core.services);
    text += "\n/* Each region: ADDRESS is where it is mapped, OFFSET counts from its device's start. */\n";
    for (const auto& region : model.regions) {
        const auto name = "REGION_" + upper(region.name);
        number(name + "_ADDRESS", region.address);
        number(name + "_OFFSET", region.offset);
        number(name + "_SIZE", region.size);
    }
    return text + "\n#endif\n";
}

// For an application that doesn't link app/fingerprint.cpp: `outboot sign` looks for this symbol.
std::string c_fingerprint(const Model& model) {
    return head(model) + fmt::format("#include <stdint.h>\n\n"
                                     "extern const uint8_t outboot_layout_fingerprint[8];\n"
                                     "__attribute__((used, section(\".outboot.fingerprint\")))\n"
                                     "const uint8_t outboot_layout_fingerprint[8] = {{{}}};\n",
                                     fingerprint_bytes(model));
}

} // namespace outboot::layouts
