// Vector table and start-up of the test programs.
#include <stdint.h>

extern uint32_t ram_code_load, ram_code_start, ram_code_end, bss_start, bss_end, stack_top;
int main(void);

__attribute__((weak)) void on_hard_fault(void) { for (;;) {} }
__attribute__((weak)) void on_svc(void) {}
__attribute__((weak)) void on_pendsv(void) {}
__attribute__((weak)) void on_systick(void) {}
__attribute__((weak)) void on_line_0(void) {}

void reset(void) {
    for (uint32_t *to = &ram_code_start, *from = &ram_code_load; to < &ram_code_end;) *to++ = *from++;
    for (uint32_t* to = &bss_start; to < &bss_end;) *to++ = 0;
    main();
    for (;;) {}
}

__attribute__((section(".vectors"), used)) void (*const vectors[112])(void) = {
    (void (*)(void)) & stack_top, reset, on_hard_fault, on_hard_fault, on_hard_fault, on_hard_fault, on_hard_fault, 0, 0, 0, 0,
    on_svc, 0, 0, on_pendsv, on_systick, on_line_0,
};
