// Instructions to be skipped: each label is one instruction, its effect is printed.
#include "probe.h"

__attribute__((noinline)) uint32_t victims(uint32_t x) {
    uint32_t r;
    __asm volatile(".syntax unified\n"
                   ".global skip_narrow, skip_wide, skip_it, skip_member, skip_wide_member\n"
                   "movs %0, #0\n"
                   "skip_narrow: adds %0, #1\n"
                   "skip_wide: add.w %0, %0, #0x10\n"
                   "cmp %1, #5\n"
                   "skip_it: itte eq\n"
                   "skip_member: addeq %0, #2\n"
                   "skip_wide_member: addeq.w %0, %0, #0x20\n"
                   "addne %0, #4\n"
                   : "=&l"(r) : "l"(x) : "cc");
    return r;
}

extern const uint8_t skip_narrow[], skip_wide[], skip_it[], skip_member[], skip_wide_member[];

int main(void) {
    clocks_200mhz();
    uart_open(107);
    const uint8_t* const labels[] = {skip_narrow, skip_wide, skip_it, skip_member, skip_wide_member};
    for (int i = 0; i < 5; ++i) {
        uart_hex((uint32_t)labels[i]);
        uart_char('\n');
    }
    for (;;) {
        while (!uart_ready()) {}
        uart_hex(victims((uint32_t)(uart_take() - '0')));
        uart_char('\n');
    }
}
