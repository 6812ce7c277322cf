#include "layout/parts_reader.hpp"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "layout/table.hpp"
#include "layout/text.hpp"

namespace outboot::layouts {
namespace {

constexpr std::size_t max_runs = std::tuple_size_v<decltype(core::Layout::primary_blocks)>;
constexpr std::size_t max_erases = 3;

std::size_t errors(const Diagnostics& diagnostics) {
    const auto& all = diagnostics.all();
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [](auto& d) { return d.severity == Severity::error; }));
}

void require_power_of_two(Table& table, const std::string& key) {
    const auto value = table.size(key);
    if (value && !std::has_single_bit(*value))
        table.report(key, fmt::format("'{}' is not a power of two", key), fmt::format("{}", *value), {},
                     "take it from the data sheet");
}

AddressRange read_range(const toml::table* toml, Diagnostics& diagnostics) {
    if (!toml) return {};
    Table table(*toml, schema::range(), {}, diagnostics);
    const AddressRange range{table.size("address").value_or(0), table.size("size").value_or(0)};
    if (range.end() > 0x1'0000'0000)
        table.report("size", "reaches beyond 32 bits of address", address_text(range.end()), "0x100000000",
                     "make it smaller");
    return range;
}

FlashPart read_flash(const toml::table* toml, Diagnostics& diagnostics) {
    FlashPart flash;
    if (!toml) return flash;
    Table table(*toml, schema::flash(), {}, diagnostics);
    flash.address = table.size("address").value_or(0);
    flash.program_unit = table.size("program_unit").value_or(1);
    flash.program_us = table.size("program_us").value_or(0);
    flash.cycles = table.size("cycles").value_or(0);
    require_power_of_two(table, "program_unit");
    std::uint64_t total = 0;
    for (const auto* each : table.tables("blocks")) {
        Table run(*each, schema::blocks(), {}, diagnostics);
        require_power_of_two(run, "size");
        const core::BlockRun blocks{run.size("count").value_or(0), run.size("size").value_or(1)};
        if (blocks.count == 0 && run.size("count")) run.report("count", "a run without blocks", "0", {}, "remove it");
        if (std::has_single_bit(blocks.size) && std::has_single_bit(flash.program_unit) &&
            blocks.size < flash.program_unit)
            run.report("size", "an erase block smaller than the program unit", size_text(blocks.size),
                       fmt::format("at least {}", size_text(flash.program_unit)), "take both from the data sheet");
        flash.blocks.push_back(blocks);
        flash.erase_times.push_back({blocks.size, run.size("erase_us").value_or(0)});
        total += std::uint64_t{blocks.count} * blocks.size;
    }
    if (flash.blocks.size() > max_runs)
        table.report("blocks", "too many runs of blocks", fmt::format("{}", flash.blocks.size()),
                     fmt::format("at most {}", max_runs), "join runs of equal blocks");
    if (flash.address + total > 0x1'0000'0000)
        table.report("blocks", "they reach beyond 32 bits of address", address_text(flash.address + total),
                     "0x100000000", "check address, count and size");
    return flash;
}

NorPart read_nor_by_hand(Table& table, Diagnostics& diagnostics) {
    for (const char* key : {"name", "size", "address_bytes", "erases", "jedec_id"})
        if (!table.has(key))
            table.report(key, fmt::format("'{}' is missing in [external]", key), {}, {},
                         "add part = \"...\" for a chip of the catalogue, or describe the chip in full");
    NorPart part;
    part.name = table.text("name").value_or("");
    part.size = table.size("size").value_or(0);
    part.page_us = table.size("page_us").value_or(0);
    part.cycles = table.size("cycles").value_or(0);
    part.jedec_id = table.size("jedec_id").value_or(0);
    part.jedec_id_mask = table.size("jedec_id_mask").value_or(0x00ffffff);
    const auto address_bytes = table.size("address_bytes").value_or(3);
    if (address_bytes != 3 && address_bytes != 4)
        table.report("address_bytes", "'address_bytes' is neither 3 nor 4", fmt::format("{}", address_bytes), "3 or 4",
                     "3 up to 16 MB, 4 above");
    else if (address_bytes == 3 && part.size > 16 * 1024 * 1024)
        table.report("address_bytes", "3 address bytes don't reach all of the chip", size_text(part.size), "16,384 KB",
                     "write address_bytes = 4");
    part.address_bytes = static_cast<std::uint8_t>(address_bytes);
    for (const auto* each : table.tables("erases")) {
        Table erase(*each, schema::erase(), {}, diagnostics);
        require_power_of_two(erase, "size");
        const std::uint32_t size = erase.size("size").value_or(1);
        if (!part.erases.empty() && part.erases.back().size >= size)
            erase.report("size", "erase sizes don't ascend", size_text(size),
                         fmt::format("more than {}", size_text(part.erases.back().size)), "order them");
        if (size < nor_page_bytes && std::has_single_bit(size))
            erase.report("size", "an erase smaller than a page", size_text(size), size_text(nor_page_bytes),
                         "take it from the data sheet");
        part.erases.push_back(
            {size, erase.size("typical_ms").value_or(0), static_cast<std::uint8_t>(erase.size("opcode").value_or(0))});
    }
    if (part.erases.size() > max_erases)
        table.report("erases", "too many erase sizes", fmt::format("{}", part.erases.size()),
                     fmt::format("at most {}", max_erases), "leave out the largest");
    if (!part.erases.empty() && part.erases.front().size > 0 && part.size % part.erases.front().size != 0)
        table.report("size", "not a whole number of erase blocks", size_text(part.size),
                     fmt::format("a multiple of {}", size_text(part.erases.front().size)),
                     "take it from the data sheet");
    return part;
}

