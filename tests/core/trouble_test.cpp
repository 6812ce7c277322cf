// Chips in trouble: the external one dead for writing, silent for a while or for good, or lying; a journal that can't
// be written.
#include "tests/core/device.hpp"

namespace outboot::core {
namespace {

using End = Outlook::End;

class TroubleTest : public testing::TestWithParam<Plan> {
  protected:
    TroubleTest() : device(small_layout(GetParam())) {
        device.load_primary(device.make({.version = 1, .counter = 1, .payload_bytes = 2500}));
        device.stage_and_request(device.make({.version = 2, .counter = 2, .payload_bytes = 1900}), Request::permanent);
        start = device.world;
    }

    static bool reverts() { return GetParam() != Plan::overwrite; }

    // Puts the trouble off by one access more each time, until the update gets through without it.
    template <class Check>
    void at_every_access(std::uint32_t TestEnvironment::*limit, Check check) {
        for (std::uint32_t good = 0;; ++good) {
            ASSERT_LT(good, 2000U);
            SCOPED_TRACE(testing::Message() << "trouble after " << good);
            device.rewind(start);
            device.environment.on_wait = nullptr;
            device.environment.*limit = good;
            const bool untroubled = check();
            device.environment.*limit = TestEnvironment::never;
            if (untroubled) {
                EXPECT_GT(good, 5U) << "there was hardly any trouble";
            }
            if (untroubled || HasFailure()) return;
        }
    }

