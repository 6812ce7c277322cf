// The journal's rule, step by step, over a data flash whose interrupted units read as they like.
#include "core/journal.hpp"

#include <functional>
#include <random>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "explore/flash.hpp"
#include "explore/model_crypto.hpp"

namespace outboot::core {
namespace {

using explore::Flash;

struct PowerCut {};
enum class When { before, inside, after };

// Data flash that can lose its supply, have worn-out blocks, and keeps a list of what was done to it.
class Chip : public explore::Chooser {
  public:
    explicit Chip(const Layout& layout)
        : layout_(layout),
          flash_({.unit_bytes = 4, .erased_reads_noise = true},
                 std::vector<BlockRun>{{layout.journal.size / layout.journal_bank_bytes, layout.journal_bank_bytes}}),
          block_bytes_(layout.journal_bank_bytes) {}

    [[nodiscard]] const Layout& layout() const { return layout_; }

    bool read(std::uint32_t at, MutableBytes out) {
        flash_.read(at, out, *this);
        return true;
    }

    bool erase(std::uint32_t at, std::uint32_t bytes) {
        for (std::uint32_t block = at; block < at + bytes; block += block_bytes_) {
            log.push_back("erase " + std::to_string(block / block_bytes_));
            if (worn.contains(block / block_bytes_)) return false;
            operate([&] { flash_.erase(block); }, [&] { tear_erase(block); });
        }
        return true;
    }

    bool program(std::uint32_t at, Bytes bytes) {
        const std::uint32_t block = at / block_bytes_;
        log.push_back("program " + std::to_string(block) + '+' + std::to_string(at % block_bytes_));
        if (unprogrammable.contains(block)) return false;
        operate([&] { flash_.program(at, bytes); }, [&] { flash_.tear_program(at, bytes); });
        return true;
    }

    void before_erase(std::uint32_t closed_banks) { log.push_back("supply " + std::to_string(closed_banks)); }

    std::uint32_t choose(std::uint32_t count) override { return choice ? choice(count) : 0; }

    Flash& flash() { return flash_; }
    void cut(std::uint32_t operation, When when) { cut_at_ = operation, cut_when_ = when, operations_ = 0; }
    [[nodiscard]] std::uint32_t operations() const { return operations_; }

    std::vector<std::string> log;
    std::set<std::uint32_t> worn;           // blocks whose erase fails
    std::set<std::uint32_t> unprogrammable; // blocks whose program fails
    std::function<std::uint32_t(std::uint32_t)> choice;
    std::function<bool()> torn_erase_may_live; // else the block never reads as anything again

  private:
    template <class Complete, class Tear>
    void operate(Complete complete, Tear tear) {
        const bool cut_here = operations_++ == cut_at_;
        if (cut_here && cut_when_ == When::before) throw PowerCut{};
        if (cut_here && cut_when_ == When::inside) tear();
        if (!cut_here || cut_when_ == When::after) complete();
        if (cut_here) throw PowerCut{};
    }

    void tear_erase(std::uint32_t block) {
        if (!torn_erase_may_live || torn_erase_may_live()) {
            flash_.tear_erase(block);
        } else {
            flash_.kill(block);
        }
    }

    const Layout& layout_;
    Flash flash_;
    std::uint32_t block_bytes_;
    std::uint32_t operations_ = 0;
    std::uint32_t cut_at_ = ~0U;
    When cut_when_ = When::before;
};

using TestJournal = Journal<explore::ModelHash, Chip>;

constexpr std::uint32_t bank_bytes = 64;
constexpr std::uint32_t record_bytes = 320;
constexpr std::uint32_t state_end = 32; // S; then C, D and progress, one unit each
constexpr std::uint32_t marks = (bank_bytes - state_end) / 4;

Layout layout_with(std::uint32_t banks) {
    Layout layout;
    layout.fingerprint = {1, 2, 3, 4, 5, 6, 7, 8};
    layout.journal = {0, banks * bank_bytes + 2 * record_bytes};
    layout.journal_bank_bytes = bank_bytes;
    layout.journal_banks = banks;
    layout.journal_record_bytes = record_bytes;
    return layout;
}

// As a boot does it: a mark, or else a new state.
bool progress(TestJournal& journal) {
    if (journal.advance()) return true;
    State next = journal.state();
    ++next.move;
    return journal.write(next);
}

class JournalTest : public testing::Test {
  protected:
    static constexpr std::uint32_t banks = 6;

    TestJournal session() {
        chip.log.clear();
        return TestJournal(chip);
    }

    TestJournal loaded() {
        TestJournal journal = session();
        EXPECT_TRUE(journal.load());
        chip.log.clear();
        return journal;
    }

    static State state_number(std::uint32_t n) {
        State state;
        state.counter_floor = n;
        return state;
    }

    // One session that writes `n`.
    void store(std::uint32_t n) {
        TestJournal journal = session();
        (void)journal.load();
        ASSERT_TRUE(journal.write(state_number(n)));
    }

    // The bank that holds the only state.
    std::uint32_t current_bank() {
        for (std::uint32_t b = 0; b < banks; ++b) {
            if (!chip.flash().all(Flash::Unit::erased, b * bank_bytes, (b + 1) * bank_bytes)) return b;
        }
        return banks;
    }

    void flip_bit(std::uint32_t at, unsigned bit) {
        const auto byte = static_cast<std::uint8_t>(chip.flash().bytes()[at] ^ 1U << bit);
        chip.flash().load(at, {&byte, 1});
    }

