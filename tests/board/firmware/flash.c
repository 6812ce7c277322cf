// Flash work in the order that the host asks for, so that each rule of the sequencer can be kept or broken:
//   e = erase block 0x8000; p = program one unit of it; b = blank check of the data flash; d = program data flash;
//   n = erase a sector of the NOR, program a page, read it back through the window;
//   c = many: erase and program code flash, data flash and NOR in turn (for power cuts)
//   F = like e, but runs from code flash; R = like e, but reads code flash meanwhile; L = forgets to invalidate the cache
//   W = looks at the window while the NOR is busy; v = prints the words at 0x8000 and in the window
#include "probe.h"

#define FSTATR REG32(0x407FE080)
#define FASTAT REG8(0x407FE010)
#define FSADDR REG32(0x407FE030)
#define FEADDR REG32(0x407FE034)
#define FENTRYR REG16(0x407FE084)
#define FMEPROT REG16(0x407FE044)
#define COMMAND8 REG8(0x407E0000)
#define COMMAND16 REG16(0x407E0000)
#define SFMCMD REG32(0x64000014)
#define SFMCOM REG32(0x64000010)

enum { code_mode = 0xAA01, data_mode = 0xAA80 };

#define PUBLIC_BODY(mode, address, halfwords, value, during)                                                           \
    FMEPROT = 0xD900;                                                                                                  \
    FENTRYR = mode;                                                                                                    \
    while (FENTRYR != (mode & 0xFF)) {}                                                                                \
    FSADDR = address;                                                                                                  \
    COMMAND8 = halfwords ? 0xE8 : 0x20;                                                                                \
    if (halfwords) {                                                                                                   \
        COMMAND8 = halfwords;                                                                                          \
        for (int i = 0; i < halfwords; ++i) {                                                                          \
            COMMAND16 = (uint16_t)(value + i);                                                                         \
            while (FSTATR & 1 << 10) {}                                                                                \
        }                                                                                                              \
    }                                                                                                                  \
    COMMAND8 = 0xD0;                                                                                                   \
    during;                                                                                                            \
    while ((FSTATR & 1 << 15) == 0) {}                                                                                 \
    FENTRYR = 0xAA00;                                                                                                  \
    while (FENTRYR != 0) {}                                                                                            \
    FMEPROT = 0xD901;

IN_RAM void run(uint16_t mode, uint32_t address, uint8_t halfwords, uint16_t value) {
    PUBLIC_BODY(mode, address, halfwords, value, )
    REG16(0x4001C104) = 1;
    while (REG16(0x4001C104)) {}
}
IN_RAM void run_and_read(uint32_t address) {
    PUBLIC_BODY(code_mode, address, 0, 0, (void)REG32(0x100))
}
IN_RAM void run_and_keep_the_cache(uint32_t address) {
    PUBLIC_BODY(code_mode, address, 0, 0, )
}
__attribute__((noinline)) void run_from_flash(uint32_t address) {
    PUBLIC_BODY(code_mode, address, 0, 0, )
}

static void nor_open(void) {
    REG32(0x40084004) &= ~(1u << 6);
    for (unsigned p = 5; p <= 10; ++p) pin(3, p, 0x11);
    REG32(0x64000008) = 0;
    REG32(0x64000000) = 0x42;
}
static void nor_single(uint8_t opcode) {
    SFMCMD = 1;
    SFMCOM = opcode;
    SFMCMD = 1;
}
static void nor_address(uint8_t opcode, uint32_t at) {
    nor_single(0x06);
    SFMCOM = opcode;
    SFMCOM = at >> 16 & 0xFF;
    SFMCOM = at >> 8 & 0xFF;
    SFMCOM = at & 0xFF;
}
static void nor_wait(void) {
    uint32_t status;
    do {
        SFMCMD = 1;
        SFMCOM = 0x05;
        status = SFMCOM;
        SFMCMD = 1;
    } while (status & 1);
}
static void nor_erase(uint32_t at) {
    nor_address(0x20, at);
    SFMCMD = 1;
}
static void nor_program(uint32_t at, uint8_t first) {
    nor_address(0x02, at);
    for (unsigned i = 0; i < 256; ++i) SFMCOM = (uint8_t)(first + i);
    SFMCMD = 1;
}

static void many(void) {
    for (unsigned round = 0; round < 4; ++round) {
        run(code_mode, 0x8000, 0, 0);
        run(data_mode, 0x08000000, 0, 0);
        nor_erase(0);
        nor_wait();
        for (unsigned i = 0; i < 3; ++i) {
            run(code_mode, 0x8000 + 128 * i, 0x40, (uint16_t)round);
            run(data_mode, 0x08000000 + 4 * i, 2, (uint16_t)round);
            nor_program(256 * i, (uint8_t)round);
            nor_wait();
        }
    }
    SFMCMD = 0;
}

int main(void) {
    clocks_200mhz();
    uart_open(107);
    nor_open();
    REG8(0x4001E416) = 1;
    REG16(0x407FE0E4) = 0x1E00 | 50;
    REG16(0x4001C104) = 1;
    REG16(0x4001C100) = 1; // flash cache on
    uart_text("ready\n");
    for (;;) {
        while (!uart_ready()) {}
        switch (uart_take()) {
        case 'e': run(code_mode, 0x8000, 0, 0); break;
        case 'p': run(code_mode, 0x8000, 0x40, 0x1000); break;
        case 'd': run(data_mode, 0x08000000, 2, 0x2000); break;
        case 'F': run_from_flash(0x8000); break;
        case 'R': run_and_read(0x8000); break;
        case 'L': run_and_keep_the_cache(0x8000); break;
        case 'c': many(); break;
        case 'W': nor_erase(0); SFMCMD = 0; (void)REG32(0x60000000); break;
        case 'n':
            nor_erase(0x1000);
            nor_wait();
            nor_program(0x1000, 0x40);
            nor_wait();
            SFMCMD = 0;
            break;
        case 'r': uart_flush(); system_reset(); break;
        case 'B': nor_erase(0); system_reset(); break; // leaves the NOR busy
        default: break;
        }
        uart_hex(REG32(0x8000));
        uart_char(' ');
        uart_hex(REG32(0x60001000));
        uart_text(" done\n");
    }
}
