#include "board/caches.hpp"

#include <fmt/format.h>

namespace outboot::board {

namespace {
namespace reg {
constexpr std::uint32_t fcachee = 0x100, fcacheiv = 0x104, flwt = 0x11c, fsar = 0x140;
constexpr std::uint32_t control = 0x00, flush = 0x04, line = 0x08, second_cache = 0x40;
} // namespace reg
} // namespace

std::uint32_t FlashCache::read(std::uint32_t offset, unsigned size) {
    switch (offset) {
    case reg::fcachee:
        return enabled_;
    case reg::fcacheiv:
        return 0; // done at once
    case reg::flwt:
        return flwt_;
    case reg::fsar:
        return fsar_;
    default:
        break;
    }
    world_.violation(fmt::format("{}-bit read of 0x{:08x}, where no register is", size * 8, base + offset));
    return 0;
}

void FlashCache::write(std::uint32_t offset, unsigned size, std::uint32_t value) {
    switch (offset) {
    case reg::fcachee:
        enabled_ = (value & 1) != 0;
        break;
    case reg::fcacheiv:
        if ((value & 1) != 0) stale_ = false;
        break;
    case reg::flwt:
        flwt_ = value & 7;
        break;
    case reg::fsar:
        fsar_ = static_cast<std::uint16_t>(value);
        break;
    default:
        return world_.violation(
            fmt::format("{}-bit write of 0x{:x} to 0x{:08x}, where no register is", size * 8, value, base + offset));
    }
    if (on_change) on_change();
}

void FlashCache::reset() {
    enabled_ = stale_ = false;
    flwt_ = 0;
    fsar_ = 0xffff;
}

std::uint32_t BusCaches::read(std::uint32_t offset, unsigned size) {
    const Cache& c = caches_[offset / reg::second_cache % 2];
    switch (offset % reg::second_cache) {
    case reg::control:
        return c.enabled;
    case reg::flush:
        return 0; // done at once
    case reg::line:
        return c.line;
    default:
        break;
    }
    world_.violation(fmt::format("{}-bit read of 0x{:08x}, where no register is", size * 8, base + offset));
    return 0;
}

void BusCaches::write(std::uint32_t offset, unsigned size, std::uint32_t value) {
    const bool is_code_bus = offset < reg::second_cache;
    Cache& c = caches_[offset / reg::second_cache % 2];
    switch (offset % reg::second_cache) {
    case reg::control:
        c.enabled = (value & 1) != 0;
        if (c.enabled && c.stale && is_code_bus)
            world_.violation("the code-bus cache was switched on without a flush after code flash had changed");
        return;
    case reg::flush:
        if ((value & 1) != 0) c.stale = false;
        return;
    case reg::line:
        c.line = value & 3;
        return;
    default:
        break;
    }
    world_.violation(
        fmt::format("{}-bit write of 0x{:x} to 0x{:08x}, where no register is", size * 8, value, base + offset));
}

} // namespace outboot::board
