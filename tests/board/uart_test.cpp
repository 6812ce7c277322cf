// The UART, by its registers and in the time of its line (R01UH0890).
#include "board/sci.hpp"
#include "tests/board/world_test.hpp"

namespace outboot::board {
namespace {

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

} // namespace
} // namespace outboot::board
