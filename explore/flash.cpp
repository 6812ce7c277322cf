#include "explore/flash.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace outboot::explore {
namespace {

constexpr std::uint8_t erased_value = 0xff;

// Noise is always the same: nothing that reads it may tell it from other noise (tests/explore/flash_test.cpp says which
// readers that is shown for).
constexpr std::uint8_t noise(std::uint32_t at) {
    return static_cast<std::uint8_t>((at + 1) * 0x9e3779b1U >> 24);
}

enum class Reading : std::uint8_t { noise, stored, erased };

} // namespace

Flash::Flash(Kind kind, std::span<const core::BlockRun> blocks) : kind_(kind), blocks_(blocks.begin(), blocks.end()) {
    std::uint32_t size = 0;
    for (const auto& run : blocks_) size += run.count * run.size;
    bytes_.assign(size, erased_value);
    units_.assign(size / kind_.unit_bytes, Unit::erased);
}

std::uint32_t Flash::block_size(std::uint32_t at) const {
    std::uint32_t begin = 0;
    for (const auto& run : blocks_) {
        const std::uint32_t end = begin + run.count * run.size;
        if (at < end) return (at - begin) % run.size == 0 ? run.size : 0;
        begin = end;
    }
    return 0;
}

std::span<Flash::Unit> Flash::units_of(std::uint32_t at, std::uint32_t bytes) {
    const std::uint32_t first = at / kind_.unit_bytes;
    return std::span(units_).subspan(first, (at + bytes + kind_.unit_bytes - 1) / kind_.unit_bytes - first);
}

void Flash::read(std::uint32_t at, MutableBytes out, Chooser& chooser) const {
    if (at > size() || out.size() > size() - at) throw RuleBroken(fmt::format("read outside the device at {:#x}", at));
    const auto end = at + static_cast<std::uint32_t>(out.size());
    Reading torn = Reading::noise;
    if (any_torn(at, end)) torn = static_cast<Reading>(chooser.choose(kind_.erased_reads_noise ? 2 : 3));
    for (std::uint32_t i = at; i < end; ++i) {
        Reading reading = Reading::stored;
        switch (units_[i / kind_.unit_bytes]) {
        case Unit::programmed:
            break;
        case Unit::erased:
            reading = kind_.erased_reads_noise ? Reading::noise : Reading::erased;
            break;
        case Unit::torn:
            reading = torn;
            break;
        case Unit::dead:
            reading = Reading::noise;
            break;
        }
        out[i - at] = reading == Reading::stored ? bytes_[i] : reading == Reading::erased ? erased_value : noise(i);
    }
}

void Flash::erase(std::uint32_t at) {
    const std::uint32_t size = block_size(at);
    if (size == 0) throw RuleBroken(fmt::format("erase at {:#x}, not the start of a block", at));
    std::fill_n(bytes_.begin() + at, size, erased_value);
    std::ranges::fill(units_of(at, size), Unit::erased);
}

void Flash::program(std::uint32_t at, Bytes bytes) {
    const auto count = static_cast<std::uint32_t>(bytes.size());
    if (at > size() || count > size() - at) throw RuleBroken(fmt::format("program outside the device at {:#x}", at));
    if (at % kind_.unit_bytes != 0 || (kind_.whole_units && count % kind_.unit_bytes != 0)) {
        throw RuleBroken(fmt::format("program of {} bytes at {:#x}: not whole units", count, at));
    }
    const auto units = units_of(at, count);
    if (std::ranges::any_of(units, [](Unit u) { return u != Unit::erased; })) {
        throw RuleBroken(fmt::format("program of {} bytes at {:#x}: not erased", count, at));
    }
    std::ranges::copy(bytes, bytes_.begin() + at);
    std::ranges::fill(units, Unit::programmed);
}

void Flash::tear_erase(std::uint32_t at) {
    for (Unit& unit : units_of(at, block_size(at))) {
        // A unit that was erased holds the erased value, and may now read as noise. Where erased units do that
        // anyway...
        const bool noise_either_way = unit == Unit::erased && kind_.erased_reads_noise;
        if (noise_either_way) unit = Unit::dead;
        if (unit != Unit::dead) unit = Unit::torn;
    }
}

void Flash::tear_program(std::uint32_t at, Bytes bytes) {
    program(at, bytes);
    std::ranges::fill(units_of(at, static_cast<std::uint32_t>(bytes.size())), Unit::torn);
}

void Flash::kill(std::uint32_t at) {
    const std::uint32_t size = block_size(at);
    std::fill_n(bytes_.begin() + at, size, erased_value);
    std::ranges::fill(units_of(at, size), Unit::dead);
}

void Flash::load(std::uint32_t at, Bytes bytes) {
    std::ranges::copy(bytes, bytes_.begin() + at);
    std::ranges::fill(units_of(at, static_cast<std::uint32_t>(bytes.size())), Unit::programmed);
}

bool Flash::all(Unit unit, std::uint32_t from, std::uint32_t to) const {
    for (std::uint32_t i = from / kind_.unit_bytes; i * kind_.unit_bytes < to; ++i) {
        if (units_[i] != unit) return false;
    }
    return true;
}

bool Flash::any_torn(std::uint32_t from, std::uint32_t to) const {
    for (std::uint32_t i = from / kind_.unit_bytes; i * kind_.unit_bytes < to; ++i) {
        if (units_[i] == Unit::torn) return true;
    }
    return false;
}

} // namespace outboot::explore
