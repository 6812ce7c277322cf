// 200 MHz from HOCO and PLL, no crystal needed, and back to the clocks after reset (R01UH0890 "Clock Generation
// Circuit").
#pragma once

#include <cstdint>

namespace outboot::ra6m4 {

// ICLK 200 MHz, PCLKA 100, FCLK 50 with a 20 MHz HOCO; in proportion with 16 or 18 MHz (option settings decide).
// Returns FCLK in MHz, rounded up.
std::uint32_t clock_up();

// MOCO, all dividers, wait states and caches as after reset.
void clock_down();

} // namespace outboot::ra6m4
