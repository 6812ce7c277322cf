// Pin functions with their protection, and module stop (R01UH0890).
#include "board/pins.hpp"
#include "board/storage.hpp"
#include "tests/board/world_test.hpp"

namespace outboot::board {
namespace {

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

} // namespace
} // namespace outboot::board
