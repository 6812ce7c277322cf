// Says its reset cause over the UART; then does what the host asks: r = reset, w = wait for the watchdog, s = sleep,
// e = echo a byte, f = read an unmapped address, t = ten SysTick periods of 1 ms, u = undefined instruction.
#include "probe.h"

volatile uint32_t ticks;
void on_systick(void) { ++ticks; }

static void wait_ticks(void) {
    REG32(0xE000E014) = 200000 - 1;
    REG32(0xE000E018) = 0;
    REG32(0xE000E010) = 5;
    for (int i = 0; i < 10; ++i)
        while ((REG32(0xE000E010) & 1u << 16) == 0) {}
    REG32(0xE000E010) = 0;
}

static void wait_interrupts(void) {
    ticks = 0;
    REG32(0xE000E014) = 200000 - 1;
    REG32(0xE000E018) = 0;
    REG32(0xE000E010) = 7;
    while (ticks < 10) __asm volatile("wfi");
    REG32(0xE000E010) = 0;
}

int main(void) {
    const uint16_t cause = REG16(0x4001E0C0);
    clocks_200mhz();
    uart_open(107);
    uart_text("hello ");
    uart_hex((uint32_t)REG8(0x4001E410) << 16 | cause);
    uart_text("\n");
    REG8(0x4001E410) = 0;
    REG16(0x4001E0C0) = 0;
    for (;;) {
        while (!uart_ready()) {}
        switch (uart_take()) {
        case 'r': uart_flush(); system_reset(); break;
        case 'R': uart_text("lost"); system_reset(); break;
        case 'w': for (;;) ticks = ticks + 1;
        case 's': __asm volatile("wfi"); break;
        case 'e':
            while (!uart_ready()) {}
            uart_char(uart_take());
            break;
        case 'f': (void)REG32(0x30000000); break;
        case 't': wait_ticks(); uart_text("ticked\n"); break;
        case 'i': wait_interrupts(); uart_text("slept\n"); break;
        case 'u': __asm volatile("udf #0"); break;
        case 'o': uart_flush(); for (;;) {}
        case 'k': // refresh for 40 s of virtual time
            for (int i = 0; i < 4000; ++i) {
                wait_ticks();
                REG8(0x40083200) = 0;
                REG8(0x40083200) = 0xFF;
            }
            uart_text("fed\n");
            break;
        default: uart_text("?"); break;
        }
    }
}
