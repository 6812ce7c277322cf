// RA6M4 registers that outboot touches. Names and offsets from the RA6M4 User's Manual: Hardware (R01UH0890) and the
// vendor's device header; the section of the manual stands where a register is written, not here.
#pragma once

#include <cstdint>

namespace outboot::ra6m4 {

template <class T>
inline volatile T& reg(std::uint32_t address) {
    return *reinterpret_cast<volatile T*>(address);
}

inline volatile std::uint8_t& reg8(std::uint32_t address) {
    return reg<std::uint8_t>(address);
}
inline volatile std::uint16_t& reg16(std::uint32_t address) {
    return reg<std::uint16_t>(address);
}
inline volatile std::uint32_t& reg32(std::uint32_t address) {
    return reg<std::uint32_t>(address);
}

// Reads a register for the sake of reading: through a reference alone nothing would be read.
template <class T>
[[gnu::always_inline]] inline void touch(volatile T& value) {
    [[maybe_unused]] const T read = value;
}

// Memories.
inline constexpr std::uint32_t code_flash_address = 0x00000000;
inline constexpr std::uint32_t data_flash_address = 0x08000000;
inline constexpr std::uint32_t qspi_window_address = 0x60000000;

// Option-setting memory.
inline constexpr std::uint32_t ofs0 = 0x0100A100;
inline constexpr std::uint32_t ofs1 = 0x0100A180;
inline constexpr std::uint32_t ofs1_sec = 0x0100A200;
inline constexpr std::uint32_t ofs1_sel = 0x0100A280;

// System control.
inline constexpr std::uint32_t sckdivcr = 0x4001E020; // 32 bit
inline constexpr std::uint32_t sckscr = 0x4001E026;   // 8
inline constexpr std::uint32_t pllccr = 0x4001E028;   // 16
inline constexpr std::uint32_t pllcr = 0x4001E02A;    // 8
inline constexpr std::uint32_t hococr = 0x4001E036;   // 8
inline constexpr std::uint32_t oscsf = 0x4001E03C;    // 8
inline constexpr std::uint32_t prcr = 0x4001E3FE;     // 16
inline constexpr std::uint32_t fwepror = 0x4001E416;  // 8
inline constexpr std::uint32_t mstpcrb = 0x40084004;  // 32

// Flash cache and wait states.
inline constexpr std::uint32_t fcachee = 0x4001C100;  // 16
inline constexpr std::uint32_t fcacheiv = 0x4001C104; // 16
inline constexpr std::uint32_t flwt = 0x4001C11C;     // 8

// Flash sequencer (FACI).
inline constexpr std::uint32_t faci_command = 0x407E0000; // 8 and 16
inline constexpr std::uint32_t fastat = 0x407FE010;       // 8
inline constexpr std::uint32_t fsaddr = 0x407FE030;       // 32
inline constexpr std::uint32_t feaddr = 0x407FE034;       // 32
inline constexpr std::uint32_t fmeprot = 0x407FE044;      // 16
inline constexpr std::uint32_t fstatr = 0x407FE080;       // 32
inline constexpr std::uint32_t fentryr = 0x407FE084;      // 16
inline constexpr std::uint32_t fbccnt = 0x407FE0D0;       // 8
inline constexpr std::uint32_t fbcstat = 0x407FE0D4;      // 8
inline constexpr std::uint32_t fpckar = 0x407FE0E4;       // 16

// QSPI.
inline constexpr std::uint32_t sfmsmd = 0x64000000;
inline constexpr std::uint32_t sfmssc = 0x64000004;
inline constexpr std::uint32_t sfmskc = 0x64000008;
inline constexpr std::uint32_t sfmcom = 0x64000010;
inline constexpr std::uint32_t sfmcmd = 0x64000014;
inline constexpr std::uint32_t sfmcst = 0x64000018;
inline constexpr std::uint32_t sfmsac = 0x64000024;
inline constexpr std::uint32_t sfmsdc = 0x64000028;
inline constexpr std::uint32_t sfmspc = 0x64000030;

// Pins: PmnPFS is 0x40080800 + port * 0x40 + pin * 4.
inline constexpr std::uint32_t pwpr = 0x40080D03; // 8

constexpr std::uint32_t pin_function(std::uint32_t port, std::uint32_t pin) {
    return 0x40080800 + port * 0x40 + pin * 4;
}

// Watchdogs.
inline constexpr std::uint32_t iwdtrr = 0x40083200; // 8
inline constexpr std::uint32_t wdtrr = 0x40083400;  // 8

// Cortex-M33 system control.
inline constexpr std::uint32_t vtor = 0xE000ED08;
inline constexpr std::uint32_t aircr = 0xE000ED0C;

} // namespace outboot::ra6m4
