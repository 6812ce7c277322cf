#include "tool/trailer.hpp"

#include <algorithm>

namespace outboot::tool {
namespace {

constexpr std::uint32_t magic_bytes = 16;
constexpr std::uint32_t records_per_sector = 3; // 2 in swap-offset
constexpr std::uint32_t classic_align = 8;
constexpr std::uint32_t largest_align = 4096;

std::uint32_t align_up(std::uint32_t value, std::uint32_t unit) {
    return (value + unit - 1) / unit * unit;
}

std::uint32_t magic_cell(std::uint32_t max_align) {
    return align_up(magic_bytes, max_align);
}

// Everything but the status records.
std::uint32_t fixed_bytes(const TrailerShape& shape) {
    const std::uint32_t keys = shape.key_bytes == 0 ? 0 : 2 * align_up(shape.key_bytes, shape.max_align);
    const std::uint32_t cells = shape.mode == SwapMode::offset ? 5 : 4; // image_ok, copy_done, swap_info, sizes
    return keys + cells * shape.max_align + magic_cell(shape.max_align);
}

ByteVector magic(std::uint32_t max_align, ByteOrder order) {
    if (max_align == classic_align)
        return {0x77, 0xc2, 0x95, 0xf3, 0x60, 0xd2, 0xef, 0x7f, 0x35, 0x52, 0x50, 0x0f, 0x2c, 0xb6, 0x79, 0x80};
    ByteVector out{0x00, 0x00, 0x2d, 0xe1, 0x5d, 0x29, 0x41, 0x0b, 0x8d, 0x77, 0x67, 0x9c, 0x11, 0x0f, 0x1f, 0x8a};
    put16(out.data(), static_cast<std::uint16_t>(max_align), order);
    return out;
}

// The alignment whose magic this is. The order must be known: 4096 in one is 16 in the other.
std::optional<std::uint32_t> align_of(ByteSpan found, ByteOrder order) {
    for (std::uint32_t align = classic_align; align <= largest_align; align *= 2)
        if (std::ranges::equal(magic(align, order), found)) return align;
    return std::nullopt;
}

std::string flag_text(std::uint8_t value) {
    return value == 1 ? "set" : value == 0xff || value == 0 ? "unset" : "bad";
}

std::string swap_text(std::uint8_t info) {
    constexpr std::array names{"", "none", "test", "permanent", "revert"};
    const std::size_t type = info & 0x0f;
    return type >= 1 && type < names.size() ? names[type] : "none (unset)";
}

} // namespace

std::uint32_t trailer_bytes(const TrailerShape& shape) {
    if (shape.mode == SwapMode::overwrite) return 2 * shape.max_align + magic_cell(shape.max_align);
    const std::uint32_t records = shape.mode == SwapMode::offset ? records_per_sector - 1 : records_per_sector;
    return shape.sectors * records * shape.program_unit + fixed_bytes(shape);
}

std::uint32_t largest_image(const TrailerShape& shape, std::uint32_t slot_bytes,
                            std::optional<std::uint32_t> sector_bytes) {
    const std::uint32_t trailer = trailer_bytes(shape);
    std::uint32_t taken = trailer;
    if (sector_bytes && shape.mode == SwapMode::scratch) {
        const std::uint32_t scratch_trailer = records_per_sector * shape.program_unit + fixed_bytes(shape);
        const std::uint32_t in_first = trailer % *sector_bytes == 0 ? *sector_bytes : trailer % *sector_bytes;
        taken += scratch_trailer - std::min(scratch_trailer, in_first);
    } else if (sector_bytes && shape.mode != SwapMode::overwrite) {
        taken = align_up(trailer, *sector_bytes) + *sector_bytes;
    }
    return slot_bytes - std::min(slot_bytes, taken);
}

std::vector<TrailerBytes> initial_trailer(const TrailerShape& shape, std::uint32_t slot_bytes, std::uint8_t erased,
                                          bool confirmed, ByteOrder order) {
    std::vector<TrailerBytes> cells;
    if (confirmed && shape.mode != SwapMode::overwrite) {
        ByteVector image_ok(shape.max_align, erased);
        image_ok[0] = 1;
        cells.push_back({slot_bytes - magic_cell(shape.max_align) - shape.max_align, std::move(image_ok)});
    }
    cells.push_back({slot_bytes - magic_bytes, magic(shape.max_align, order)});
    return cells;
}

std::optional<FoundTrailer> find_trailer(ByteSpan behind, ByteOrder order) {
    if (behind.size() < magic_bytes) return std::nullopt;
    const auto align = align_of(behind.last(magic_bytes), order);
    if (!align || behind.size() < magic_cell(*align) + 3 * *align) return std::nullopt;
    const auto cell = [&](std::uint32_t number) {
        return behind[behind.size() - magic_cell(*align) - number * *align];
    };
    const std::uint8_t info = cell(3);
    const auto swap = swap_text(info);
    const bool written = swap != "none (unset)";
    return FoundTrailer{*align, swap, written ? info >> 4U : 0U, flag_text(cell(2)), flag_text(cell(1))};
}

} // namespace outboot::tool
