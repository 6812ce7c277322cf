// Vector table, reset handler and C run time of the example application.
#include <cstdint>

#include "ports/ra6m4/registers.hpp"

extern "C" {
extern std::uint32_t app_stack_top;
extern std::uint32_t app_stack_bottom;
extern std::uint32_t app_data_source;
extern std::uint32_t app_data_begin;
extern std::uint32_t app_data_end;
extern std::uint32_t app_bss_begin;
extern std::uint32_t app_bss_end;
using Initializer = void (*)();
extern const Initializer app_init_begin[];
extern const Initializer app_init_end[];

void application_main();
[[noreturn]] void app_reset_handler();
[[noreturn]] void app_fault_handler();
}

namespace {

using Handler = void (*)();

// R01UH0890: 16 system vectors and 96 interrupts; the table must be aligned to 512 bytes. This application uses none
// of the interrupts.
struct Vectors {
    std::uint32_t* stack;
    Handler handlers[15 + 96];
};

constexpr Vectors make_vectors() {
    Vectors vectors{&app_stack_top, {}};
    for (Handler& handler : vectors.handlers) handler = app_fault_handler;
    vectors.handlers[0] = app_reset_handler;
    return vectors;
}

[[gnu::section(".vectors"), gnu::used]] const Vectors vectors = make_vectors();

} // namespace

void app_fault_handler() {
    outboot::ra6m4::reg32(outboot::ra6m4::aircr) = 0x05FA0004;
    for (;;) {
    }
}

void app_reset_handler() {
    asm volatile("msr msplim, %0" ::"r"(&app_stack_bottom));
    const std::uint32_t* from = &app_data_source;
    for (std::uint32_t* to = &app_data_begin; to < &app_data_end;) *to++ = *from++;
    for (std::uint32_t* to = &app_bss_begin; to < &app_bss_end;) *to++ = 0;
    for (const Initializer* init = app_init_begin; init != app_init_end; ++init) (*init)();
    application_main();
    app_fault_handler();
}
