// Clocks, register protection, caches, pins, watchdogs, UART and SysTick, each by its registers (R01UH0890).
#include <string>

#include <gtest/gtest.h>

#include "board/caches.hpp"
#include "board/pins.hpp"
#include "board/sci.hpp"
#include "board/scs.hpp"
#include "board/sram_control.hpp"
#include "board/storage.hpp"
#include "board/sysc.hpp"
#include "board/watchdog.hpp"

namespace outboot::board {
namespace {

struct WorldTest : testing::Test {
    World world{1};

    void expect_no_violation() {
        for (const Violation& v : world.violations) ADD_FAILURE() << v.what;
    }
    void expect_violation(const std::string& part) {
        ASSERT_FALSE(world.violations.empty()) << "nothing about " << part;
        EXPECT_NE(world.violations.back().what.find(part), std::string::npos) << world.violations.back().what;
        world.violations.clear();
        world.set_horizon(never);
    }
};

// --- Clocks

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

// --- Caches

TEST_F(WorldTest, a_flash_cache_is_stale_until_it_is_invalidated) {
    FlashCache cache(world);
    cache.flash_changed();
    EXPECT_FALSE(cache.reads_stale()) << "it is off";
    cache.write(0x100, 2, 1);
    EXPECT_TRUE(cache.reads_stale());
    cache.write(0x104, 2, 1);
    EXPECT_EQ(cache.read(0x104, 2), 0u);
    EXPECT_FALSE(cache.reads_stale());
    cache.write(0x11c, 1, 3);
    EXPECT_EQ(cache.wait_states(), 3u);
    expect_no_violation();
}

TEST_F(WorldTest, the_code_bus_cache_is_flushed_before_it_is_used_again) {
    BusCaches caches(world);
    caches.write(0, 4, 1);
    expect_no_violation();
    caches.write(0, 4, 0);
    caches.code_flash_changed();
    caches.write(0, 4, 1);
    expect_violation("flush");
    caches.write(4, 4, 1);
    caches.write(0, 4, 1);
    expect_no_violation();
    caches.write(0x40, 4, 1);
    caches.external_changed();
    EXPECT_TRUE(caches.external_reads_stale());
    caches.write(0x44, 4, 1);
    EXPECT_FALSE(caches.external_reads_stale());
}

// --- Pins and module stop

TEST_F(WorldTest, pin_functions_need_pwpr_in_two_steps) {
    Pins pins(world);
    constexpr std::uint32_t p305 = 0x800 + 3 * 0x40 + 5 * 4, pwpr = 0xd03;
    pins.write(p305, 4, 0x11010000);
    expect_violation("P305");
    EXPECT_FALSE(pins.is(3, 5, 0x11));
    pins.write(pwpr, 1, 0x40); // B0WI is still set
    pins.write(p305, 4, 0x11010000);
    expect_violation("P305");
    pins.write(pwpr, 1, 0x00);
    pins.write(pwpr, 1, 0x40);
    pins.write(p305, 4, 0x11010000);
    expect_no_violation();
    EXPECT_TRUE(pins.is(3, 5, 0x11));
    EXPECT_FALSE(pins.is(3, 5, 0x10));
    pins.write(pwpr, 1, 0x00);
    pins.write(pwpr, 1, 0x80);
    pins.write(p305, 4, 0);
    expect_violation("P305");
}

TEST_F(WorldTest, modules_are_stopped_after_reset) {
    ModuleStop modules;
    EXPECT_FALSE(modules.runs('B', 6));
    EXPECT_TRUE(modules.runs('A', 22)) << "DMAC and DTC";
    modules.write(4, 4, ~(1u << 6));
    EXPECT_TRUE(modules.runs('B', 6));
    EXPECT_FALSE(modules.runs('B', 7));
}

// --- Watchdogs

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

// --- UART

struct Uart : WorldTest, UartHost {
    Uart() {
        world.clocks.pclka = 100'000'000;
        sci.write(7, 1, 0x50);
        sci.write(1, 1, 107);
        sci.write(2, 1, 0x30);
    }
    void received(std::uint8_t byte) override { sent.push_back(static_cast<char>(byte)); }
    bool has_byte() override { return !queue.empty(); }
    std::uint8_t take_byte() override {
        const auto b = static_cast<std::uint8_t>(queue[0]);
        queue.erase(0, 1);
        return b;
    }
    void firmware_waits() override { ++waits; }
    std::uint32_t ssr() { return sci.read(4, 1); }

