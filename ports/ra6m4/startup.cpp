// Reset to main, faults, reset, and the hand-over to the application.
//
// RAM, from its start: vector table, data with the routine that runs from RAM, zeroed data, stack down to a limit that
// the CPU watches (MSPLIM). All of it is wiped before the application starts.
#include <cstring>

#include "ports/ra6m4/board.hpp"
#include "ports/ra6m4/clock.hpp"
#include "ports/ra6m4/registers.hpp"

extern "C" {
extern std::uint32_t outboot_ram_begin;
extern std::uint32_t outboot_stack_bottom;
extern std::uint32_t outboot_stack_top;
extern std::uint32_t outboot_data_source;
extern std::uint32_t outboot_data_begin;
extern std::uint32_t outboot_data_end;
extern std::uint32_t outboot_bss_end;

[[noreturn]] void outboot_reset_handler();
void outboot_fault();
void outboot_main();
}

namespace {

using Handler = void (*)();

// NMI and HardFault, which every other fault becomes as long as nobody enables it, are served from RAM, where they can
// be fetched while the flash is being programmed. Interrupts are never enabled.
constexpr std::size_t vectors = 4;
[[gnu::section(".ram_vectors")]] std::uint32_t ram_vectors[vectors];

struct ResetVectors {
    std::uint32_t* stack;
    Handler reset;
    Handler faults[vectors - 2];
    // In place of handlers that are never enabled. The code itself may hold its constants in pieces, and `outboot
    // provision` refuses a bootloader in which it doesn't find the layout's fingerprint.
    std::array<std::uint8_t, 8> fingerprint;
};

[[gnu::section(".vectors"), gnu::used]] const ResetVectors reset_vectors = {
    &outboot_stack_top, outboot_reset_handler, {outboot_fault, outboot_fault}, outboot::layout.fingerprint};

} // namespace

// A broken invariant of ours, or glitched hardware: nothing to save, start again. Lies in RAM.
[[gnu::section(".ramcode"), gnu::noinline]] void outboot_fault() {
    outboot::ra6m4::reg32(outboot::ra6m4::aircr) = 0x05FA0004;
    for (;;) {
    }
}

void outboot_reset_handler() {
    asm volatile("msr msplim, %0" ::"r"(&outboot_stack_bottom));
    const std::uint32_t* from = &outboot_data_source;
    for (std::uint32_t* to = &outboot_data_begin; to < &outboot_data_end;) *to++ = *from++;
    for (std::uint32_t* to = &outboot_data_end; to < &outboot_bss_end;) *to++ = 0;
    ram_vectors[2] = ram_vectors[3] = reinterpret_cast<std::uint32_t>(&outboot_fault);
    outboot::ra6m4::reg32(outboot::ra6m4::vtor) = reinterpret_cast<std::uint32_t>(ram_vectors);
    outboot_main();
    outboot_fault();
    __builtin_unreachable();
}

namespace outboot::ra6m4 {

void delay(std::uint32_t ms) {
    // Four instructions a turn, at least as many cycles: 50,000 turns are a millisecond at 200 MHz.
    for (; ms != 0; --ms) {
        for (std::uint32_t turns = 50'000; turns != 0; --turns) asm volatile("nop\n nop");
        watchdogs.feed();
    }
}

void reset() {
    outboot_fault();
    __builtin_unreachable();
}

void hand_over(std::uint32_t address) {
    flash_end();
    clock_down();
    reg32(vtor) = address;
    // Nothing may touch the stack once the wiping begins. Interrupts were never enabled and no timer ever started, so
    // there is nothing to undo in NVIC and SysTick.
    std::uint32_t* wipe = &outboot_ram_begin;
    asm volatile("mov r4, %[address]\n"
                 "mov r0, #0\n"
                 "msr msplim, r0\n"
                 "1: str r0, [%[wipe]], #4\n"
                 "cmp %[wipe], %[end]\n"
                 "blo 1b\n"
                 "ldr r1, [r4]\n"
                 "msr msp, r1\n"
                 "ldr r2, [r4, #4]\n"
                 "dsb\n"
                 "isb\n"
                 "bx r2\n"
                 : [wipe] "+r"(wipe)
                 : [address] "r"(address), [end] "r"(&outboot_stack_top)
                 : "r0", "r1", "r2", "r4", "memory");
    __builtin_unreachable();
}

} // namespace outboot::ra6m4