    Device device;
    World start{device.product()};
};

INSTANTIATE_TEST_SUITE_P(Plans, TroubleTest, testing::Values(Plan::offset, Plan::scratch, Plan::overwrite));

TEST_P(TroubleTest, a_chip_dead_for_writing_gives_the_old_image_back) {
    if (!reverts()) GTEST_SKIP() << "overwrite writes nothing outside";
    for (const bool silently : {false, true}) {
        device.environment.writes_vanish = silently;
        at_every_access(&TestEnvironment::good_external_writes, [&] {
            const Outlook outlook = device.power_on();
            EXPECT_EQ(outlook.end, End::started);
            if (outlook.version == 2) return true;
            EXPECT_EQ(outlook.version, 1);
            const State state = device.state();
            EXPECT_EQ(state.phase, Phase::idle);
            EXPECT_TRUE(state.outcome == Outcome::abandoned || state.outcome == Outcome::reverted);
            EXPECT_EQ(state.reason, Reason::chip_write_failed);
            EXPECT_EQ(state.request, Request::none);
            EXPECT_EQ(state.counter_floor, 1U);
            EXPECT_EQ(device.power_on().version, 1) << "and stays";
            return false;
        });
    }
}

TEST_P(TroubleTest, a_chip_silent_for_good_is_waited_for_once_the_primary_was_touched) {
    at_every_access(&TestEnvironment::good_external_accesses, [&] {
        const Outlook outlook = device.power_on();
        const State state = device.state();
        if (outlook.end == End::waiting) {
            EXPECT_EQ(outlook.reason, Reason::chip_missing);
            EXPECT_EQ(state.phase, Phase::moving);
            EXPECT_GE(state.move, first_primary_move(device.layout(), GetParam()));
        } else {
            EXPECT_EQ(outlook.end, End::started);
            if (outlook.version == 2) return true;
            EXPECT_EQ(outlook.version, 1);
            EXPECT_EQ(state.phase, Phase::idle);
            EXPECT_EQ(state.request, Request::permanent) << "kept, as long as looks are left";
            EXPECT_TRUE(outlook.reason == Reason::chip_missing || outlook.reason == Reason::chip_read_failed);
        }
        device.environment.good_external_accesses = TestEnvironment::never;
        // Under scratch the second move already overwrites staged bytes: then the old image is all there is.
        const bool staged_lost = GetParam() == Plan::scratch && state.outcome == Outcome::abandoned;
        const int next = device.power_on().version;
        EXPECT_TRUE(next == 2 || (next == 1 && staged_lost)) << "back at the next boot";
        return false;
    });
}

TEST_P(TroubleTest, a_chip_that_comes_back_is_gone_on_with) {
    at_every_access(&TestEnvironment::good_external_accesses, [&] {
        device.environment.on_wait = [&] {
            if (device.environment.waits > 30) device.environment.good_external_accesses = TestEnvironment::never;
        };
        const Outlook outlook = device.power_on();
        const bool abandoned = device.state().outcome == Outcome::abandoned;
        EXPECT_EQ(outlook.end, End::started);
        EXPECT_TRUE(outlook.version == 2 || abandoned || device.state().looking != 0);
        return outlook.version == 2 && device.environment.waits == 0;
    });
}

// It answers, but a part of the staged image can't be read any more once the primary has been touched.
TEST_P(TroubleTest, a_chip_that_is_only_unreadable_lets_the_engine_turn_round) {
    if (!reverts()) GTEST_SKIP() << "there is no way back";
    const std::uint32_t lost = device.layout().secondary.base + 100;
    const std::uint32_t enough_writes = device.environment.external_writes + 6;
    device.environment.unreadable = [&](std::uint32_t at, std::size_t bytes) {
        return device.environment.external_writes > enough_writes && at <= lost && lost < at + bytes;
    };
    const Outlook outlook = device.power_on();
    EXPECT_EQ(outlook.end, End::started);
    EXPECT_EQ(outlook.version, 1);
    EXPECT_EQ(device.state().outcome, Outcome::reverted);
    EXPECT_EQ(device.state().reason, Reason::chip_read_failed);
    EXPECT_GE(device.environment.waits, static_cast<std::uint32_t>(turn_round_after) - 1);
}

// Every read of the chip may lie a little, now and then.
TEST_P(TroubleTest, a_chip_that_lies_never_gets_a_false_image_run) {
    std::uint32_t lies = 0;
    for (std::uint32_t seed = 1; seed <= 400 && !HasFailure(); ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        Dice dice(seed);
        device.rewind(start);
        const std::uint32_t one_in = 2U << seed % 8;
        bool honest = false;
        device.environment.on_read = [&](Chip chip, std::uint32_t, MutableBytes bytes) {
            if (honest || chip != Chip::external || dice.below(one_in) != 0) return;
            ++lies;
            bytes[dice.below(static_cast<std::uint32_t>(bytes.size()))] ^=
                static_cast<std::uint8_t>(1 + dice.below(255));
        };
        for (int session = 0; session < 10; ++session) {
            device.environment.operations = 0;
            device.environment.cut_at = dice.below(100);
            device.environment.cut_when = static_cast<When>(dice.below(3));
            const Outlook outlook = device.power_on();
            if (outlook.end == End::started) {
                ASSERT_TRUE(outlook.version == 1 || outlook.version == 2) << outlook.version;
            }
        }
        honest = true;
        const Outlook outlook = device.calm_boot();
        ASSERT_EQ(outlook.end, End::started);
        ASSERT_TRUE(outlook.version == 1 || outlook.version == 2);
    }
    EXPECT_GT(lies, 400U) << "one a history, at the least";
}

// ---- a journal that can't be written -------------------------------------------------------------------------------

TEST_P(TroubleTest, without_a_journal_idle_boots_and_a_request_waits) {
    device.environment.journal_works = false;
    const Outlook outlook = device.power_on();
    EXPECT_EQ(outlook.version, 1);
    EXPECT_EQ(outlook.reason, Reason::journal_failed);
    EXPECT_TRUE(device.world.external == start.external);
    device.environment.journal_works = true;
    EXPECT_EQ(device.power_on().version, 2);
}

// The begin-record can't be relied on until it is referred to, and nothing may be moved before.
TEST_P(TroubleTest, a_journal_that_dies_at_any_write_never_lets_a_move_begin_unrecorded) {
    for (std::uint32_t good = 0;; ++good) {
        SCOPED_TRACE(testing::Message() << "journal dead after " << good);
        device.rewind(start);
        device.environment.journal_works = true;
        bool moved_unrecorded = false;
        device.environment.on_read = [&](Chip chip, std::uint32_t, MutableBytes) {
            if (chip == Chip::journal) return;
            if (device.environment.journal_writes < good) return;
            device.environment.journal_works = false;
        };
        const World before = device.world;
        const Outlook outlook = device.power_on();
        device.environment.on_read = nullptr;
        device.environment.journal_works = true;
        if (outlook.end == End::started && outlook.version == 2) {
            EXPECT_GT(good, 10U) << "the journal hardly ever died";
            break;
        }
        moved_unrecorded = device.state().phase == Phase::idle && !(device.world.code == before.code);
        EXPECT_FALSE(moved_unrecorded);
        if (outlook.end == End::started) {
            EXPECT_EQ(outlook.version, 1);
        } else {
            EXPECT_EQ(outlook.reason, Reason::journal_failed);
        }
        EXPECT_EQ(device.power_on().version, 2) << "goes on once the journal works again";
        ASSERT_LT(good, 500U);
        if (HasFailure()) return;
    }
}

TEST_P(TroubleTest, a_move_found_unsettled_waits_for_a_journal_that_can_be_written) {
    // Cut inside a progress unit: what the next session finds isn't settled.
    std::uint32_t first_move = 0;
    for (std::uint32_t operation = 0; first_move == 0; ++operation) {
        device.rewind(start);
        device.environment.cut_at = operation;
        device.environment.cut_when = When::after;
        ASSERT_EQ(device.power_on().end, End::cut);
        if (device.state().phase == Phase::moving && device.state().move == 1) first_move = operation;
    }
    device.environment.cut_at = TestEnvironment::never;
    device.environment.journal_works = false;
    const World before = device.world;
    const Outlook outlook = device.power_on();
    EXPECT_EQ(outlook.end, End::waiting);
    EXPECT_EQ(outlook.reason, Reason::journal_failed);
    EXPECT_TRUE(before == device.world) << "nothing irreversible may follow from what isn't settled";
    device.environment.journal_works = true;
    EXPECT_EQ(device.power_on().version, 2);
}

TEST(TroubleOnTrial, a_trial_runs_though_its_attempts_cant_be_counted) {
    Device device(small_layout(Plan::offset));
    device.load_primary(device.make({.version = 1, .payload_bytes = 2500}));
    device.stage_and_request(device.make({.version = 2, .payload_bytes = 1900}), Request::test);
    ASSERT_EQ(device.power_on().version, 2);
    const std::uint8_t attempts = device.state().attempts;
    device.environment.journal_works = false;
    for (int boot = 0; boot < 5; ++boot) {
        const Outlook outlook = device.power_on();
        EXPECT_EQ(outlook.version, 2);
        EXPECT_EQ(outlook.reason, Reason::journal_failed);
    }
    device.environment.journal_works = true;
    EXPECT_EQ(device.state().attempts, attempts);
}

// ---- internal flash -------------------------------------------------------------------------------------------------

TEST_P(TroubleTest, a_primary_that_cant_be_written_is_tried_again_until_it_can) {
    device.environment.code_flash_works = false;
    EXPECT_EQ(device.power_on().end, End::waiting);
    device.environment.on_wait = [&] { device.environment.code_flash_works = device.environment.waits > 5; };
    EXPECT_EQ(device.power_on().version, 2);
}

// ---- the way back ---------------------------------------------------------------------------------------------------

TEST(TroubleRestoring, a_way_back_that_didnt_verify_is_gone_again_with_the_same_count) {
    Device device(small_layout(Plan::offset));
    device.load_primary(device.make({.version = 1, .payload_bytes = 2500}));
    const Image& v2 = device.make({.version = 2, .payload_bytes = 1900});
    device.stage_and_request(v2, Request::test);
    // Dead for writing in the second chunk: one chunk has to come back. Its first copy back is disturbed.
    std::uint32_t lies = 0;
    std::set<std::uint16_t> counts;
    const std::uint32_t backup = device.layout().secondary.base + device.layout().hole.size;
    const std::uint32_t staging_writes = device.environment.external_writes;
    device.environment.good_external_writes = staging_writes + 8;
    device.environment.on_read = [&](Chip chip, std::uint32_t at, MutableBytes bytes) {
        if (chip != Chip::external || at != backup + 2048 || bytes.size() < 256) return;
        if (device.state().phase != Phase::restoring) return;
        counts.insert(device.state().restore_chunks);
        if (lies++ == 0) bytes[9] ^= 4;
    };
    const Outlook outlook = device.power_on();
    EXPECT_EQ(outlook.version, 1);
    EXPECT_GE(lies, 2U);
    EXPECT_EQ(counts, std::set<std::uint16_t>{1});
    EXPECT_EQ(device.state().outcome, Outcome::reverted);
    EXPECT_EQ(device.state().reason, Reason::chip_write_failed);
}

} // namespace
} // namespace outboot::core
