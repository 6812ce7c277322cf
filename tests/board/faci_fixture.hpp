// The flash sequencer alone, driven by its registers as R01UH0890 §47 and FSP's r_flash_hp describe them.
#pragma once

#include <vector>

#include "board/faci.hpp"
#include "tests/board/world_test.hpp"

namespace outboot::board {

struct FaciTest : WorldTest {
    static constexpr std::uint32_t fastat = 0x10, fsaddr = 0x30, feaddr = 0x34, fmeprot = 0x44, fbprot0 = 0x78,
                                   fbprot1 = 0x7c, fstatr = 0x80, fentryr = 0x84, fsuinitr = 0x8c, fcmdr = 0xa0,
                                   fbccnt = 0xd0, fbcstat = 0xd4, fpsaddr = 0xd8, fcpsr = 0xe0, fpckar = 0xe4;
    static constexpr std::uint32_t idle = 0x00008000, frdy = 1u << 15, dbfull = 1u << 10;
    static constexpr std::uint32_t data_base = 0x08000000;

    FaciTest() {
        world.clocks = {.iclk = 200'000'000,
                        .pclka = 100'000'000,
                        .pclkb = 50'000'000,
                        .pclkc = 50'000'000,
                        .pclkd = 100'000'000,
                        .bclk = 100'000'000,
                        .fclk = 50'000'000};
        faci.reset();
        faci.fwepror = 1;
    }

    void w8(std::uint32_t reg, std::uint32_t v) { faci.write(reg, 1, v); }
    void w16(std::uint32_t reg, std::uint32_t v) { faci.write(reg, 2, v); }
    void w32(std::uint32_t reg, std::uint32_t v) { faci.write(reg, 4, v); }
    std::uint32_t status() { return faci.read(fstatr, 4); }

    void enter_code() {
        w16(fmeprot, 0xd900);
        w16(fentryr, 0xaa01);
    }
    void enter_data() { w16(fentryr, 0xaa80); }
    void leave() {
        w16(fentryr, 0xaa00);
        w16(fmeprot, 0xd901);
    }
    void byte(std::uint8_t b) { faci.command(1, b); }
    void finish() {
        world.set_horizon(never); // a violation asked the board to look up
        for (int i = 0; i < 3 && (status() & frdy) == 0; ++i) {
        }
    }
    void erase(std::uint32_t address) {
        w32(fsaddr, address);
        byte(0x20);
        byte(0xd0);
    }
    void program(std::uint32_t address, std::uint8_t halfwords, std::uint16_t value = 0x1234) {
        w32(fsaddr, address);
        byte(0xe8);
        byte(halfwords);
        for (int i = 0; i < halfwords; ++i) {
            faci.command(2, value);
            while ((status() & dbfull) != 0) {
            }
        }
        byte(0xd0);
    }

    CodeFlash code;
    DataFlash data;
    OptionMemory options;
    Faci faci{world, Pace::typical, code, data, options};
};

} // namespace outboot::board
