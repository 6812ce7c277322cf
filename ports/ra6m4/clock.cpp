#include "ports/ra6m4/clock.hpp"

#include "ports/ra6m4/registers.hpp"

namespace outboot::ra6m4 {

namespace {

constexpr std::uint16_t unlock_clocks = 0xA501; // PRCR: key, PRC0
constexpr std::uint16_t lock = 0xA500;

constexpr std::uint8_t hoco_stable = 1U << 0;
constexpr std::uint8_t pll_stable = 1U << 5;
constexpr std::uint16_t pll_hoco_times_10 = 0x1310; // PLLMUL 2 * 10 - 1, source HOCO, not divided
constexpr std::uint16_t pllccr_reset = 0x1300;
constexpr std::uint8_t source_moco = 1;
constexpr std::uint8_t source_pll = 5;
constexpr std::uint32_t dividers_fast = 0x20011221; // ICLK /1, PCLKA /2, PCLKB /4, PCLKC /4, PCLKD /2, BCLK /2, FCLK /4
constexpr std::uint32_t dividers_reset = 0x22022222;

// OFS1, each bit from the secure or the other word, as OFS1_SEL says.
std::uint32_t option_settings() {
    const std::uint32_t secure_governs = ~reg32(ofs1_sel);
    return (reg32(ofs1) & ~secure_governs) | (reg32(ofs1_sec) & secure_governs);
}

// HOCO's frequency in MHz: HOCOFRQ0, bits 10:9. 3 is what an erased word reads; the vendor's default is 20 MHz, and a
// slower HOCO would only leave everything below its limits.
std::uint32_t hoco_mhz() {
    const std::uint32_t choice = option_settings() >> 9 & 3U;
    return choice >= 2 ? 20 : 16 + 2 * choice;
}

void wait_stable(std::uint8_t which) {
    while ((reg8(oscsf) & which) == 0) {
    }
}

} // namespace

std::uint32_t clock_up() {
    reg16(prcr) = unlock_clocks;
    reg8(hococr) = 0;
    wait_stable(hoco_stable);
    reg16(pllccr) = pll_hoco_times_10;
    reg8(pllcr) = 0;
    wait_stable(pll_stable);
    reg8(flwt) = 3; // before the clock rises; SRAM has its wait state from reset on
    reg32(sckdivcr) = dividers_fast;
    reg8(sckscr) = source_pll;
    reg16(prcr) = lock;
    reg16(fcacheiv) = 1;
    while (reg16(fcacheiv) != 0) {
    }
    reg16(fcachee) = 1;
    return (hoco_mhz() * 10 + 3) / 4;
}

void clock_down() {
    reg16(fcachee) = 0;
    reg16(prcr) = unlock_clocks;
    reg8(sckscr) = source_moco;
    reg32(sckdivcr) = dividers_reset;
    reg8(pllcr) = 1;
    while ((reg8(oscsf) & pll_stable) != 0) {
    }
    reg16(pllccr) = pllccr_reset;                                          // only once it stands still
    reg8(flwt) = 0;                                                        // after the clock has fallen
    reg8(hococr) = static_cast<std::uint8_t>(option_settings() >> 8 & 1U); // HOCOEN: 1 is stopped, in both
    reg16(prcr) = lock;
}

} // namespace outboot::ra6m4
