// Rules about each region by itself and beside its neighbours.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "layout/rule_set.hpp"
#include "layout/text.hpp"

namespace outboot::layouts {
namespace {

bool is_identifier(const std::string& name) {
    if (name.empty() || name.front() < 'a' || name.front() > 'z') return false;
    return std::all_of(name.begin(), name.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

} // namespace

void Rules::regions() {
    names();
    roles();
    memories();
    driver();
    if (!spec_.mcu) return;
    for (const auto& region : regions_) {
        boundaries(region);
        alignment(region);
    }
    for (const Memory memory : {Memory::code_flash, Memory::data_flash, Memory::external})
        if (has_memory(memory, *spec_.mcu) && (memory != Memory::external || spec_.external)) gaps(memory);
}

// A region's name becomes a C++ constant, a linker memory (upper case) and an output section (with a dot).
void Rules::names() {
    static const std::set<std::string> taken{
        "flash",    "ram",       "keys",   "text",   "rodata",   "data",      "bss",      "stack",
        "heap",     "default",   "switch", "new",    "delete",   "class",     "struct",   "union",
        "static",   "const",     "auto",   "void",   "int",      "char",      "short",    "long",
        "float",    "double",    "bool",   "public", "private",  "protected", "template", "this",
        "operator", "namespace", "using",  "export", "register", "volatile",  "return",   "if",
        "else",     "for",       "while",  "do",     "break",    "continue",  "case",     "goto",
        "enum",     "extern",    "inline", "true",   "false",    "try",       "catch",    "throw"};
    std::set<std::string> seen;
    for (const auto& region : spec_.regions) {
        if (region.name.empty()) continue; // reported as missing
        if (!is_identifier(region.name))
            diagnostics_.add({Severity::error,
                              region.line,
                              region.name,
                              "the name can't be used in C++ and linker scripts",
                              {},
                              "small letters, digits and _, a letter first",
                              "rename the region"});
        if (taken.contains(region.name))
            diagnostics_.add({Severity::error,
                              region.line,
                              region.name,
                              "the name is taken, by C++ or by the linker scripts",
                              {},
                              {},
                              fmt::format("call it '{}_region'", region.name)});
        if (!seen.insert(region.name).second)
            diagnostics_.add({Severity::error,
                              region.line,
                              region.name,
                              "the name occurs twice",
                              {},
                              {},
                              "every region needs a name of its own"});
    }
}

void Rules::role_occurs(Role role, bool wanted) {
    const RegionSpec* first = nullptr;
    for (const auto& region : spec_.regions) {
        if (region.role != role) continue;
        if (!wanted)
            diagnostics_.add({Severity::error,
                              region.line,
                              region.name,
                              fmt::format("plan {} has no use for a {}", to_string(*spec_.plan), to_string(role)),
                              {},
                              {},
                              "remove the region or make its role \"application\""});
        else if (first)
            diagnostics_.add({Severity::error,
                              region.line,
                              region.name,
                              fmt::format("a second {}, after '{}'", to_string(role), first->name),
                              {},
                              "exactly one",
                              "remove one of them"});
        if (!first) first = &region;
    }
    if (wanted && !first)
        diagnostics_.add({Severity::error,
                          0,
                          {},
                          fmt::format("no region has the role {}", to_string(role)),
                          {},
                          "exactly one",
                          fmt::format("add a [[region]] with role = \"{}\"", to_string(role))});
}

void Rules::roles() {
    for (const Role role : {Role::bootloader, Role::primary, Role::secondary, Role::journal}) role_occurs(role, true);
    if (spec_.plan) {
        role_occurs(Role::hole, *spec_.plan == core::Plan::offset);
        role_occurs(Role::scratch, *spec_.plan == core::Plan::scratch);
    }
    for (const auto& region : spec_.regions) {
        if (!region.role || !region.memory || *region.role == Role::application) continue;
        Memory wanted = Memory::external;
        if (*region.role == Role::bootloader || *region.role == Role::primary) wanted = Memory::code_flash;
        if (*region.role == Role::journal) wanted = spec_.mcu ? journal_memory(*spec_.mcu) : *region.memory;
        if (*region.memory != wanted)
            diagnostics_.add({Severity::error, region.line, region.name,
                              fmt::format("a {} can't lie there", to_string(*region.role)), to_string(*region.memory),
                              to_string(wanted), fmt::format("write memory = \"{}\"", to_string(wanted))});
    }
}

// Regions in a memory that the MCU doesn't have couldn't be placed; a chip must fit the window it is seen through.
void Rules::memories() {
    if (!spec_.mcu) return;
    for (const auto& region : spec_.regions)
        if (region.memory && !has_memory(*region.memory, *spec_.mcu))
            diagnostics_.add({Severity::error, region.line, region.name,
                              fmt::format("{} has no data flash", spec_.mcu->name), to_string(*region.memory),
                              "code_flash or external",
                              region.role == Role::journal
                                  ? "write memory = \"code_flash\": the journal takes whole erase blocks there"
                                  : "put it into another memory"});
    if (spec_.external && spec_.external->size > spec_.mcu->external_window.size)
        diagnostics_.add({Severity::error,
                          spec_.external_line,
                          {},
                          "the chip is larger than the window it is mapped to",
                          size_text(spec_.external->size),
                          fmt::format("{}: {}", spec_.mcu->name, size_text(spec_.mcu->external_window.size)),
                          "choose a smaller chip, or give it a size that the window shows"});
}

// What ports/ra6m4/qspi.cpp sends, whatever the chip.
void Rules::driver() {
    if (!spec_.mcu || !spec_.external || !spec_.mcu->name.starts_with("R7FA6M4")) return;
    const bool long_address = spec_.external->size > 16 * 1024 * 1024;
    const EraseKind sent[] = {{4 * 1024, 0, static_cast<std::uint8_t>(long_address ? 0x21 : 0x20)},
                              {32 * 1024, 0, static_cast<std::uint8_t>(long_address ? 0x5c : 0x52)},
                              {64 * 1024, 0, static_cast<std::uint8_t>(long_address ? 0xdc : 0xd8)}};
    const auto& erases = spec_.external->erases;
    std::string wanted;
    for (const auto& each : sent)
        wanted += fmt::format("{}{} by {:#04x}", wanted.empty() ? "" : ", ", size_text(each.size), each.opcode);
    const bool fits = erases.size() == std::size(sent) &&
                      std::equal(erases.begin(), erases.end(), sent,
                                 [](auto& a, auto& b) { return a.size == b.size && a.opcode == b.opcode; });
    if (!fits)
        diagnostics_.add({Severity::error,
                          spec_.external_line,
                          {},
                          "the RA6M4's driver erases with commands that this chip isn't said to have",
                          spec_.external->name,
                          wanted,
                          "describe these erases if the chip has them, else choose another chip"});
}

void Rules::boundaries(const Region& region) {
    const Geometry geometry = this->geometry(region.memory);
    if (region.size == 0) {
        error(region, "has no size", "0 B", fmt::format("at least {}", size_text(geometry.smallest_block())),
              "give it a size, or remove it");
        return;
    }
    if (!geometry.on_boundary(region.offset))
        error(region, "doesn't begin on an erase-block boundary", address_text(region.offset),
              fmt::format("{}: {}", to_string(region.memory), geometry.describe()),
              fmt::format("begin at {} or {}", address_text(geometry.floor(region.offset)),
                          address_text(geometry.ceil(region.offset))));
    if (!geometry.on_boundary(region.end())) {
        const auto shorter = static_cast<std::uint32_t>(
            geometry.floor(region.end()) - std::min<std::uint64_t>(region.offset, geometry.floor(region.end())));
        const auto longer = static_cast<std::uint32_t>(geometry.ceil(region.end()) - region.offset);
        error(region, "doesn't end on an erase-block boundary", address_text(region.end()),
              fmt::format("{}: {}", to_string(region.memory), geometry.describe()),
              shorter > 0 ? fmt::format("make its size \"{}\" or \"{}\"", size_literal(shorter), size_literal(longer))
                          : fmt::format("make its size \"{}\"", size_literal(longer)));
    }
}

void Rules::alignment(const Region& region) {
    for (const auto& spec : spec_.regions) {
        if (spec.line != region.line || !spec.align) continue;
        if (*spec.align == 0)
            error(region, "align = 0 says nothing", "0", "at least 1", "leave it out");
        else if (spec.offset && region.offset % *spec.align != 0)
            error(region, "its offset isn't a multiple of its alignment", address_text(region.offset),
                  fmt::format("a multiple of {}", size_text(*spec.align)), "leave out one of the two");
    }
}

// Room that no region has. Of the external chip little is said: what is behind the last region may be meant, and less
// than a chunk's block in front of one is alignment.
void Rules::gaps(Memory memory) {
    std::vector<const Region*> here;
    for (const auto& region : regions_)
        if (region.memory == memory) here.push_back(&region);
    std::stable_sort(here.begin(), here.end(), [](auto* a, auto* b) { return a->offset < b->offset; });
    const auto report = [&](const Region& at, std::uint64_t from, std::uint64_t to, const char* where) {
        if (to <= from) return;
        if (memory == Memory::external && to - from < spec_.external->chunk_erase()) return;
        warn(at, fmt::format("{} it is room that no region has", where), size_text(to - from),
             fmt::format("{} to {} of {}", address_text(from), address_text(to), to_string(memory)),
             "enlarge a region, make one \"rest\", or leave out the offset that makes the gap");
    };
    std::uint64_t cursor = 0;
    for (const auto* region : here) {
        report(*region, cursor, region->offset, "in front of");
        cursor = std::max(cursor, region->end());
    }
    if (!here.empty() && memory != Memory::external) report(*here.back(), cursor, geometry(memory).size(), "behind");
}

} // namespace outboot::layouts
