// An application as one of FSP's: its section names, its vector table.
#include <stdint.h>

extern uint32_t __RAM_segment_used_end__;

uint8_t g_main_stack[1024] __attribute__((used, section(".stack"), aligned(8)));
uint32_t counter = 7;
const char defaults[16] __attribute__((used, section(".data_flash"))) = "defaults";
const char picture[32] __attribute__((used, section(".qspi_flash"))) = "picture";

#if OPTION_SETTINGS
const uint32_t g_bsp_rom_ofs0 __attribute__((used, section(".option_setting_ofs0"))) = 0xFFFFFFFF;
#endif
#if TOO_LARGE
const uint8_t ballast[0xFBC80] __attribute__((used)) = {1};
#endif

void Reset_Handler(void) {
    for (;;) counter += defaults[0] + picture[0];
}

typedef void (*exc_ptr_t)(void);
const exc_ptr_t __Vectors[16] __attribute__((used, section(".fixed_vectors"))) = {
    (exc_ptr_t)(g_main_stack + sizeof g_main_stack), Reset_Handler};