// No byte of an MCU is two memories'; of option-setting memory none may be taken for flash.
void report_overlaps(const McuPart& part, Table& table) {
    struct Named {
        const char* key;
        AddressRange range;
    };
    const Named memories[] = {{"code_flash", {part.code_flash.address, part.code_flash.size()}},
                              {"data_flash", {part.data_flash.address, part.data_flash.size()}},
                              {"ram", part.ram},
                              {"external_window", part.external_window},
                              {"option_setting", part.option_setting}};
    for (std::size_t b = 1; b < std::size(memories); ++b)
        for (std::size_t a = 0; a < b; ++a) {
            const auto& [first, one] = memories[a];
            const auto& [second, other] = memories[b];
            if (one.size == 0 || other.size == 0 || one.address >= other.end() || other.address >= one.end()) continue;
            table.report(second, fmt::format("'{}' lies inside '{}'", second, first), address_text(other.address),
                         fmt::format("outside {} to {}", address_text(one.address), address_text(one.end())),
                         "take both from the manual's address map; option_setting may be left out if it isn't mapped");
        }
}

} // namespace

McuPointer read_mcu_part(const toml::table& toml, Diagnostics& diagnostics) {
    const auto before = errors(diagnostics);
    Table table(toml, schema::mcu(), {}, diagnostics);
    McuPart part;
    part.by_hand = true;
    part.name = table.text("name").value_or("");
    if (find_mcu(part.name))
        table.report("name", "the catalogue has a part of this name", fmt::format("'{}'", part.name), {},
                     fmt::format("write mcu = \"{}\", or give it another name", part.name));
    if (part.name.size() > 32 || part.name.find_first_of("\n\t\"\\") != std::string::npos)
        table.report("name", "the MCU's name is longer than 32 letters, or not plain", {}, {}, "shorten it");
    part.code_flash = read_flash(table.table("code_flash"), diagnostics);
    part.data_flash = read_flash(table.table("data_flash"), diagnostics);
    part.ram = read_range(table.table("ram"), diagnostics);
    part.option_setting = read_range(table.table("option_setting"), diagnostics);
    part.external_window = read_range(table.table("external_window"), diagnostics);
    part.vector_table_align = table.size("vector_table_align").value_or(1);
    require_power_of_two(table, "vector_table_align");
    if (table.table("ram") && part.ram.size < 4096)
        table.report("ram", "too little RAM for the bootloader", size_text(part.ram.size), "at least 4 KB",
                     "take it from the data sheet");
    report_overlaps(part, table);
    return errors(diagnostics) == before ? std::make_shared<const McuPart>(std::move(part)) : nullptr;
}

NorPointer read_nor_part(const toml::table& toml, Diagnostics& diagnostics) {
    const auto before = errors(diagnostics);
    Table table(toml, schema::external(), {}, diagnostics);
    if (const auto name = table.text("part")) {
        if (!find_nor(*name) || toml.size() == 1) return find_nor(*name);
        table.report("part", "part and a description by hand", {}, {}, "keep one of them");
        return nullptr;
    }
    auto part = read_nor_by_hand(table, diagnostics);
    return errors(diagnostics) == before ? std::make_shared<const NorPart>(std::move(part)) : nullptr;
}

} // namespace outboot::layouts
