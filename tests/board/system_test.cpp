// SysTick, the choice of exceptions and the software reset: the CPU's own registers.
#include "board/scs.hpp"
#include "tests/board/world_test.hpp"

namespace outboot::board {
namespace {

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
