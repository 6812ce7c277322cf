// The test firmware's view of the RA6M4: registers by address, and the few sequences every test program needs. Written
// from the hardware manual (R01UH0890), not from the port: the two must not share a mistake.
#pragma once

#include <stdint.h>

#define REG8(a) (*(volatile uint8_t*)(a))
#define REG16(a) (*(volatile uint16_t*)(a))
#define REG32(a) (*(volatile uint32_t*)(a))

// Code that runs while code flash can't be read.
#define IN_RAM __attribute__((section(".ram_code"), noinline, long_call))

static inline void unlock_clocks(void) { REG16(0x4001E3FE) = 0xA501; }
static inline void lock_clocks(void) { REG16(0x4001E3FE) = 0xA500; }

// HOCO 20 MHz times 10: ICLK 200, PCLKA 100, PCLKB/C 50, PCLKD 100, FCLK 50 MHz.
static inline void clocks_200mhz(void) {
    unlock_clocks();
    REG8(0x4001E036) = 0; // HOCOCR: run
    while ((REG8(0x4001E03C) & 1) == 0) {}
    REG16(0x4001E028) = 0x1310; // PLLCCR: HOCO, /1, x10
    REG8(0x4001E02A) = 0;       // PLLCR: run
    while ((REG8(0x4001E03C) & 0x20) == 0) {}
    REG8(0x4000200C) = 0xF1; // SRAMPRCR2
    REG8(0x40002008) = 1;    // SRAMWTSC
    REG8(0x4001C11C) = 3;    // FLWT
    REG32(0x4001E020) = 0x20011221;
    REG8(0x4001E026) = 5; // PLL
    lock_clocks();
}

static inline void pin(unsigned port, unsigned number, unsigned function) {
    REG8(0x40080D03) = 0;
    REG8(0x40080D03) = 0x40;
    REG32(0x40080800 + port * 0x40 + number * 4) = function << 24;
    REG32(0x40080800 + port * 0x40 + number * 4) = function << 24 | 1 << 16;
    REG8(0x40080D03) = 0;
    REG8(0x40080D03) = 0x80;
}

// SCI7, 8N1. `divider` is BRR.
static inline void uart_open(uint8_t divider) {
    REG32(0x40084004) &= ~(1u << 24); // MSTPCRB: SCI7 runs
    pin(6, 13, 5);
    pin(6, 14, 5);
    REG8(0x40118702) = 0;
    REG8(0x40118700) = 0;
    REG8(0x40118706) = 0xF2;
    REG8(0x40118707) = 0x50; // BGDM, ABCS
    REG8(0x40118701) = divider;
    REG8(0x40118702) = 0x30; // TE, RE
}

static inline void uart_char(char c) {
    while ((REG8(0x40118704) & 0x80) == 0) {}
    REG8(0x40118703) = (uint8_t)c;
}

static inline void uart_flush(void) {
    while ((REG8(0x40118704) & 0x04) == 0) {}
}

static inline void uart_text(const char* s) {
    while (*s) uart_char(*s++);
}

static inline void uart_hex(uint32_t v) {
    for (int shift = 28; shift >= 0; shift -= 4) uart_char("0123456789abcdef"[v >> shift & 15]);
}

static inline int uart_ready(void) { return (REG8(0x40118704) & 0x40) != 0; }
static inline char uart_take(void) { return (char)REG8(0x40118705); }

static inline void system_reset(void) {
    REG32(0xE000ED0C) = 0x05FA0004;
    for (;;) {}
}
