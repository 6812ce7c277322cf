#include "layout/map.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "layout/fingerprint.hpp"
#include "layout/text.hpp"

namespace outboot::layouts {
namespace {

constexpr std::size_t bar_columns = 64;
constexpr std::size_t max_columns = 80;

// Digits of the SGR colour that a role has; 3x is the letter's, 4x the ground's.
char colour_of(Role role) {
    switch (role) {
    case Role::bootloader:
        return '1';
    case Role::primary:
        return '4';
    case Role::secondary:
        return '6';
    case Role::hole:
    case Role::scratch:
        return '3';
    case Role::journal:
        return '5';
    case Role::application:
        break;
    }
    return '2';
}

struct Cell {
    const Part* part = nullptr;
    bool filled = true;

    // Free room of a region whose contents are known has a small letter.
    [[nodiscard]] char letter() const {
        return !filled && part->key >= 'A' && part->key <= 'Z' ? static_cast<char>(part->key + ('a' - 'A')) : part->key;
    }
};

// The cells of a part: those whose share of it has something in it are filled.
void append(std::vector<Cell>& bar, const Part& part, std::size_t columns) {
    for (std::size_t c = 0; c < columns; ++c) {
        const std::uint64_t begin = part.place.begin + c * part.place.size() / columns;
        const std::uint64_t end = part.place.begin + (c + 1) * part.place.size() / columns;
        bar.push_back({&part, std::any_of(part.filled.begin(), part.filled.end(), [&](auto& span) {
                           return !part.known || (span.begin < end && span.end > begin);
                       })});
    }
}

// To the nearest column, but that every region has one at least, even if others have to move.
std::vector<Cell> bar_of(const MemoryDrawing& memory) {
    std::vector<std::size_t> ends;
    std::size_t at = 0;
    for (const auto& part : memory.parts) {
        const std::uint64_t size = memory.geometry.size();
        const auto end = static_cast<std::size_t>((part.place.end * bar_columns + size / 2) / size);
        at = std::max(at + (part.region ? 1 : 0), end);
        ends.push_back(at);
    }
    std::size_t limit = bar_columns;
    for (std::size_t i = ends.size(); i-- > 0;) {
        ends[i] = std::min(ends[i], limit);
        const std::size_t least = memory.parts[i].region ? 1 : 0;
        limit = ends[i] > least ? ends[i] - least : 0;
    }
    std::vector<Cell> bar;
    for (std::size_t i = 0; i < ends.size(); ++i) append(bar, memory.parts[i], ends[i] - std::min(bar.size(), ends[i]));
    return bar;
}

std::string bar_text(const std::vector<Cell>& bar, bool colours) {
    std::string text = "  [";
    std::string last;
    for (const auto& cell : bar) {
        std::string colour = "\033[0m";
        if (cell.part->region) {
            const char digit = colour_of(cell.part->region->role);
            colour = cell.filled ? fmt::format("\033[0;4{};97m", digit) : fmt::format("\033[0;3{}m", digit);
        }
        if (colours && colour != last) text += colour;
        text += cell.letter();
        last = colour;
    }
    return text + (colours ? "\033[0m]\n" : "]\n");
}

// "   <------- staged image ------>" under the bar; behind it where there is no room.
std::string mark_text(const Mark& mark, std::uint64_t size) {
    const auto column = [&](std::uint64_t offset) {
        return static_cast<std::size_t>((offset * bar_columns + size / 2) / size);
    };
    const std::size_t from = std::min(column(mark.place.begin), bar_columns - 2);
    const std::size_t to = column(mark.place.end);
    const std::size_t width = std::max(to, from + 2) - from;
    const std::string words = " " + mark.text + " ";
    std::string line(3 + from, ' ');
    if (width >= words.size() + 4) {
        const std::size_t left = (width - 2 - words.size()) / 2;
        return line + "<" + std::string(left, '-') + words + std::string(width - 2 - words.size() - left, '-') + ">\n";
    }
    const std::string arrow = "<" + std::string(width - 2, '-') + ">";
    if (line.size() + arrow.size() + words.size() <= max_columns) return line + arrow + " " + mark.text + "\n";
    return line.substr(0, line.size() - words.size() + 1) + mark.text + " " + arrow + "\n";
}

std::string cut_to_width(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    if (line.size() > max_columns) line = line.substr(0, max_columns - 3) + "...";
    return line + "\n";
}

std::string memory_text(const MemoryDrawing& memory, bool colours) {
    const Geometry& geometry = memory.geometry;
    std::string text =
        fmt::format("{}  {} at {}, blocks {}, 1 column = {}\n", memory.title, size_text(geometry.size()),
                    address_text(geometry.address()), geometry.describe(), size_text(geometry.size() / bar_columns));
    text += bar_text(bar_of(memory), colours);
    for (const auto& mark : memory.marks) text += mark_text(mark, geometry.size());
    for (const auto& part : memory.parts)
        text += cut_to_width(fmt::format("  {} {:<14} 0x{:08X} {:>10}  {:<11}  {}", part.key, part.name(),
                                         geometry.address() + part.place.begin, size_text(part.place.size()),
                                         part.region ? to_string(part.region->role) : "",
                                         part.known ? part.fill_text() : part.remark));
    return text + "\n";
}

} // namespace

std::string picture(const Model& model, const Contents& contents, bool colours) {
    const auto drawing = drawing_of(model, contents);
    std::string text = fmt::format("{}: {}, plan {}, fingerprint {}\n\n", model.name, model.mcu->name,
                                   to_string(model.core.plan), to_hex(model.core.fingerprint));
    for (const auto& memory : drawing.memories) text += memory_text(memory, colours);
    if (!contents.empty()) text += "small letters: free room in a region whose contents are known\n";
    for (const auto& each : drawing.outside)
        text +=
            fmt::format("in no region: {} at {}, {}\n", each.name, address_text(each.address), bytes_text(each.size));
    text += fmt::format("largest image {} with header and TLVs, {} for the program\n", size_text(model.max_image),
                        size_text(model.max_image - model.core.header_size - tlv_room));
    return text;
}

} // namespace outboot::layouts
