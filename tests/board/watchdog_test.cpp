// The two watchdogs, by their registers and OFS0 (R01UH0890).
#include "board/watchdog.hpp"
#include "tests/board/world_test.hpp"

namespace outboot::board {
namespace {

struct Dogs : WorldTest {
    // OFS0 with the IWDT started: 2048 cycles, /128, the window always open.
    static constexpr std::uint32_t iwdt_on = 0xffffffff & ~(1u << 1);
    void feed(Watchdog& dog) {
        dog.write(0, 1, 0x00);
        dog.write(0, 1, 0xff);
    }
    Watchdog iwdt{world, Watchdog::Which::iwdt}, wdt{world, Watchdog::Which::wdt};
};

TEST_F(Dogs, sleep_when_ofs0_is_erased) {
    iwdt.start_from_ofs0(0xffffffff);
    wdt.start_from_ofs0(0xffffffff);
    EXPECT_EQ(iwdt.underflow_at(), never);
    EXPECT_EQ(wdt.underflow_at(), never);
    feed(iwdt);
    EXPECT_EQ(iwdt.underflow_at(), never) << "the IWDT has no register start";
    feed(wdt);
    EXPECT_NE(wdt.underflow_at(), never) << "the WDT's first refresh starts it";
}

TEST_F(Dogs, the_iwdt_ends_after_its_period) {
    iwdt.start_from_ofs0(iwdt_on);
    EXPECT_EQ(iwdt.underflow_at(), cycles(2048 * 128, 15'000));
    EXPECT_EQ(iwdt.read(4, 2), 2048u);
    world.pass(iwdt.underflow_at() / 2);
    EXPECT_EQ(iwdt.read(4, 2), 1024u);
    EXPECT_FALSE(iwdt.expired());
    feed(iwdt);
    world.pass(cycles(2048 * 128, 15'000) - 1);
    EXPECT_FALSE(iwdt.expired());
    world.pass(1);
    EXPECT_TRUE(iwdt.expired());
}

TEST_F(Dogs, a_refresh_is_two_writes_in_order) {
    iwdt.start_from_ofs0(iwdt_on);
    world.pass(second);
    const Picoseconds before = iwdt.underflow_at();
    iwdt.write(0, 1, 0xff);
    iwdt.write(0, 1, 0x00);
    iwdt.write(0, 1, 0x01);
    iwdt.write(0, 1, 0xff);
    EXPECT_EQ(iwdt.underflow_at(), before);
    feed(iwdt);
    EXPECT_GT(iwdt.underflow_at(), before);
}

TEST_F(Dogs, a_refresh_outside_the_window_resets) {
    iwdt.start_from_ofs0(iwdt_on & ~(3u << 10)); // opens at 25 %
    feed(iwdt);
    EXPECT_EQ(world.reset_wanted, ResetCause::iwdt);
    world.reset_wanted.reset();
    world.pass(iwdt.underflow_at() * 8 / 10);
    feed(iwdt);
    EXPECT_FALSE(world.reset_wanted);
}

TEST_F(Dogs, the_wdt_follows_its_clock) {
    wdt.start_from_ofs0(0xffffffff & ~(1u << 17)); // 16384 cycles, PCLKB / 128
    const Picoseconds at_2mhz = cycles(16384 * 128, 2'000'000);
    EXPECT_EQ(wdt.underflow_at(), at_2mhz);
    world.pass(at_2mhz / 2);
    wdt.clock_changes(50'000'000);
    EXPECT_EQ(wdt.underflow_at(), at_2mhz / 2 + at_2mhz / 50);
}

TEST_F(Dogs, sleep_stops_only_what_ofs0_says) {
    iwdt.start_from_ofs0(iwdt_on); // bit 14 set: stops in sleep
    const Picoseconds before = iwdt.underflow_at();
    iwdt.slept(second);
    EXPECT_EQ(iwdt.underflow_at(), before + second);
    iwdt.reset();
    iwdt.start_from_ofs0(iwdt_on & ~(1u << 14));
    iwdt.slept(second);
    EXPECT_EQ(iwdt.underflow_at(), before);
}

} // namespace
} // namespace outboot::board
