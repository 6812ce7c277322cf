#include "examples/ra6m4/app/timer.hpp"

#include "ports/ra6m4/registers.hpp"

namespace example::timer {

using outboot::ra6m4::reg32;

namespace {

constexpr std::uint32_t syst_csr = 0xE000E010;
constexpr std::uint32_t syst_rvr = 0xE000E014;
constexpr std::uint32_t syst_cvr = 0xE000E018;
constexpr std::uint32_t range = 0x01000000; // 24 bits, counting down

std::uint32_t ticks_per_ms;
std::uint32_t last;
std::uint32_t left_over;
std::uint32_t ms;

} // namespace

void begin(std::uint32_t iclk_mhz) {
    ticks_per_ms = iclk_mhz * 1000;
    reg32(syst_rvr) = range - 1;
    reg32(syst_cvr) = 0;
    reg32(syst_csr) = 5; // processor clock, no interrupt
    last = reg32(syst_cvr);
}

std::uint32_t now_ms() {
    const std::uint32_t now = reg32(syst_cvr);
    left_over += (last - now) & (range - 1);
    last = now;
    while (left_over >= ticks_per_ms) {
        left_over -= ticks_per_ms;
        ++ms;
    }
    return ms;
}

} // namespace example::timer
