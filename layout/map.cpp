#include "layout/map.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "layout/fingerprint.hpp"
#include "layout/geometry.hpp"
#include "layout/text.hpp"

namespace outboot::layouts {
namespace {

constexpr std::size_t bar_columns = 64;
constexpr std::size_t max_columns = 80;
constexpr char unused_key = '.';

struct Entry {
    const Region* region = nullptr;
    char key = unused_key;
};

const char* colour_of(Role role) {
    switch (role) {
    case Role::bootloader:
        return "\033[41;97m";
    case Role::primary:
        return "\033[44;97m";
    case Role::secondary:
        return "\033[46;30m";
    case Role::hole:
    case Role::scratch:
        return "\033[43;30m";
    case Role::journal:
        return "\033[45;97m";
    case Role::application:
        break;
    }
    return "\033[42;30m";
}

// Which entry each column of the bar shows: the one with the largest share of it, and every region at least one column.
std::vector<const Entry*> columns(const std::vector<Entry>& entries, std::uint32_t size) {
    std::vector<const Entry*> bar(bar_columns, nullptr);
    const auto column_of = [&](std::uint64_t offset) { return static_cast<std::size_t>(offset * bar_columns / size); };
    for (std::size_t c = 0; c < bar_columns; ++c) {
        const std::uint64_t begin = std::uint64_t{c} * size / bar_columns;
        const std::uint64_t end = std::uint64_t{c + 1} * size / bar_columns;
        std::uint64_t best = (end - begin) / 2;
        for (const auto& entry : entries) {
            const std::uint64_t from = std::max<std::uint64_t>(begin, entry.region->offset);
            const std::uint64_t to = std::min(end, entry.region->end());
            if (from < to && to - from >= best) {
                best = to - from;
                bar[c] = &entry;
            }
        }
    }
    for (const auto& entry : entries)
        if (std::find(bar.begin(), bar.end(), &entry) == bar.end())
            bar[column_of(entry.region->offset + entry.region->size / 2)] = &entry;
    return bar;
}

std::string draw(const std::vector<const Entry*>& bar, bool colours) {
    std::string text = "  [";
    const Entry* last = nullptr;
    for (const auto* entry : bar) {
        if (colours && entry != last) text += entry ? colour_of(entry->region->role) : "\033[0m";
        text += entry ? entry->key : unused_key;
        last = entry;
    }
    return text + (colours ? "\033[0m]\n" : "]\n");
}

std::string remark(const Model& model, const Region& region) {
    switch (region.role) {
    case Role::bootloader:
        return fmt::format("keys at {}", address_text(model.core.keys_address));
    case Role::primary:
        return fmt::format("{} chunks, runs at {}", model.chunks.size(), address_text(model.application_address()));
    case Role::application:
        return fmt::format("{}", fmt::join(region.sections, " "));
    default:
        return {};
    }
}

std::string cut_to_width(std::string line) {
    if (line.size() > max_columns) line = line.substr(0, max_columns - 3) + "...";
    return line;
}

std::string memory_picture(const Model& model, Memory memory, char& next_key, bool colours) {
    const Geometry geometry = geometry_of(memory, *model.mcu, model.external.get());
    std::vector<Entry> entries;
    for (const auto& region : model.regions)
        if (region.memory == memory) entries.push_back({&region, unused_key});
    std::stable_sort(entries.begin(), entries.end(),
                     [](auto& a, auto& b) { return a.region->offset < b.region->offset; });
    for (auto& entry : entries) entry.key = next_key == 'z' ? 'z' : next_key++;

    const std::string title = memory == Memory::external ? "external " + model.external->name : to_string(memory);
    std::string text =
        fmt::format("{}  {} at {}, blocks {}, 1 column = {}\n", title, size_text(geometry.size()),
                    address_text(geometry.address()), geometry.describe(), size_text(geometry.size() / bar_columns));
    text += draw(columns(entries, geometry.size()), colours);
    std::uint64_t cursor = 0;
    const auto unused = [&](std::uint64_t to) {
        if (to > cursor)
            text += fmt::format("  {} {:<14} 0x{:08X} {:>10}\n", unused_key, "(unused)", geometry.address() + cursor,
                                size_text(to - cursor));
    };
    for (const auto& [region, key] : entries) {
        unused(region->offset);
        const auto line = fmt::format("  {} {:<14} 0x{:08X} {:>10}  {:<11}  {}", key, region->name, region->address,
                                      size_text(region->size), to_string(region->role), remark(model, *region));
        text += cut_to_width(line.substr(0, line.find_last_not_of(' ') + 1)) + "\n";
        cursor = region->end();
    }
    unused(geometry.size());
    return text + "\n";
}

} // namespace

std::string picture(const Model& model, bool colours) {
    std::string text = fmt::format("{}: {}, plan {}, fingerprint {}\n\n", model.name, model.mcu->name,
                                   to_string(model.core.plan), to_hex(model.core.fingerprint));
    char next_key = 'A';
    for (const Memory memory : {Memory::code_flash, Memory::data_flash, Memory::external})
        if (has_memory(memory, *model.mcu)) text += memory_picture(model, memory, next_key, colours);
    text += fmt::format("largest image {} with header and TLVs, {} for the program\n", size_text(model.max_image),
                        size_text(model.max_image - model.core.header_size - tlv_room));
    return text;
}

} // namespace outboot::layouts
