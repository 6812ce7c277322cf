// Exceptions: SVC, PendSV and SysTick handlers, on either stack; prints a trace.
#include "probe.h"

static volatile uint32_t trace, ticks, saved_lr;
static uint32_t process_stack[64];

static inline uint32_t ipsr(void) {
    uint32_t v;
    __asm volatile("mrs %0, ipsr" : "=r"(v));
    return v;
}

void on_svc(void) {
    trace = trace << 8 | ipsr();
    REG32(0xE000ED04) = 1u << 28; // PendSV, same priority: after this one
    trace = trace << 8 | 1;
}
void on_pendsv(void) { trace = trace << 8 | ipsr(); }
void on_systick(void) { ++ticks; }
void on_line_0(void) { trace = trace << 8 | ipsr(); }

static uint32_t svc_sum(uint32_t a, uint32_t b) {
    register uint32_t r0 __asm("r0") = a;
    register uint32_t r1 __asm("r1") = b;
    __asm volatile("svc #7" : "+r"(r0), "+r"(r1) : : "memory");
    return r0 * 16 + r1; // the frame brings them back
}

static void on_process_stack(void) {
    __asm volatile("msr psp, %0\n mov r1, #2\n msr control, r1\n isb\n svc #1\n mov r1, #0\n msr control, r1\n isb"
                   : : "r"(&process_stack[64]) : "r1", "memory");
}

int main(void) {
    clocks_200mhz();
    uart_open(107);
    uart_hex(svc_sum(3, 4));
    uart_char(' ');
    uart_hex(trace);
    trace = 0;
    on_process_stack();
    uart_char(' ');
    uart_hex(trace);
    trace = 0;
    REG32(0xE000E100) = 1; // line 0 on, then pending by software
    REG32(0xE000E200) = 1;
    uart_char(' ');
    uart_hex(trace);
    trace = 0;
    __asm volatile("cpsid i");
    REG32(0xE000ED04) = 1u << 28;
    uart_char(' ');
    uart_hex(trace); // masked
    __asm volatile("cpsie i");
    for (volatile int i = 0; i < 1000; ++i) {}
    uart_char(' ');
    uart_hex(trace);
    // SysTick interrupts while r0-r3 and the flags are in use.
    REG32(0xE000E014) = 1999;
    REG32(0xE000E018) = 0;
    REG32(0xE000E010) = 7;
    uint32_t sum = 0;
    for (uint32_t i = 0; i < 100000; ++i) sum = sum * 33 + i;
    REG32(0xE000E010) = 0;
    uint32_t expected = 0;
    for (uint32_t i = 0; i < 100000; ++i) expected = expected * 33 + i;
    uart_text(sum == expected && ticks > 100 ? " ok\n" : " broken\n");
    uart_flush();
    for (;;) __asm volatile("wfi");
}