    static constexpr Picoseconds character = 8640 * 10 * nanosecond; // 8 · 108 cycles of 10 ns a bit, ten bits
    std::string sent, queue;
    int waits = 0;
    Sci sci{world, *this, 7};
};

TEST_F(Uart, has_its_reset_values) {
    sci.reset();
    EXPECT_EQ(sci.read(1, 1), 0xffu);
    EXPECT_EQ(ssr(), 0x84u);
    EXPECT_EQ(sci.read(6, 1), 0xf2u);
}

TEST_F(Uart, a_byte_is_sent_when_its_stop_bit_is_out) {
    sci.write(3, 1, 'a');
    EXPECT_EQ(ssr(), 0x80u) << "in the shift register; TDR is free";
    sci.write(3, 1, 'b');
    EXPECT_EQ(ssr(), 0x00u);
    EXPECT_EQ(sent, "");
    world.pass(character);
    EXPECT_EQ(ssr() & 0x84, 0x80u);
    EXPECT_EQ(sent, "a");
    world.pass(character);
    EXPECT_EQ(ssr() & 0x84, 0x84u);
    EXPECT_EQ(sent, "ab");
    expect_no_violation();
}

TEST_F(Uart, polling_skips_to_what_is_waited_for) {
    sci.write(3, 1, 'a');
    const Picoseconds began = world.now();
    while ((ssr() & 4) == 0) {
    }
    EXPECT_EQ(world.now() - began, character);
}

TEST_F(Uart, a_full_tdr_loses_the_byte) {
    sci.write(3, 1, 'a');
    sci.write(3, 1, 'b');
    sci.write(3, 1, 'c');
    expect_violation("TDRE = 0");
}

TEST_F(Uart, a_reset_loses_what_isnt_out) {
    sci.write(3, 1, 'a');
    world.pass(character - 1);
    sci.reset();
    world.pass(character);
    sci.settle();
    EXPECT_EQ(sent, "");
}

TEST_F(Uart, receives_at_the_pace_of_the_line) {
    queue = "xy";
    EXPECT_EQ(ssr() & 0x40, 0x40u);
    EXPECT_EQ(sci.read(5, 1), 'x');
    EXPECT_EQ(ssr() & 0x40, 0u);
    EXPECT_EQ(ssr() & 0x40, 0x40u) << "the second look waits for the byte";
    EXPECT_EQ(sci.read(5, 1), 'y');
    EXPECT_EQ(waits, 0);
    EXPECT_EQ(ssr() & 0x40, 0u);
    EXPECT_EQ(waits, 1);
}

TEST_F(Uart, baud_rate_follows_its_registers) {
    sci.write(2, 1, 0);
    sci.write(7, 1, 0x00); // 32 cycles a step
    sci.write(0, 1, 0x01); // / 4
    sci.write(1, 1, 9);
    sci.write(2, 1, 0x20);
    const Picoseconds began = world.now();
    sci.write(3, 1, 'a');
    while ((ssr() & 4) == 0) {
    }
    EXPECT_EQ(world.now() - began, 32 * 4 * 10 * 10 * 10 * nanosecond);
}

TEST_F(Uart, settings_are_locked_while_it_runs) {
    sci.write(1, 1, 10);
    expect_violation("enabled");
    EXPECT_EQ(sci.read(1, 1), 107u);
    sci.write(2, 1, 0x10);
    sci.write(3, 1, 'a');
    expect_violation("transmitter off");
    sci.write(2, 1, 0x70);
    expect_violation("interrupt");
}

// --- SysTick and the choice of exceptions

struct System : WorldTest {
    System() { world.clocks.iclk = 1'000'000; }
    void w(std::uint32_t reg, std::uint32_t v) {
        scs.write(reg, 4, v);
        world.set_horizon(never); // there is no board that looks up
    }
    std::uint32_t r(std::uint32_t reg) { return scs.read(reg, 4); }
    static constexpr std::uint32_t csr = 0x10, rvr = 0x14, cvr = 0x18;
    Scs scs{world};
};

TEST_F(System, systick_wraps_every_reload_plus_one_cycles) {
    w(rvr, 99);
    w(cvr, 0);
    w(csr, 5);
    world.pass(99 * microsecond - 1);
    EXPECT_EQ(r(csr), 5u);
    world.pass(1);
    EXPECT_EQ(r(csr), 0x10005u);
    EXPECT_EQ(r(csr), 5u) << "reading clears COUNTFLAG";
    world.pass(100 * microsecond);
    EXPECT_EQ(r(csr), 0x10005u);
    world.pass(10 * microsecond);
    EXPECT_EQ(r(cvr), 90u);
}

TEST_F(System, polling_systick_skips_to_the_wrap) {
    w(rvr, 999'999);
    w(cvr, 0);
    w(csr, 5);
    int polls = 0;
    while ((r(csr) & 0x10000) == 0) ++polls;
    EXPECT_LT(polls, 20);
    EXPECT_EQ(world.now(), 999'999 * microsecond);
}

TEST_F(System, a_look_now_and_then_at_systick_is_no_wait) {
    w(rvr, 999'999);
    w(cvr, 0);
    w(csr, 5);
    for (int i = 0; i < 1000; ++i) {
        world.instructions += 1000;
        (void)r(csr);
    }
    EXPECT_EQ(world.now(), 0u);
}

TEST_F(System, exceptions_are_taken_by_priority_and_mask) {
    w(rvr, 9);
    w(cvr, 0);
    w(csr, 7);
    world.pass(20 * microsecond);
    scs.settle();
    EXPECT_EQ(scs.due({}), 15u);
    EXPECT_FALSE(scs.due({.primask = true}));
    EXPECT_TRUE(scs.wakes({.primask = true})) << "WFI wakes for it even so";
    EXPECT_FALSE(scs.due({.faultmask = true}));
    scs.write(0xd23, 1, 0x80); // SysTick's priority
    EXPECT_EQ(scs.due({.basepri = 0xc0}), 15u);
    EXPECT_FALSE(scs.due({.basepri = 0x80}));
    w(0xd04, 1u << 28); // PendSV, priority 0
    EXPECT_EQ(scs.due({}), 14u);
    scs.entered(14);
    EXPECT_FALSE(scs.due({})) << "no exception of lower priority interrupts it";
    scs.returned(14);
    EXPECT_EQ(scs.due({}), 15u);
}

TEST_F(System, external_lines_need_their_enable) {
    w(0x200, 1u << 5);
    EXPECT_FALSE(scs.due({}));
    EXPECT_FALSE(scs.any_pending());
    w(0x100, 1u << 5);
    EXPECT_EQ(scs.due({}), 21u);
    EXPECT_EQ(r(0x200), 1u << 5);
    w(0x280, 1u << 5);
    EXPECT_FALSE(scs.due({}));
    EXPECT_EQ(r(0x180), 1u << 5);
    w(0x180, 1u << 5);
    EXPECT_EQ(r(0x100), 0u);
}

TEST_F(System, a_reset_needs_the_key) {
    w(0xd0c, 0x00000004);
    expect_violation("key");
    EXPECT_FALSE(world.reset_wanted);
    w(0xd0c, 0x05fa0004);
    EXPECT_EQ(world.reset_wanted, ResetCause::software);
}

} // namespace
} // namespace outboot::board
