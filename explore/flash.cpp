#include "explore/flash.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "explore/mix.hpp"

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

// A sum over units: what a change takes away and adds is known without looking at the rest.
void Flash::add_digest(Digest& digest, std::uint32_t unit, std::uint64_t sign) const {
    if (units_[unit] == Unit::erased) return;
    std::uint64_t first = mix(unit * 4ULL + static_cast<std::uint64_t>(units_[unit]) + 1);
    std::uint64_t second = mix(first);
    for (std::uint32_t i = 0; i < kind_.unit_bytes; i += 4) {
        std::uint32_t word;
        std::memcpy(&word, &bytes_[unit * kind_.unit_bytes + i], sizeof word);
        first = (first ^ word) * 0x9e3779b97f4a7c15;
        second = (second + word) * 0xbf58476d1ce4e5b9;
        first ^= first >> 29;
        second ^= second >> 31;
    }
    digest[0] += sign * mix(first);
    digest[1] += sign * mix(second);
}

Flash::Digest Flash::digest_of(std::uint32_t from, std::uint32_t to) const {
    Digest digest{};
    for (std::uint32_t unit = from / kind_.unit_bytes; unit * kind_.unit_bytes < to; ++unit) {
        add_digest(digest, unit, 1);
    }
    return digest;
}

template <class Change>
void Flash::change(std::uint32_t at, std::uint32_t bytes, Change change) {
    const auto units = units_of(at, bytes);
    const auto first = static_cast<std::uint32_t>(units.data() - units_.data());
    for (std::uint32_t i = 0; i < units.size(); ++i) add_digest(digest_, first + i, ~std::uint64_t{0});
    change(units);
    for (std::uint32_t i = 0; i < units.size(); ++i) add_digest(digest_, first + i, 1);
}

void Flash::erase(std::uint32_t at) {
    const std::uint32_t size = block_size(at);
    if (size == 0) throw RuleBroken(fmt::format("erase at {:#x}, not the start of a block", at));
    change(at, size, [&](std::span<Unit> units) {
        std::fill_n(bytes_.begin() + at, size, erased_value);
        std::ranges::fill(units, Unit::erased);
    });
}

void Flash::program_as(Unit unit, std::uint32_t at, Bytes bytes) {
    const auto count = static_cast<std::uint32_t>(bytes.size());
    if (at > size() || count > size() - at) throw RuleBroken(fmt::format("program outside the device at {:#x}", at));
    if (at % kind_.unit_bytes != 0 || (kind_.whole_units && count % kind_.unit_bytes != 0)) {
        throw RuleBroken(fmt::format("program of {} bytes at {:#x}: not whole units", count, at));
    }
    if (std::ranges::any_of(units_of(at, count), [](Unit u) { return u != Unit::erased; })) {
        throw RuleBroken(fmt::format("program of {} bytes at {:#x}: not erased", count, at));
    }
    change(at, count, [&](std::span<Unit> units) {
        std::ranges::copy(bytes, bytes_.begin() + at);
        std::ranges::fill(units, unit);
    });
}

void Flash::program(std::uint32_t at, Bytes bytes) {
    program_as(Unit::programmed, at, bytes);
}

void Flash::tear_program(std::uint32_t at, Bytes bytes) {
    program_as(Unit::torn, at, bytes);
}

void Flash::tear_erase(std::uint32_t at) {
    change(at, block_size(at), [&](std::span<Unit> units) {
        for (Unit& unit : units) {
            // A unit that was erased holds the erased value, and may now read as noise; in data flash it does anyway.
            const bool noise_either_way = unit == Unit::erased && kind_.erased_reads_noise;
            if (noise_either_way) unit = Unit::dead;
            if (unit != Unit::dead) unit = Unit::torn;
        }
    });
}

void Flash::kill(std::uint32_t at) {
    const std::uint32_t size = block_size(at);
    change(at, size, [&](std::span<Unit> units) {
        std::fill_n(bytes_.begin() + at, size, erased_value);
        std::ranges::fill(units, Unit::dead);
    });
}

void Flash::load(std::uint32_t at, Bytes bytes) {
    change(at, static_cast<std::uint32_t>(bytes.size()), [&](std::span<Unit> units) {
        std::ranges::copy(bytes, bytes_.begin() + at);
        std::ranges::fill(units, Unit::programmed);
    });
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
