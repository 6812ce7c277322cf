// The journal's rule, step by step: what a write does in which order, and what is believed of what is found.
#include <algorithm>

#include "tests/core/journal_fixture.hpp"

namespace outboot::core::journal_test {
namespace {

TEST_F(JournalTest, an_empty_journal_is_lost_and_nothing_is_written_for_it) {
    TestJournal journal = session();
    EXPECT_FALSE(journal.load());
    EXPECT_EQ(journal.state(), State{});
    EXPECT_FALSE(journal.settled());
    EXPECT_TRUE(chip.log.empty());
}

TEST_F(JournalTest, what_was_written_is_read_and_settled) {
    for (std::uint32_t n = 1; n < 20; ++n) {
        store(n);
        TestJournal journal = loaded();
        EXPECT_EQ(journal.state(), state_number(n));
        EXPECT_TRUE(journal.settled());
        EXPECT_TRUE(chip.log.empty()) << "reading writes";
    }
}

TEST_F(JournalTest, every_field_of_the_state_survives) {
    State state;
    state.counter_floor = 0x01234567;
    state.phase = Phase::restoring;
    state.request = Request::permanent;
    state.attempts = 2;
    state.looking = 3;
    state.flags = flag_suspect | flag_backup_lost;
    state.outcome = Outcome::reverted;
    state.reason = Reason::counter_too_low;
    state.record = 2;
    state.move = 0x1234;
    state.restore_chunks = 0x4321;
    state.record_check = 0xfedcba98;
    TestJournal journal = session();
    (void)journal.load();
    ASSERT_TRUE(journal.write(state));
    EXPECT_EQ(loaded().state(), state);
}

TEST_F(JournalTest, the_first_write_follows_the_rule_step_by_step) {
    TestJournal journal = session();
    (void)journal.load();
    ASSERT_TRUE(journal.write(state_number(1)));
    const std::vector<std::string> expected{"supply 0", "erase 0", "program 0+0", "program 0+32", "erase 1",
                                            "erase 2",  "erase 3", "erase 4",     "erase 5",      "program 0+36"};
    EXPECT_EQ(chip.log, expected);
}

// Three closed banks, as interrupted sessions leave them: the victim is a bank that shows no C, and the closed ones
// fall last, the newest first.
TEST_F(JournalTest, banks_fall_in_the_order_of_the_rule) {
    Flash kept = chip.flash();
    for (std::uint32_t n = 1; n <= 3; ++n) {
        store(n); // alternates between two banks; moved aside to banks 3, 4 and 5
        const std::uint32_t from = current_bank() * bank_bytes;
        std::array<std::uint8_t, bank_bytes> bank;
        chip.read(from, bank);
        kept.load((n + 2) * bank_bytes, Bytes(bank).first(state_end + 8));
    }
    chip.flash() = kept;
    TestJournal journal = loaded();
    EXPECT_EQ(journal.state(), state_number(3));
    ASSERT_TRUE(journal.write(state_number(4)));
    const std::vector<std::string> expected{"supply 3", "erase 0", "program 0+0", "program 0+32", "erase 1",
                                            "erase 2",  "erase 5", "erase 4",     "erase 3",      "program 0+36"};
    EXPECT_EQ(chip.log, expected);
}

TEST_F(JournalTest, the_newest_falls_if_all_banks_are_closed) {
    Flash kept = chip.flash();
    for (std::uint32_t n = 1; n <= banks; ++n) {
        store(n);
        std::array<std::uint8_t, bank_bytes> bank;
        chip.read(current_bank() * bank_bytes, bank);
        kept.load((n - 1) * bank_bytes, Bytes(bank).first(state_end + 4));
    }
    chip.flash() = kept;
    TestJournal journal = loaded();
    EXPECT_EQ(journal.state(), state_number(banks));
    ASSERT_TRUE(journal.write(state_number(77)));
    ASSERT_GE(chip.log.size(), 2U);
    EXPECT_EQ(chip.log[1], "erase 5");
    EXPECT_EQ(loaded().state(), state_number(77));
}

TEST_F(JournalTest, the_supply_is_checked_once_a_session_and_before_the_first_erase) {
    TestJournal journal = session();
    (void)journal.load();
    for (std::uint32_t n = 1; n < 4; ++n) ASSERT_TRUE(journal.write(state_number(n)));
    EXPECT_EQ(chip.log.front(), "supply 0");
    EXPECT_EQ(std::count_if(chip.log.begin(), chip.log.end(), [](auto& line) { return line.starts_with("supply"); }),
              1);
}

TEST_F(JournalTest, progress_costs_one_unit_until_the_bank_is_full) {
    TestJournal journal = session();
    (void)journal.load();
    ASSERT_TRUE(journal.write(state_number(1)));
    for (std::uint16_t move = 1; move <= 40; ++move) {
        chip.log.clear();
        ASSERT_TRUE(progress(journal));
        const bool full = move % (marks - 2 + 1) == 0;
        EXPECT_EQ(chip.log.size(), full ? banks + 3 : 1) << "move " << move;
        TestJournal other(chip);
        ASSERT_TRUE(other.load());
        EXPECT_EQ(other.state().move, move);
        EXPECT_EQ(other.state().counter_floor, 1U);
        EXPECT_EQ(other.settled(), full);
    }
}

TEST_F(JournalTest, a_new_session_never_adds_progress_to_what_it_found) {
    {
        TestJournal journal = session();
        (void)journal.load();
        ASSERT_TRUE(journal.write(state_number(1)));
        ASSERT_TRUE(progress(journal));
    }
    const std::uint32_t before = current_bank();
    TestJournal journal = loaded();
    ASSERT_TRUE(progress(journal));
    EXPECT_NE(current_bank(), before);
    EXPECT_EQ(chip.log.size(), 1U + banks + 3);
    EXPECT_EQ(loaded().state().move, 2);
}

TEST_F(JournalTest, a_changed_bit_in_s_makes_the_bank_invisible) {
    store(1);
    const std::uint32_t base = current_bank() * bank_bytes;
    const Flash good = chip.flash();
    for (std::uint32_t bit = 0; bit < state_end * 8; ++bit) {
        chip.flash() = good;
        flip_bit(base + bit / 8, bit % 8);
        TestJournal journal = session();
        EXPECT_FALSE(journal.load()) << "bit " << bit;
    }
}

TEST_F(JournalTest, a_changed_bit_in_c_opens_the_bank_and_one_in_d_unsettles_it) {
    store(1);
    const std::uint32_t base = current_bank() * bank_bytes;
    const Flash good = chip.flash();
    for (std::uint32_t bit = 0; bit < 32; ++bit) {
        chip.flash() = good;
        flip_bit(base + state_end + bit / 8, bit % 8);
        TestJournal open = session();
        EXPECT_FALSE(open.load());
        chip.flash() = good;
        flip_bit(base + state_end + 4 + bit / 8, bit % 8);
        TestJournal unsettled = session();
        EXPECT_TRUE(unsettled.load());
        EXPECT_EQ(unsettled.state(), state_number(1));
        EXPECT_FALSE(unsettled.settled());
    }
}

TEST_F(JournalTest, progress_behind_a_gap_or_behind_no_d_is_not_believed) {
    TestJournal journal = session();
    (void)journal.load();
    ASSERT_TRUE(journal.write(state_number(1)));
    for (int moves = 0; moves < 3; ++moves) ASSERT_TRUE(progress(journal));
    const std::uint32_t base = current_bank() * bank_bytes;
    const Flash good = chip.flash();
    flip_bit(base + state_end + 3 * 4, 0); // the second progress unit
    EXPECT_EQ(loaded().state().move, 1);
    chip.flash() = good;
    flip_bit(base + state_end + 1 * 4, 0); // D
    EXPECT_EQ(loaded().state().move, 0);
}

TEST_F(JournalTest, marks_of_another_bank_or_another_kind_dont_pass) {
    store(1);
    const std::uint32_t base = current_bank() * bank_bytes;
    std::array<std::uint8_t, 16> foreign;
    chip.read(base + state_end, foreign);
    std::array<std::uint8_t, 4> close;
    chip.read(base + state_end, close);
    const Flash first = chip.flash();
    store(2);
    const std::uint32_t other = current_bank() * bank_bytes;
    chip.flash().load(other + state_end, Bytes(foreign).first(8)); // C and D of the older bank
    TestJournal journal = session();
    EXPECT_FALSE(journal.load());

    chip.flash() = first;
    chip.flash().load(base + state_end + 4, close); // C where D belongs
    EXPECT_FALSE(loaded().settled());
    chip.flash() = first;
    chip.flash().load(base + state_end + 8, close); // C where progress belongs
    EXPECT_EQ(loaded().state().move, 0);
}

} // namespace
} // namespace outboot::core::journal_test
