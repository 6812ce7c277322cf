#include "board/code_flash.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

namespace outboot::board {

namespace {

constexpr std::array<core::BlockRun, 2> ra6m4_runs{{{8, 0x2000}, {30, 0x8000}}};
constexpr std::uint32_t ra6m4_unit_bytes = 128;
constexpr std::uint8_t erased_byte = 0xff;

// What an interrupted change leaves of one byte: bits of either end, or of neither.
std::uint8_t torn_byte(std::uint8_t before, std::uint8_t after, Random& random) {
    const std::uint64_t r = random.next();
    const auto choice = static_cast<std::uint8_t>(r), noise = static_cast<std::uint8_t>(r >> 8);
    switch (r >> 16 & 3) {
    case 0:
        return before;
    case 1:
        return after;
    case 2:
        return static_cast<std::uint8_t>((before & choice) | (after & ~choice));
    default:
        return noise;
    }
}

} // namespace

CodeFlash::CodeFlash() : CodeFlash(ra6m4_runs, ra6m4_unit_bytes) {}

CodeFlash::CodeFlash(std::span<const core::BlockRun> runs, std::uint32_t unit_bytes) : unit_bytes_(unit_bytes) {
    std::uint32_t offset = 0;
    for (const core::BlockRun& run : runs)
        for (std::uint32_t i = 0; i < run.count; ++i, offset += run.size)
            blocks_.push_back({static_cast<std::uint32_t>(blocks_.size()), offset, run.size});
    bytes_.assign(offset, erased_byte);
    units_.assign(offset / unit_bytes, Unit::erased);
    erases_.assign(blocks_.size(), 0);
}

const CodeFlash::Block& CodeFlash::block_at(std::uint32_t offset) const {
    const auto next = std::upper_bound(blocks_.begin(), blocks_.end(), offset,
                                       [](std::uint32_t o, const Block& b) { return o < b.offset; });
    return *(next - 1);
}

std::string CodeFlash::program_refusal(std::uint32_t offset, std::size_t count) const {
    if (count != unit_bytes_) return fmt::format("program of {} bytes, a unit has {}", count, unit_bytes_);
    if (offset % unit_bytes_ != 0)
        return fmt::format("program at 0x{:06x}, not aligned to {} bytes", offset, unit_bytes_);
    if (offset >= size()) return fmt::format("program at 0x{:06x}, outside the code flash", offset);
    switch (unit_state(offset)) {
    case Unit::erased:
        return {};
    case Unit::programmed:
        return fmt::format("program at 0x{:06x}, a unit programmed since its last erase", offset);
    case Unit::torn:
        break;
    }
    return fmt::format("program at 0x{:06x}, a unit whose last program or erase was interrupted", offset);
}

void CodeFlash::erase(std::uint32_t offset) {
    const Block& b = block_at(offset);
    std::fill_n(bytes_.begin() + b.offset, b.size, erased_byte);
    std::fill_n(units_.begin() + b.offset / unit_bytes_, b.size / unit_bytes_, Unit::erased);
    ++erases_[b.index];
}

void CodeFlash::erase_torn(std::uint32_t offset, Random& random) {
    const Block& b = block_at(offset);
    for (std::uint32_t i = b.offset; i < b.offset + b.size; ++i) bytes_[i] = torn_byte(bytes_[i], erased_byte, random);
    std::fill_n(units_.begin() + b.offset / unit_bytes_, b.size / unit_bytes_, Unit::torn);
    ++erases_[b.index];
}

void CodeFlash::program(std::uint32_t offset, std::span<const std::uint8_t> bytes) {
    std::copy(bytes.begin(), bytes.end(), bytes_.begin() + offset);
    units_[offset / unit_bytes_] = Unit::programmed;
}

void CodeFlash::program_torn(std::uint32_t offset, std::span<const std::uint8_t> bytes, Random& random) {
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes_[offset + i] = torn_byte(bytes_[offset + i], bytes[i], random);
    units_[offset / unit_bytes_] = Unit::torn;
}

void CodeFlash::load(std::uint32_t offset, std::span<const std::uint8_t> bytes) {
    if (bytes.empty()) return;
    std::copy(bytes.begin(), bytes.end(), bytes_.begin() + offset);
    const std::uint32_t first = offset / unit_bytes_;
    const auto last = static_cast<std::uint32_t>((offset + bytes.size() - 1) / unit_bytes_);
    for (std::uint32_t u = first; u <= last; ++u) {
        const auto begin = bytes_.begin() + u * unit_bytes_;
        const bool blank = std::all_of(begin, begin + unit_bytes_, [](std::uint8_t b) { return b == erased_byte; });
        units_[u] = blank ? Unit::erased : Unit::programmed;
    }
}

std::string CodeFlash::unit_states() const {
    std::string s;
    s.reserve(units_.size());
    for (const Unit u : units_) s.push_back(static_cast<char>(u));
    return s;
}

void CodeFlash::set_state(std::string_view unit_states, std::span<const std::uint32_t> erase_counts) {
    if (unit_states.size() != units_.size() || erase_counts.size() != erases_.size())
        throw std::invalid_argument("the state belongs to a code flash of another size");
    if (unit_states.find_first_not_of("ept") != std::string_view::npos)
        throw std::invalid_argument("a unit's state is none of e, p, t");
    std::transform(unit_states.begin(), unit_states.end(), units_.begin(), [](char c) { return static_cast<Unit>(c); });
    std::copy(erase_counts.begin(), erase_counts.end(), erases_.begin());
}

} // namespace outboot::board
