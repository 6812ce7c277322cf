// The board as a whole, with small ARM programs: start, UART, clocks, resets, time, sleep, faults.
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "board/board.hpp"

namespace outboot::board {
namespace {

std::filesystem::path firmware(const std::string& name) {
    return std::filesystem::path(OUTBOOT_TEST_FIRMWARE) / (name + ".elf");
}

struct Hello : testing::Test {
    explicit Hello(const Config& config = {}) : board(config) {
        board.load(firmware("hello"));
        board.power_on();
    }
    RunResult ask(const char* what, const Until& until) {
        board.send(what);
        return board.run(until);
    }
    Board board;
};

TEST_F(Hello, says_what_it_says_in_the_time_the_baud_rate_takes) {
    const RunResult r = board.run({.uart_text = "\n"});
    EXPECT_EQ(r.stop, Stop::uart_text) << r.detail;
    EXPECT_EQ(board.uart(), "hello 00010000\n"); // power-on reset flag
    EXPECT_TRUE(board.violations().empty());
    EXPECT_GT(r.time, 15 * 86 * microsecond);
    EXPECT_LT(r.time, 15 * 87 * microsecond + millisecond);
}

TEST_F(Hello, wants_input) {
    const RunResult r = board.run({.input_wanted = true});
    EXPECT_EQ(r.stop, Stop::input_wanted) << r.detail;
    EXPECT_EQ(board.uart(), "hello 00010000\n");
}

TEST_F(Hello, tells_a_software_reset_from_a_power_on) {
    board.run({.input_wanted = true});
    const RunResult r = ask("r", {.input_wanted = true});
    EXPECT_EQ(r.stop, Stop::input_wanted) << r.detail;
    EXPECT_EQ(r.resets, 1u);
    ASSERT_EQ(board.boots().size(), 2u);
    EXPECT_EQ(board.boots()[1].cause, ResetCause::software);
    EXPECT_EQ(board.boots()[1].uart, "hello 00000004\n");
}

} // namespace
} // namespace outboot::board
