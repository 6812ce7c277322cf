// Flash work of a real ARM program: the rules that only a CPU can break, power cuts, and what is left after them.
#include <string>

#include <gtest/gtest.h>

#include "board/board.hpp"
#include "tests/board/firmware_path.hpp"

namespace outboot::board {
namespace {

struct FlashProgram : testing::Test {
    FlashProgram() {
        board.load(firmware("flash"));
        board.power_on();
        EXPECT_EQ(board.run({.input_wanted = true}).stop, Stop::input_wanted);
    }
    RunResult ask(const char* what) {
        board.send(what);
        return board.run({.input_wanted = true});
    }
    void expect_clean() {
        for (const Violation& v : board.violations()) ADD_FAILURE() << v.what;
    }
    Board board;
};

TEST_F(FlashProgram, erases_and_programs_all_three_devices) {
    EXPECT_EQ(ask("epdn").stop, Stop::input_wanted);
    expect_clean();
    EXPECT_EQ(board.word(0x8000), 0x10011000u);
    EXPECT_EQ(board.word(0x807c), 0x103f103eu);
    EXPECT_EQ(board.word(address::data_flash), 0x20012000u);
    EXPECT_EQ(board.word(address::external + 0x1000), 0x43424140u);
    const std::string text = board.uart();
    EXPECT_NE(text.find("10011000 43424140 done"), std::string::npos) << "and the program sees it: " << text;
    EXPECT_EQ(board.operations().counts(Device::code_flash).erases, 1u);
    EXPECT_EQ(board.operations().counts(Device::data_flash).programs, 1u);
    EXPECT_EQ(board.operations().counts(Device::external).erases, 1u);
    EXPECT_EQ(board.code_flash().erase_count(4), 1u);
    EXPECT_EQ(board.external().array().erase_counts()[1], 1u);
    ASSERT_EQ(board.external().writes().size(), 1u);
    EXPECT_EQ(board.external().writes()[0].bytes.size(), 256u);
}

TEST_F(FlashProgram, running_from_code_flash_during_its_programming_is_a_fault) {
    const RunResult r = ask("F");
    EXPECT_EQ(r.stop, Stop::fault);
    EXPECT_NE(r.detail.find("P/E mode"), std::string::npos) << r.detail;
}

TEST_F(FlashProgram, reading_code_flash_during_its_programming_is_a_fault) {
    const RunResult r = ask("R");
    EXPECT_EQ(r.stop, Stop::fault);
    EXPECT_NE(r.detail.find("0x00000100"), std::string::npos) << r.detail;
}

TEST_F(FlashProgram, reading_through_a_stale_flash_cache_is_a_fault) {
    const RunResult r = ask("L");
    EXPECT_EQ(r.stop, Stop::fault);
    EXPECT_NE(r.detail.find("invalidated"), std::string::npos) << r.detail;
}

TEST_F(FlashProgram, programming_twice_is_a_violation) {
    EXPECT_EQ(ask("ep").stop, Stop::input_wanted);
    const RunResult r = ask("p");
    EXPECT_EQ(r.stop, Stop::violation);
    EXPECT_NE(r.detail.find("programmed since"), std::string::npos) << r.detail;
}

TEST_F(FlashProgram, reading_a_busy_nor_is_a_violation) {
    const RunResult r = ask("W");
    EXPECT_EQ(r.stop, Stop::violation);
    EXPECT_NE(r.detail.find("busy"), std::string::npos) << r.detail;
}

TEST_F(FlashProgram, an_mcu_reset_leaves_the_nor_at_its_work) {
    board.external().array().load(0, std::vector<std::uint8_t>(16, 0));
    EXPECT_EQ(ask("B").stop, Stop::input_wanted);
    EXPECT_EQ(board.boots().size(), 2u);
    EXPECT_TRUE(board.external().busy());
    board.run({.time = 50 * millisecond});
    EXPECT_FALSE(board.external().busy());
    EXPECT_EQ(board.word(address::external), 0xffffffffu);
}

TEST_F(FlashProgram, an_unfitted_chip_is_only_ones) {
    Board bare({.external_fitted = false});
    bare.load(firmware("flash"));
    bare.power_on();
    bare.run({.input_wanted = true});
    bare.send("e");
    bare.run({.input_wanted = true});
    EXPECT_NE(bare.uart().find("ffffffff ffffffff done"), std::string::npos) << bare.uart();
    EXPECT_TRUE(bare.violations().empty());
}

// --- Power cuts

struct Cuts : FlashProgram {
    Cuts() : before(board.contents()) { board.power_off(); }
    // Power on and start the long job with a cut at an operation; power comes back afterwards.
    void cut_and_recover(std::uint64_t operation, Moment moment) {
        board.power_off();
        board.set_contents(before);
        board.operations().reset_counts();
        board.operations().cut_at(operation, moment);
        board.power_on();
        board.send("c");
        const RunResult r = board.run({.input_wanted = true});
        ASSERT_EQ(r.stop, Stop::power_cut) << r.detail << " at operation " << operation;
        EXPECT_EQ(board.operations().total(), operation + 1);
        board.power_on();
        EXPECT_EQ(board.run({.input_wanted = true}).stop, Stop::input_wanted);
    }
    Contents before;
    static constexpr std::uint64_t operations_of_the_job = 4 * (3 + 9);
};

TEST_F(Cuts, the_job_has_as_many_operations_as_it_says) {
    board.power_on();
    board.operations().reset_counts();
    EXPECT_EQ(ask("c").stop, Stop::input_wanted);
    EXPECT_EQ(board.operations().total(), operations_of_the_job);
    expect_clean();
}

TEST_F(Cuts, every_operation_can_be_cut_in_every_moment_and_the_job_done_again) {
    for (const Moment moment : {Moment::before, Moment::inside, Moment::after}) {
        for (std::uint64_t n = 0; n < operations_of_the_job; ++n) {
            cut_and_recover(n, moment);
            ASSERT_EQ(ask("c").stop, Stop::input_wanted) << n;
            ASSERT_EQ(board.word(0x8000), 0x00040003u);
            ASSERT_EQ(board.word(address::data_flash), 0x00040003u);
            ASSERT_EQ(board.word(address::external), 0x06050403u);
        }
    }
    expect_clean();
}

TEST_F(Cuts, before_inside_and_after_differ_in_what_they_leave) {
    constexpr std::uint64_t second_program_of_code_flash = 6; // e e e, p p p, then this
    cut_and_recover(second_program_of_code_flash, Moment::before);
    EXPECT_EQ(board.code_flash().unit_state(0x8080), CodeFlash::Unit::erased);
    cut_and_recover(second_program_of_code_flash, Moment::inside);
    EXPECT_EQ(board.code_flash().unit_state(0x8080), CodeFlash::Unit::torn);
    cut_and_recover(second_program_of_code_flash, Moment::after);
    EXPECT_EQ(board.code_flash().unit_state(0x8080), CodeFlash::Unit::programmed);
    EXPECT_EQ(board.word(0x8080), 0x00010000u);
}

TEST_F(Cuts, can_be_tied_to_one_device_and_one_kind) {
    board.operations().reset_counts();
    board.operations().cut_at(1, Moment::after, Device::external, Kind::erase);
    board.power_on();
    EXPECT_EQ(ask("c").stop, Stop::power_cut);
    EXPECT_EQ(board.operations().counts(Device::external).erases, 2u);
    EXPECT_EQ(board.operations().counts(Device::external).programs, 3u);
}

TEST_F(Cuts, random_ones_come_from_their_seed) {
    std::vector<std::uint64_t> where[2];
    for (auto& list : where) {
        board.power_off();
        board.set_contents(before);
        board.operations().reset_counts();
        board.operations().cut_randomly(42, 0.2, 3);
        for (int tries = 0; tries < 20; ++tries) {
            board.power_on();
            if (ask("c").stop != Stop::power_cut) break;
            list.push_back(board.operations().total());
        }
    }
    EXPECT_EQ(where[0].size(), 3u);
    EXPECT_EQ(where[0], where[1]);
}

TEST_F(Cuts, come_at_a_time_or_an_instruction_too_and_tear_what_is_under_way) {
    board.power_on();
    board.run({.input_wanted = true});
    board.cut_at_time(board.now() + 20 * millisecond); // in the erase of 157 ms
    EXPECT_EQ(ask("e").stop, Stop::power_cut);
    EXPECT_EQ(board.code_flash().unit_state(0x8000), CodeFlash::Unit::torn);
    board.power_on();
    board.cut_at_instruction(board.instructions() + 100);
    const RunResult r = board.run({});
    EXPECT_EQ(r.stop, Stop::power_cut);
    EXPECT_LE(r.instructions, 100u);
    EXPECT_GT(r.instructions, 80u);
}

TEST_F(Cuts, without_power_nothing_runs) {
    EXPECT_EQ(board.run({}).stop, Stop::power_cut);
    EXPECT_THROW(
        {
            board.power_on();
            board.set_contents(before);
        },
        std::logic_error);
}

TEST_F(FlashProgram, a_failing_device_reports_as_it_does_on_silicon) {
    board.operations().fail_at(Device::external, 0);
    board.external().array().load(0x1000, std::vector<std::uint8_t>{0, 0, 0, 0});
    EXPECT_NE(ask("n").stop, Stop::violation) << "the chip doesn't tell, so the firmware can't know";
    EXPECT_EQ(board.external().array().bytes()[0x1000], 0)
        << "the erase did nothing, the program clears 0 to 0 at best";
}

} // namespace
} // namespace outboot::board
