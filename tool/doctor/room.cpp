#include <algorithm>

#include <fmt/format.h>

#include "layout/text.hpp"
#include "tool/doctor/program_checks.hpp"
#include "tool/payload.hpp"

namespace outboot::tool::doctor {
namespace {

using layouts::address_text;
using layouts::Model;
using layouts::Role;

constexpr std::size_t most_sections = 5;
constexpr std::size_t most_symbols = 10;

template <class T>
void keep_largest(std::vector<T>& all, std::size_t count) {
    std::stable_sort(all.begin(), all.end(), [](const T& a, const T& b) { return a.size > b.size; });
    if (all.size() > count) all.resize(count);
}

} // namespace

std::vector<std::string> what_takes_room(const LinkMap& map, std::uint64_t begin, std::uint64_t end) {
    std::vector<LinkedSection> sections;
    std::vector<LinkedSymbol> symbols;
    for (const auto& section : map.sections)
        if (section.loaded && section.load_address >= begin && section.load_address < end) sections.push_back(section);
    // A symbol stands where it runs: initial values of variables are loaded from elsewhere.
    for (const auto& symbol : map.symbols)
        if (std::any_of(sections.begin(), sections.end(), [&](const LinkedSection& section) {
                return symbol.address >= section.run_address && symbol.address < section.run_address + section.size;
            }))
            symbols.push_back(symbol);
    keep_largest(sections, most_sections);
    keep_largest(symbols, most_symbols);
    std::vector<std::string> lines;
    for (const auto& each : sections) lines.push_back(fmt::format("{:>9} bytes  section {}", each.size, each.name));
    for (const auto& each : symbols) lines.push_back(fmt::format("{:>9} bytes  {}", each.size, each.name));
    return lines;
}

Findings check_room(const ProgramFacts& facts, const Model& model) {
    const auto& program = facts.program;
    const std::uint64_t start = model.application_address();
    const std::uint64_t slot_end = model.primary().range().end();
    const std::uint64_t room = model.max_image - model.core.header_size - layouts::tlv_room;
    std::uint64_t end = start;
    for (const auto& piece : program.pieces) {
        if (program.kind == ProgramKind::binary) end = start + piece.data.size();
        // A piece that begins in the slot belongs to it, however far it reaches.
        if (piece.address >= start && piece.address < slot_end) end = std::max(end, piece.end());
    }
    if (end - start <= room) return {};
    return {{Severity::error, "image-too-large", program.path,
             fmt::format("{} is {} bytes too large: the program has {} from {} on, the layout has room for {} (images "
                         "of {}, less header {} and TLVs {})",
                         program.path, end - start - room, end - start, address_text(start), room,
                         layouts::size_text(model.max_image), model.core.header_size, layouts::tlv_room),
             "make what takes the room smaller, move constants to an application region of the external chip, or make "
             "both slots larger in the layout",
             what_takes_room(facts.map, start, end)}};
}

Findings check_ram(const ProgramFacts& facts, const Model& model) {
    Findings found;
    const auto& ram = model.mcu->ram;
    const auto record = model.core.ram_record_address;
    for (const auto& section : facts.map.sections) {
        if (!ram.contains(section.run_address)) continue;
        const std::uint64_t end = section.run_address + section.size;
        const auto name = fmt::format("{}: {} at {}, {} bytes", facts.program.path, section.name,
                                      address_text(section.run_address), section.size);
        if (end > ram.end())
            found.push_back({Severity::error, "more-ram-than-exists", facts.program.path,
                             fmt::format("{}: ends {} bytes behind the {}'s RAM, at {}", name, end - ram.end(),
                                         model.mcu->name, address_text(end)),
                             "take RAM's origin and length from the layout's emitted linker file"});
        else if (end > record)
            found.push_back(
                {Severity::error, "ram-record-overlapped", facts.program.path,
                 fmt::format("{}: reaches into the bootloader's RAM record at {}", name, address_text(record)),
                 fmt::format("let RAM end at {}, as in the layout's emitted linker file", address_text(record))});
    }
    return found;
}

} // namespace outboot::tool::doctor
