// The board as a whole, with small ARM programs: start, UART, clocks, resets, time, sleep, exceptions, faults.
#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "board/board.hpp"
#include "tests/board/firmware_path.hpp"

namespace outboot::board {
namespace {

struct Hello : testing::Test {
    explicit Hello(const Config& config = {}) : board(config) {
        board.load(firmware("hello"));
        board.power_on();
    }
    RunResult ask(const char* what, const Until& until) {
        board.send(what);
        return board.run(until);
    }
    void start() { ASSERT_EQ(board.run({.input_wanted = true}).stop, Stop::input_wanted); }
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
    board.send("ex");
    EXPECT_EQ(board.unread(), 2u);
    EXPECT_EQ(board.run({.uart_text = "x"}).stop, Stop::uart_text);
    EXPECT_EQ(board.unread(), 0u);
}

TEST_F(Hello, tells_a_software_reset_from_a_power_on) {
    start();
    const RunResult r = ask("r", {.input_wanted = true});
    EXPECT_EQ(r.stop, Stop::input_wanted) << r.detail;
    EXPECT_EQ(r.resets, 1u);
    ASSERT_EQ(board.boots().size(), 2u);
    EXPECT_EQ(board.boots()[1].cause, ResetCause::software);
    EXPECT_EQ(board.boots()[1].uart, "hello 00000004\n");
}

TEST_F(Hello, loses_the_bytes_that_werent_out_at_a_reset) {
    start();
    ask("R", {.input_wanted = true});
    EXPECT_EQ(board.uart(), "hello 00010000\nlohello 00000004\n");
}

TEST_F(Hello, ram_survives_a_reset_and_not_a_power_cut) {
    start();
    const std::vector<std::uint8_t> mark{1, 2, 3, 4};
    board.poke(address::ram_record, mark);
    ask("r", {.input_wanted = true});
    EXPECT_EQ(board.read(address::ram_record, 4), mark);
    board.power_on();
    EXPECT_NE(board.read(address::ram_record, 4), mark);
}

TEST_F(Hello, polled_systick_keeps_time) {
    start();
    const RunResult r = ask("t", {.uart_text = "ticked"});
    EXPECT_EQ(r.stop, Stop::uart_text) << r.detail;
    EXPECT_GT(r.time, 10 * millisecond);
    EXPECT_LT(r.time, 12 * millisecond);
    EXPECT_LT(r.instructions, 10'000u) << "the wait is skipped, not executed";
}

TEST_F(Hello, systick_interrupts_wake_a_sleeping_cpu) {
    start();
    const RunResult r = ask("i", {.uart_text = "slept"});
    EXPECT_EQ(r.stop, Stop::uart_text) << r.detail;
    EXPECT_GT(r.time, 10 * millisecond);
    EXPECT_LT(r.time, 12 * millisecond);
}

TEST_F(Hello, an_endless_loop_and_an_endless_sleep_are_idle) {
    start();
    EXPECT_EQ(ask("o", {}).stop, Stop::idle);
    board.power_on();
    start();
    EXPECT_EQ(ask("s", {}).stop, Stop::idle);
}

TEST_F(Hello, limits_stop_a_run_and_the_next_one_goes_on) {
    start();
    board.send("w");
    RunResult r = board.run({.time = 10 * millisecond});
    EXPECT_EQ(r.stop, Stop::time_limit);
    EXPECT_GE(r.time, 10 * millisecond);
    EXPECT_LT(r.time, 11 * millisecond);
    r = board.run({.instructions = 12345});
    EXPECT_EQ(r.stop, Stop::instruction_limit);
    EXPECT_LE(r.instructions, 12345u) << "never more, and less than a block short of it";
    EXPECT_GT(r.instructions, 12325u);
}

TEST_F(Hello, a_reset_loop_is_noticed) {
    start();
    board.send(std::string(10, 'r'));
    const RunResult r = board.run({.resets = 5});
    EXPECT_EQ(r.stop, Stop::reset_limit);
    EXPECT_EQ(r.resets, 6u);
}

TEST_F(Hello, unmapped_memory_and_undefined_instructions_are_faults) {
    start();
    RunResult r = ask("f", {});
    EXPECT_EQ(r.stop, Stop::fault);
    EXPECT_NE(r.detail.find("0x30000000"), std::string::npos) << r.detail;
    board.power_on();
    start();
    r = ask("u", {});
    EXPECT_EQ(r.stop, Stop::fault);
    EXPECT_NE(r.detail.find("undefined instruction"), std::string::npos) << r.detail;
}

struct HelloWithHandlers : Hello {
    HelloWithHandlers() : Hello({.run_fault_handlers = true}) {}
};

TEST_F(HelloWithHandlers, faults_enter_the_firmwares_handler) {
    start();
    EXPECT_EQ(ask("f", {}).stop, Stop::idle) << "its handler loops";
    EXPECT_EQ(board.reg("xpsr") & 0x1ff, 3u);
}

struct HelloWithWatchdog : Hello {
    HelloWithWatchdog() : Hello({.watchdog = true}) {}
};

TEST_F(HelloWithWatchdog, is_reset_by_it_when_it_forgets) {
    start();
    const RunResult r = ask("o", {.uart_text = "hello 00000001"});
    EXPECT_EQ(r.stop, Stop::uart_text) << r.detail;
    EXPECT_EQ(board.boots().back().cause, ResetCause::iwdt);
    EXPECT_NEAR(in_seconds(r.time), 17.5, 0.1);
    EXPECT_EQ(board.word(address::option_memory), 0xffffbffdu) << "the firmware can read why";
}

TEST_F(HelloWithWatchdog, is_left_alone_while_it_refreshes) {
    start();
    const RunResult r = ask("k", {.uart_text = "fed"});
    EXPECT_EQ(r.stop, Stop::uart_text) << r.detail;
    EXPECT_EQ(r.resets, 0u);
    EXPECT_GT(in_seconds(r.time), 40);
}

TEST_F(Hello, runs_are_repeatable) {
    start();
    ask("tit", {.input_wanted = true});
    Board other;
    other.load(firmware("hello"));
    other.power_on();
    other.run({.input_wanted = true});
    other.send("tit");
    other.run({.input_wanted = true});
    EXPECT_EQ(other.instructions(), board.instructions());
    EXPECT_EQ(other.now(), board.now());
    EXPECT_EQ(other.read(address::ram, 256), board.read(address::ram, 256));
}

TEST_F(Hello, stops_at_an_address_and_goes_on_from_it) {
    const std::uint32_t reset_vector = board.word(4) & ~1u;
    RunResult r = board.run({.address = reset_vector});
    EXPECT_EQ(r.stop, Stop::address);
    EXPECT_EQ(r.pc, reset_vector);
    EXPECT_EQ(r.instructions, 0u);
    r = board.run({.address = reset_vector, .input_wanted = true});
    EXPECT_EQ(r.stop, Stop::input_wanted) << "it isn't executed twice";
    board.send("r");
    r = board.run({.address = reset_vector});
    EXPECT_EQ(r.stop, Stop::address) << "found in translated code as well";
}

TEST_F(Hello, watches_are_called_each_time_and_can_be_taken_back) {
    int calls = 0;
    const int handle = board.watch(board.word(4), [&](Board& b) {
        ++calls;
        EXPECT_EQ(b.reg("pc") & ~1u, b.word(4) & ~1u);
    });
    start();
    EXPECT_EQ(calls, 1);
    ask("r", {.input_wanted = true});
    EXPECT_EQ(calls, 2);
    board.unwatch(handle);
    ask("r", {.input_wanted = true});
    EXPECT_EQ(calls, 2);
}

TEST_F(Hello, can_be_interrupted) {
    start();
    board.interrupt();
    EXPECT_EQ(board.run({}).stop, Stop::interrupted);
}

TEST(BoardContents, refuse_what_lies_nowhere) {
    Board board;
    const std::vector<std::uint8_t> bytes(4);
    EXPECT_THROW(board.program(0x000ffffe, bytes), std::runtime_error);
    EXPECT_THROW(board.program(address::ram, bytes), std::runtime_error);
    EXPECT_NO_THROW(board.program(0x000ffffc, bytes));
    EXPECT_THROW(board.load("/nonexistent.elf"), std::runtime_error);
    EXPECT_THROW(board.poke(address::ram + address::ram_bytes - 2, bytes), std::out_of_range);
    EXPECT_THROW((void)board.reg("r13"), std::invalid_argument);
}

TEST(BoardContents, are_taken_and_put_back_whole) {
    Board board;
    board.program(address::code_flash, std::vector<std::uint8_t>{1});
    board.program(address::data_flash, std::vector<std::uint8_t>{2, 0, 0, 0});
    board.program(address::external, std::vector<std::uint8_t>{3});
    board.program(address::option_memory, std::vector<std::uint8_t>{4});
    const Contents saved = board.contents();
    Board other;
    other.set_contents(saved);
    EXPECT_EQ(other.word(address::code_flash) & 0xff, 1u);
    EXPECT_EQ(other.word(address::data_flash) & 0xff, 2u);
    EXPECT_EQ(other.word(address::external) & 0xff, 3u);
    EXPECT_EQ(other.word(address::option_memory) & 0xff, 4u);
}

// --- Exceptions

TEST(Exceptions, are_entered_and_left_as_the_architecture_says) {
    Board board;
    board.load(firmware("system"));
    board.power_on();
    const RunResult r = board.run({.uart_text = "\n"});
    ASSERT_EQ(r.stop, Stop::uart_text) << r.detail;
    // SVC (11) pends PendSV (14), which comes after it; the same on the process stack; line 0 is exception 16; PRIMASK
    // holds PendSV back until CPSIE.
    EXPECT_EQ(board.uart(), "00000034 000b010e 000b010e 00000010 00000000 0000000e ok\n");
    EXPECT_TRUE(board.violations().empty());
}

// --- Skipped instructions

struct Skipping : testing::Test {
    Skipping() {
        board.load(firmware("skip"));
        board.power_on();
        board.run({.input_wanted = true});
        const std::string text = board.uart();
        for (std::size_t i = 0; i < 5; ++i)
            labels.push_back(static_cast<std::uint32_t>(std::stoul(text.substr(i * 9, 8), nullptr, 16)));
    }
    std::string result(char input) {
        const std::size_t before = board.uart().size();
        board.send(std::string(1, input));
        board.run({.uart_text = "\n"});
        return board.uart().substr(before);
    }
    Board board;
    std::vector<std::uint32_t> labels; // narrow, wide, it, member, wide_member
};

TEST_F(Skipping, leaves_out_exactly_one_instruction_once) {
    EXPECT_EQ(result('5'), "00000033\n");
    EXPECT_EQ(result('1'), "00000015\n");
    const struct {
        std::size_t label;
        char input;
        const char* expected;
    } cases[] = {
        {0, '5', "00000032\n"}, // 1 is missing
        {1, '5', "00000023\n"}, // 0x10 is missing
        {2, '1', "00000037\n"}, // without IT all three members are executed
        {3, '5', "00000031\n"}, // 2 is missing, the other members keep their conditions
        {4, '5', "00000013\n"}, // 0x20 is missing
        {4, '1', "00000015\n"}, // a member that wasn't executed anyway
    };
    for (const auto& c : cases) {
        board.skip(Skip{.address = labels[c.label]});
        EXPECT_EQ(result(c.input), c.expected) << c.label;
        EXPECT_TRUE(board.skip_happened());
        EXPECT_EQ(result('5'), "00000033\n") << "only once";
    }
}

TEST_F(Skipping, waits_for_the_execution_asked_for) {
    board.skip(Skip{.address = labels[0], .execution = 3});
    EXPECT_EQ(result('5'), "00000033\n");
    EXPECT_EQ(result('5'), "00000033\n");
    EXPECT_FALSE(board.skip_happened());
    EXPECT_EQ(result('5'), "00000032\n");
    EXPECT_EQ(result('5'), "00000033\n");
}

TEST_F(Skipping, can_be_taken_back) {
    board.skip(Skip{.address = labels[0]});
    board.skip({});
    EXPECT_EQ(result('5'), "00000033\n");
}

} // namespace
} // namespace outboot::board
