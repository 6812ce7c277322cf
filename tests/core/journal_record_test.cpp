// Begin-records beside the journal, and the state that refers to them.
#include "tests/core/journal_fixture.hpp"

namespace outboot::core::journal_test {
namespace {

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
            if (!cut) {
                EXPECT_GT(operation, 3 + banks) << "a state and a record are more operations than a state alone";
                break;
            }
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
} // namespace outboot::core::journal_test
