// The reference page of the layout file: a table per table of the schema, then the catalogue.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "layout/catalogue.hpp"
#include "layout/geometry.hpp"
#include "layout/schema.hpp"
#include "layout/text.hpp"

namespace outboot::layouts {
namespace {

std::string kind_text(const Key& key) {
    switch (key.kind) {
    case Kind::text:
        return "text";
    case Kind::flag:
        return "`true` or `false`";
    case Kind::size:
        return "number";
    case Kind::size_or_rest:
        return "number or `\"rest\"`";
    case Kind::word:
        return fmt::format("`\"{}\"`", fmt::join(key.words, "\"`, `\""));
    case Kind::texts:
        return key.words.empty() ? "list of texts" : fmt::format("list of `\"{}\"`", fmt::join(key.words, "\"`, `\""));
    case Kind::table:
        return "table";
    case Kind::tables:
        return "list of tables";
    case Kind::part_or_table:
        return "part or table";
    }
    return {};
}

std::string section(const Schema& schema) {
    std::string text = fmt::format("## {}\n\n{}\n\n| key | value | | meaning |\n|---|---|---|---|\n",
                                   schema.title == "the layout" ? "Top" : "`" + schema.title + "`", schema.meaning);
    for (const auto& key : schema.keys) {
        std::string without = key.required ? "required" : "";
        if (!key.fallback.empty()) without = "else " + key.fallback;
        text += fmt::format("| `{}` | {} | {} | {} |\n", key.name, kind_text(key), without, key.meaning);
    }
    return text + "\n";
}

std::string mcu_table() {
    std::string text = "## MCUs\n\n| part | code flash | unit | data flash | unit | RAM | external chip at |\n"
                       "|---|---|---|---|---|---|---|\n";
    for (const auto& part : mcu_parts()) {
        const auto blocks = [](const FlashPart& flash) {
            return flash.blocks.empty() ? std::string("none") : Geometry(flash.address, flash.blocks).describe();
        };
        const auto unit = [](const FlashPart& flash) {
            return flash.blocks.empty() ? std::string() : size_text(flash.program_unit);
        };
        text += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", part->name, blocks(part->code_flash),
                            unit(part->code_flash), blocks(part->data_flash), unit(part->data_flash),
                            size_text(part->ram.size), address_text(part->external_window.address));
    }
    return text + "\n";
}

std::string nor_table() {
    std::string text =
        "## External chips\n\n| part | size | address bytes | erases (command, typical) | page | JEDEC id "
        "|\n|---|---|---|---|---|---|\n";
    for (const auto& part : nor_parts()) {
        std::vector<std::string> erases;
        for (const auto& erase : part->erases)
            erases.push_back(fmt::format("{} ({:#04x}, {} ms)", size_text(erase.size), erase.opcode, erase.typical_ms));
        text += fmt::format("| {} | {} | {} | {} | {} us | {:06x} |\n", part->name, size_text(part->size),
                            part->address_bytes, fmt::join(erases, ", "), part->page_us, part->jedec_id);
    }
    return text;
}

} // namespace

std::string reference_page() {
    std::string text = "# The layout file\n\n"
                       "Made by `outboot layout reference` from what the reader checks with; don't edit. Numbers are "
                       "`16K`, `1M`, `0x4000` or `16384`, those with a letter in quotes. A key that isn't listed here "
                       "is an error.\n\n";
    for (const auto* schema : {&schema::layout(), &schema::external(), &schema::erase(), &schema::image(),
                               &schema::crypto(), &schema::services(), &schema::policy(), &schema::region(),
                               &schema::mcu(), &schema::flash(), &schema::blocks(), &schema::range()})
        text += section(*schema);
    return text + mcu_table() + nor_table();
}

} // namespace outboot::layouts
