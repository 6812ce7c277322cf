// Clocks, their limits and wait states, the protection of their registers, and reset causes (R01UH0890).
#include "board/sram_control.hpp"
#include "board/sysc.hpp"
#include "tests/board/world_test.hpp"

namespace outboot::board {
namespace {

struct Clock : WorldTest {
    Clock() {
        sysc.flash_wait_states = [this] { return flash_waits; };
        sysc.sram_wait_states = [this] { return sram_waits; };
    }
    static constexpr std::uint32_t sckdivcr = 0x20, sckscr = 0x26, pllccr = 0x28, pllcr = 0x2a, hococr = 0x36,
                                   mococr = 0x38, oscsf = 0x3c, prcr = 0x3fe;
    void unlock() { sysc.write(prcr, 2, 0xa501); }
    void wait(std::uint8_t flag) {
        for (int i = 0; i < 3 && (sysc.read(oscsf, 1) & flag) == 0; ++i) {
        }
    }
    void start_pll() {
        unlock();
        sysc.write(hococr, 1, 0);
        wait(1);
        sysc.write(pllccr, 2, 0x1310);
        sysc.write(pllcr, 1, 0);
        wait(0x20);
    }
    unsigned flash_waits = 0, sram_waits = 1;
    Sysc sysc{world};
};

TEST_F(Clock, starts_at_two_megahertz_from_moco) {
    EXPECT_EQ(sysc.read(sckscr, 1), 1u);
    EXPECT_EQ(sysc.read(sckdivcr, 4), 0x22022222u);
    EXPECT_EQ(world.clocks.iclk, 2'000'000u);
    EXPECT_EQ(sysc.read(pllcr, 1), 1u);
    EXPECT_EQ(sysc.read(hococr, 1), 1u);
}

TEST_F(Clock, reaches_200_mhz_by_the_books) {
    start_pll();
    flash_waits = 3;
    sysc.write(sckdivcr, 4, 0x20011221);
    sysc.write(sckscr, 1, 5);
    sysc.write(prcr, 2, 0xa500);
    expect_no_violation();
    EXPECT_EQ(world.clocks.iclk, 200'000'000u);
    EXPECT_EQ(world.clocks.pclka, 100'000'000u);
    EXPECT_EQ(world.clocks.pclkb, 50'000'000u);
    EXPECT_EQ(world.clocks.fclk, 50'000'000u);
}

TEST_F(Clock, needs_flash_wait_states_before_it_rises) {
    start_pll();
    sysc.write(sckdivcr, 4, 0x20011221);
    for (const unsigned waits : {0u, 2u}) {
        flash_waits = waits;
        sysc.write(sckscr, 1, 1);
        sysc.write(sckscr, 1, 5);
        expect_violation("FLWT");
    }
    flash_waits = 3;
    sram_waits = 0;
    sysc.write(sckscr, 1, 1);
    sysc.write(sckscr, 1, 5);
    expect_violation("SRAMWTSC");
}

TEST_F(Clock, wait_states_must_not_fall_before_the_clock) {
    start_pll();
    flash_waits = 3;
    sysc.write(sckdivcr, 4, 0x20011221);
    sysc.write(sckscr, 1, 5);
    expect_no_violation();
    flash_waits = 2;
    sysc.check_wait_states();
    expect_violation("FLWT");
}

TEST_F(Clock, a_source_must_be_stable_before_it_is_selected) {
    unlock();
    sysc.write(sckscr, 1, 5);
    expect_violation("stable");
    EXPECT_EQ(sysc.read(sckscr, 1), 1u);
    sysc.write(hococr, 1, 0);
    sysc.write(sckscr, 1, 0);
    expect_violation("stable");
    wait(1);
    sysc.write(sckscr, 1, 0);
    expect_no_violation();
    EXPECT_EQ(world.clocks.iclk, 5'000'000u);
}

TEST_F(Clock, the_pll_needs_its_source_and_its_limits) {
    unlock();
    sysc.write(pllccr, 2, 0x1310);
    sysc.write(pllcr, 1, 0);
    expect_violation("before its source");
    sysc.write(pllccr, 2, 0x1310);
    expect_violation("while the PLL runs");
    sysc.write(pllcr, 1, 1);
    sysc.write(pllccr, 2, 0x1300); // what it is after reset does no harm while it is stopped
    expect_no_violation();
    sysc.write(hococr, 1, 0);
    wait(1);
    sysc.write(pllccr, 2, 0x1510); // x 11: 220 MHz
    sysc.write(pllcr, 1, 0);
    expect_violation("PLL output");
    sysc.write(pllcr, 1, 1);
    sysc.write(pllccr, 2, 0x2712); // 20 / 3 MHz in
    sysc.write(pllcr, 1, 0);
    expect_violation("PLL input");
}

TEST_F(Clock, what_is_in_use_must_not_be_stopped) {
    unlock();
    sysc.write(mococr, 1, 1);
    expect_violation("MOCO");
    start_pll();
    expect_no_violation();
    sysc.write(hococr, 1, 1); // feeds the PLL
    expect_violation("HOCO");
}

TEST_F(Clock, every_bus_has_its_limit) {
    start_pll();
    flash_waits = 3;
    sysc.write(sckdivcr, 4, 0x20011021); // PCLKB / 1
    sysc.write(sckscr, 1, 5);
    expect_violation("PCLKB");
}

TEST_F(Clock, prcr_guards_what_it_guards) {
    sysc.write(hococr, 1, 0);
    expect_violation("PRCR");
    EXPECT_EQ(sysc.read(hococr, 1), 1u);
    sysc.write(prcr, 2, 0x5a01);
    expect_violation("key");
    sysc.write(prcr, 1, 0x01);
    expect_violation("key");
    sysc.write(prcr, 2, 0xa502);
    sysc.write(hococr, 1, 0);
    expect_violation("PRCR");
    sysc.write(prcr, 2, 0xa501);
    sysc.write(hococr, 1, 0);
    expect_no_violation();
}

TEST_F(Clock, ofs1_can_start_hoco_at_its_frequency) {
    sysc.set_ofs1(0xfffff8ff); // HOCOEN 0, HOCOFRQ0 0
    sysc.reset();
    EXPECT_EQ(sysc.read(hococr, 1), 0u);
    wait(1);
    unlock();
    sysc.write(sckscr, 1, 0);
    EXPECT_EQ(world.clocks.iclk, 4'000'000u);
    expect_no_violation();
}

TEST_F(Clock, reset_causes_stay_until_they_are_cleared) {
    sysc.set_cause(ResetCause::power_on);
    EXPECT_EQ(sysc.read(0x410, 1), 1u);
    sysc.set_cause(ResetCause::software);
    sysc.reset();
    sysc.set_cause(ResetCause::iwdt);
    EXPECT_EQ(sysc.read(0xc0, 2), 5u);
    sysc.write(0xc0, 2, 0xfffb);
    EXPECT_EQ(sysc.read(0xc0, 2), 1u);
    sysc.write(0x410, 1, 0);
    EXPECT_EQ(sysc.read(0x410, 1), 0u);
    sysc.set_cause(ResetCause::power_on);
    EXPECT_EQ(sysc.read(0xc0, 2), 0u);
}

TEST_F(WorldTest, sram_wait_states_have_a_key) {
    SramControl sram(world);
    sram.reset();
    EXPECT_EQ(sram.wait_states(), 1u);
    sram.write(8, 1, 0);
    expect_violation("SRAMPRCR");
    sram.write(0xc, 1, 0x71);
    expect_violation("key");
    sram.write(0xc, 1, 0xf1);
    sram.write(8, 1, 0);
    expect_no_violation();
    EXPECT_EQ(sram.wait_states(), 0u);
}

} // namespace
} // namespace outboot::board
