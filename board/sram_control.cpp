#include "board/sram_control.hpp"

#include <fmt/format.h>

namespace outboot::board {

namespace {
constexpr std::uint32_t parioad = 0x00, sramprcr = 0x04, sramwtsc = 0x08, sramprcr2 = 0x0c;
} // namespace

void SramControl::reset() {
    unlocked_ = unlocked_2_ = false;
    sramwtsc_ = 1;
    parity_action_ = 0;
}

std::uint32_t SramControl::read(std::uint32_t offset, unsigned) {
    switch (offset) {
    case parioad:
        return parity_action_;
    case sramprcr:
        return unlocked_;
    case sramwtsc:
        return sramwtsc_;
    case sramprcr2:
        return unlocked_2_;
    default:
        return 0;
    }
}

void SramControl::write(std::uint32_t offset, unsigned size, std::uint32_t value) {
    const auto key = [&](bool& lock, const char* name) {
        if ((value & 0xfe) == 0xf0)
            lock = (value & 1) != 0;
        else
            world_.violation(fmt::format("{} ignores 0x{:02x}, its key is 0x78 in bits 7 to 1", name, value));
    };
    switch (offset) {
    case sramprcr:
        return key(unlocked_, "SRAMPRCR");
    case sramprcr2:
        return key(unlocked_2_, "SRAMPRCR2");
    case parioad:
        parity_action_ = value & 1;
        return;
    case sramwtsc:
        // FSP unlocks SRAMPRCR2 for it; the older parts' SRAMPRCR is accepted as well.
        if (!unlocked_ && !unlocked_2_)
            return world_.violation("SRAMWTSC was written while SRAMPRCR protects it; ignored");
        sramwtsc_ = value & 1;
        if (on_change) on_change();
        return;
    default:
        break;
    }
    world_.violation(
        fmt::format("{}-bit write of 0x{:x} to 0x{:08x}, where no register is", size * 8, value, base + offset));
}

} // namespace outboot::board