    Layout layout = layout_with(banks);
    Chip chip{layout};
};

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

// ---- interruptions --------------------------------------------------------------------------------------------------

// Calls `check` with a fresh session for every way in which the torn units may read.
void for_all_readings(Chip& chip, const std::function<void()>& check) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> path; // choice, alternatives
    for (;;) {
        std::size_t depth = 0;
        chip.choice = [&](std::uint32_t count) {
            if (depth == path.size()) path.emplace_back(0, count);
            return path[depth++].first;
        };
        check();
        while (!path.empty() && path.back().first + 1 == path.back().second) path.pop_back();
        if (path.empty()) break;
        ++path.back().first;
    }
    chip.choice = nullptr;
}

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
            continue;
        }
    }
    return {};
}

TEST(JournalHistories, never_lose_what_was_acted_on) {
    for (const std::uint32_t banks : {3U, 4U, 5U, 6U}) {
        for (const double cut_chance : {.05, .1, .25, .45}) {
            for (const double show_chance : {.2, .5, .9}) {
                for (std::uint32_t seed = 1; seed <= 400; ++seed) {
                    const Verdict verdict = random_history(seed, banks, cut_chance, show_chance);
                    ASSERT_EQ(verdict.sum(), 0U)
                        << "banks " << banks << " cut " << cut_chance << " show " << show_chance << " seed " << seed
                        << ": lost " << verdict.lost << " older " << verdict.older << " newer " << verdict.newer;
                }
            }
        }
    }
}

// ---- wear -----------------------------------------------------------------------------------------------------------

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

// ---- begin-records --------------------------------------------------------------------------------------------------

class RecordTest : public JournalTest {
  protected:
    BeginRecord record_number(std::uint32_t n) {
        BeginRecord record{};
        record.magic = BeginRecord::expected_magic;
        record.fingerprint = layout.fingerprint;
        record.incoming.total_bytes = n;
        record.wrapped_key.fill(static_cast<std::uint8_t>(n));
        return record;
    }

    // One session that stores a record and the state that refers to it.
    void store_record(std::uint32_t n) {
        TestJournal journal = session();
        (void)journal.load();
        ASSERT_TRUE(journal.write(journal.state()));
        State next = state_number(n);
        next.record = journal.state().record;
        BeginRecord record = record_number(n);
        ASSERT_TRUE(journal.write_record(record, next) && journal.write(next));
    }

    // The number of the record that the journal refers to; 0 if it can't be read.
    std::uint32_t record_found() {
        TestJournal journal = loaded();
        BeginRecord record;
        return journal.read_record(journal.state(), record) ? record.incoming.total_bytes : 0;
    }
};

TEST_F(RecordTest, records_alternate_and_come_back_whole) {
    for (std::uint32_t n = 1; n < 6; ++n) {
        store_record(n);
        EXPECT_EQ(record_found(), n);
        TestJournal journal = loaded();
        BeginRecord record;
        ASSERT_TRUE(journal.read_record(journal.state(), record));
        EXPECT_EQ(record.wrapped_key, record_number(n).wrapped_key);
        EXPECT_EQ(journal.state().record, n % 2 == 1 ? 1 : 2);
    }
}

TEST_F(RecordTest, a_record_needs_a_write_of_the_same_session_before_it) {
    store_record(1);
    TestJournal journal = loaded();
    State next = journal.state();
    BeginRecord record = record_number(2);
    EXPECT_FALSE(journal.write_record(record, next));
    EXPECT_TRUE(chip.log.empty());
    EXPECT_EQ(record_found(), 1U);
}

TEST_F(RecordTest, a_changed_bit_makes_a_record_unreadable) {
    store_record(1);
    const Flash good = chip.flash();
    for (std::uint32_t bit = 0; bit < sizeof(BeginRecord) * 8; ++bit) {
        chip.flash() = good;
        flip_bit(banks * bank_bytes + bit / 8, bit % 8);
        ASSERT_EQ(record_found(), 0U) << "bit " << bit;
    }
}

TEST_F(RecordTest, a_stale_record_in_the_right_place_is_not_the_one_referred_to) {
    store_record(1);
    std::array<std::uint8_t, record_bytes> stale;
    chip.read(banks * bank_bytes, stale);
    store_record(2);
    store_record(3);
    ASSERT_EQ(record_found(), 3U);
    chip.flash().load(banks * bank_bytes, Bytes(stale).first(sizeof(BeginRecord)));
    EXPECT_EQ(record_found(), 0U);
}

TEST_F(RecordTest, a_record_of_another_layout_is_refused) {
    store_record(1);
    layout.fingerprint[7] ^= 1;
    EXPECT_EQ(record_found(), 0U);
}

TEST_F(RecordTest, a_new_record_cut_anywhere_leaves_the_old_one_readable) {
    for (const When when : {When::before, When::inside, When::after}) {
        for (std::uint32_t operation = 0;; ++operation) {
            SCOPED_TRACE(testing::Message() << "operation " << operation << ", moment " << static_cast<int>(when));
            chip.flash() = Chip(layout).flash();
            store_record(1);
            store_record(2);
            chip.cut(operation, when);
            bool cut = false;
            try {
                store_record(3);
            } catch (const PowerCut&) {
                cut = true;
            }
            chip.cut(~0U, When::before);
            if (!cut) break;
            for_all_readings(chip, [&] {
                TestJournal journal(chip);
                ASSERT_TRUE(journal.load());
                BeginRecord record;
                ASSERT_TRUE(journal.read_record(journal.state(), record));
                EXPECT_EQ(record.incoming.total_bytes, journal.state().counter_floor);
            });
        }
    }
}

} // namespace
} // namespace outboot::core
