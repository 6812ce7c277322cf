#include "layout/reader.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "layout/parts_reader.hpp"
#include "layout/services.hpp"
#include "layout/table.hpp"
#include "layout/text.hpp"
#include "layout/words.hpp"

namespace outboot::layouts {
namespace {

RegionSpec read_region(const toml::table& toml, std::size_t index, Diagnostics& diagnostics) {
    const auto given = toml["name"].value<std::string>();
    const Table table(toml, schema::region(), given.value_or(fmt::format("#{}", index + 1)), diagnostics);
    RegionSpec region;
    region.name = table.text("name").value_or("");
    region.line = table.line();
    region.role = words::value(words::roles, table.text("role"));
    region.memory = words::value(words::memories, table.text("memory"));
    region.rest = table.text("size") == "rest";
    region.size = table.size("size");
    region.offset = table.size("offset");
    region.align = table.size("align");
    region.sections = table.texts("sections");
    return region;
}

void read_image(const toml::table& toml, LayoutSpec& spec, Diagnostics& diagnostics) {
    const Table table(toml, schema::image(), {}, diagnostics);
    spec.header_size = table.size("header_size");
    spec.header_size_line = table.line_of("header_size");
    spec.max_image = table.size("max_size");
    spec.max_image_line = table.line_of("max_size");
}

void read_crypto(const toml::table& toml, LayoutSpec& spec, Diagnostics& diagnostics) {
    const Table table(toml, schema::crypto(), {}, diagnostics);
    spec.signature = words::value(words::signatures, table.text("signature"));
    spec.encryption = words::value(words::encryptions, table.text("encryption"));
    spec.fast_crypto = words::value(words::optimizations, table.text("optimize")).value_or(false);
}

void read_services(const toml::table& toml, LayoutSpec& spec, Diagnostics& diagnostics) {
    Table table(toml, schema::services(), {}, diagnostics);
    spec.services_line = table.line_of("offer");
    std::vector<std::string> known;
    for (const auto& service : services()) known.emplace_back(service.name);
    for (const auto& name : table.texts("offer")) {
        const auto found = std::find(known.begin(), known.end(), name);
        if (found == known.end())
            table.report("offer", "unknown service", fmt::format("'{}'", name), {}, suggest(name, known));
        else
            spec.services |= 1U << services()[static_cast<std::size_t>(found - known.begin())].number;
    }
}

void read_policy(const toml::table& toml, LayoutSpec& spec, Diagnostics& diagnostics) {
    const Table table(toml, schema::policy(), {}, diagnostics);
    spec.policy_line = table.line();
    spec.encrypted_updates = table.flag("encrypted_updates");
    spec.overwrite_broken_primary = table.flag("overwrite_broken_primary").value_or(true);
}

void read_mcu(Table& layout, LayoutSpec& spec, Diagnostics& diagnostics) {
    spec.mcu_line = layout.line_of("mcu");
    if (const auto* toml = layout.table("mcu"))
        spec.mcu = read_mcu_part(*toml, diagnostics);
    else if (const auto name = layout.text("mcu"))
        spec.mcu = find_mcu(*name);
}

} // namespace

std::string to_string(Memory memory) {
    return words::text(words::memories, memory);
}
std::string to_string(Role role) {
    return words::text(words::roles, role);
}
std::string to_string(core::Plan plan) {
    return words::text(words::plans, plan);
}
std::string to_string(Signature signature) {
    return words::text(words::signatures, signature);
}
std::string to_string(Encryption encryption) {
    return words::text(words::encryptions, encryption);
}

std::optional<LayoutSpec> read_spec(std::string_view text, const std::string& file, Diagnostics& diagnostics) {
    toml::table root;
    try {
        root = toml::parse(text, file);
    } catch (const toml::parse_error& error) {
        diagnostics.add({Severity::error,
                         static_cast<int>(error.source().begin.line),
                         {},
                         "not readable as TOML",
                         std::string{error.description()},
                         {},
                         "see https://toml.io for the syntax"});
        return std::nullopt;
    }
    LayoutSpec spec;
    Table layout(root, schema::layout(), {}, diagnostics);
    if (const auto format = layout.size("format"); format && *format != 1)
        layout.report("format", "a layout format this version doesn't know", fmt::format("{}", *format), {},
                      "write format = 1");
    spec.name = layout.text("name").value_or("");
    read_mcu(layout, spec, diagnostics);
    spec.plan = words::value(words::plans, layout.text("plan"));
    if (const auto* toml = layout.table("external")) {
        spec.external_line = layout.line_of("external");
        spec.external = read_nor_part(*toml, diagnostics);
    }
    if (const auto* toml = layout.table("image")) read_image(*toml, spec, diagnostics);
    if (const auto* toml = layout.table("crypto")) read_crypto(*toml, spec, diagnostics);
    if (const auto* toml = layout.table("services")) read_services(*toml, spec, diagnostics);
    if (const auto* toml = layout.table("policy")) read_policy(*toml, spec, diagnostics);
    const auto regions = layout.tables("region");
    for (std::size_t i = 0; i < regions.size(); ++i) spec.regions.push_back(read_region(*regions[i], i, diagnostics));
    return spec;
}

} // namespace outboot::layouts
