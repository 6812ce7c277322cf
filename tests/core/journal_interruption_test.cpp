// The journal on a data flash that loses its supply or wears out.
#include <algorithm>
#include <random>

#include "tests/core/journal_fixture.hpp"

namespace outboot::core::journal_test {
namespace {

TEST_F(JournalTest, a_write_cut_anywhere_leaves_the_old_or_the_new_state) {
    for (const When when : {When::before, When::inside, When::after}) {
        for (std::uint32_t operation = 0;; ++operation) {
            SCOPED_TRACE(testing::Message() << "operation " << operation << ", moment " << static_cast<int>(when));
            chip.flash() = Chip(layout).flash();
            store(1);
            store(2);
            chip.cut(operation, when);
            bool cut = false;
            try {
                store(3);
            } catch (const PowerCut&) {
                cut = true;
            }
            chip.cut(~0U, When::before);
            if (!cut) {
                EXPECT_EQ(operation, 3 + banks);
                break;
            }
            const Flash after_cut = chip.flash();
            for_all_readings(chip, [&] {
                chip.flash() = after_cut;
                TestJournal journal(chip);
                ASSERT_TRUE(journal.load());
                const std::uint32_t found = journal.state().counter_floor;
                EXPECT_TRUE(found == 2 || found == 3) << found;
                ASSERT_TRUE(journal.write(journal.state())); // the settling write of a session
                EXPECT_TRUE(chip.flash().all(Flash::Unit::erased, banks * bank_bytes, layout.journal.size));
                TestJournal again(chip);
                ASSERT_TRUE(again.load());
                EXPECT_EQ(again.state().counter_floor, found);
                EXPECT_TRUE(again.settled());
            });
        }
    }
}

// Sessions that fold, settle, act and count on, cut at random, whatever the torn units show. `begun` is what an
// irreversible act has followed from: no later fold may be older. `tried` is the newest that was ever written.
struct Verdict {
    std::uint32_t lost = 0;
    std::uint32_t older = 0;
    std::uint32_t newer = 0;
    std::uint32_t cuts = 0; // that there were, on the way
    [[nodiscard]] std::uint32_t sum() const { return lost + older + newer; }
};

Verdict random_history(std::uint32_t seed, std::uint32_t banks, double cut_chance, double show_chance) {
    std::mt19937 dice(seed);
    const auto happens = [&dice](double chance) { return std::generate_canonical<double, 32>(dice) < chance; };
    const Layout layout = layout_with(banks);
    Chip chip(layout);
    chip.choice = [&](std::uint32_t) { return happens(show_chance) ? 1U : 0U; };
    // DESIGN.md's assumption: of the banks whose erase was cut, at most banks - 2 may still read valid now and then.
    chip.torn_erase_may_live = [&] {
        std::uint32_t alive = 0;
        for (std::uint32_t b = 0; b < banks; ++b) alive += chip.flash().any_torn(b * bank_bytes, (b + 1) * bank_bytes);
        return alive + 2 < banks;
    };
    std::uint32_t begun = 0;
    std::uint32_t tried = 0;
    std::uint32_t cuts = 0;
    const auto next_cut = [&] {
        std::uint32_t operation = 0;
        while (!happens(cut_chance)) ++operation;
        const When moments[] = {When::before, When::inside, When::inside, When::after};
        chip.cut(operation, moments[dice() % 4]);
    };
    {
        TestJournal factory(chip);
        (void)factory.load();
        (void)factory.write(State{});
    }
    for (int session = 0; session < 24; ++session) {
        next_cut();
        try {
            TestJournal journal(chip);
            if (!journal.load()) return {.lost = 1};
            if (journal.state().move < begun) return {.older = 1};
            if (journal.state().move > tried) return {.newer = 1};
            if (!journal.settled() && !journal.write(journal.state())) ADD_FAILURE() << "not writable";
            for (std::uint16_t move = journal.state().move; move < 30;) {
                begun = std::max<std::uint32_t>(begun, move); // the act
                tried = std::max<std::uint32_t>(tried, ++move);
                if (!progress(journal)) ADD_FAILURE() << "not writable";
            }
        } catch (const PowerCut&) {
            ++cuts;
        }
    }
    return {.cuts = cuts};
}

TEST(JournalHistories, never_lose_what_was_acted_on) {
    std::uint32_t cuts = 0;
    for (const std::uint32_t banks : {3U, 4U, 5U, 6U}) {
        for (const double cut_chance : {.05, .1, .25, .45}) {
            for (const double show_chance : {.2, .5, .9}) {
                for (std::uint32_t seed = 1; seed <= 400; ++seed) {
                    const Verdict verdict = random_history(seed, banks, cut_chance, show_chance);
                    cuts += verdict.cuts;
                    ASSERT_EQ(verdict.sum(), 0U)
                        << "banks " << banks << " cut " << cut_chance << " show " << show_chance << " seed " << seed
                        << ": lost " << verdict.lost << " older " << verdict.older << " newer " << verdict.newer;
                }
            }
        }
    }
    EXPECT_GT(cuts, 19'200U) << "one a history, at the least";
}

TEST_F(JournalTest, a_worn_out_bank_is_passed_over) {
    for (std::uint32_t worn = 0; worn < banks; ++worn) {
        for (const bool erase_fails : {false, true}) {
            chip.worn.clear();
            chip.unprogrammable.clear();
            chip.flash() = Chip(layout).flash();
            (erase_fails ? chip.worn : chip.unprogrammable).insert(worn);
            for (std::uint32_t n = 1; n < 12; ++n) {
                store(n);
                ASSERT_EQ(loaded().state(), state_number(n));
            }
        }
    }
}

TEST_F(JournalTest, a_journal_that_cant_be_written_keeps_its_last_state) {
    store(1);
    store(2);
    for (std::uint32_t b = 0; b < banks; ++b) {
        if (b != current_bank()) chip.unprogrammable.insert(b);
    }
    for (int time = 0; time < 3; ++time) {
        TestJournal journal = loaded();
        EXPECT_FALSE(journal.write(state_number(3)));
        EXPECT_EQ(journal.state(), state_number(2));
        EXPECT_FALSE(journal.settled());
        EXPECT_EQ(loaded().state(), state_number(2));
    }
}

TEST_F(JournalTest, a_write_that_failed_can_be_tried_again) {
    store(1);
    for (std::uint32_t b = 0; b < banks; ++b) chip.worn.insert(b);
    TestJournal journal = loaded();
    EXPECT_FALSE(journal.write(state_number(2)));
    EXPECT_FALSE(journal.advance());
    EXPECT_FALSE(progress(journal));
    chip.worn.clear();
    EXPECT_TRUE(progress(journal));
    EXPECT_EQ(loaded().state().move, 1);
}

} // namespace
} // namespace outboot::core::journal_test
