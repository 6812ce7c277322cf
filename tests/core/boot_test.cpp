// The rows of DESIGN.md's phase table, each on a small device. What happens when the supply goes is in power_test.cpp,
// what happens when a chip fails in trouble_test.cpp.
#include "tests/core/device.hpp"

namespace outboot::core {
namespace {

using End = Outlook::End;

class BootTest : public testing::Test {
  protected:
    Device device{small_layout(Plan::offset)};
    const Image& v1 = device.make({.version = 1, .counter = 5, .payload_bytes = 1900});
    const Image& v2 = device.make({.version = 2, .counter = 5, .payload_bytes = 2500});
    const Image& v3 = device.make({.version = 3, .counter = 7, .payload_bytes = 700});

    void SetUp() override { device.load_primary(v1); }

    void expect_started(int version, Reason reason = Reason::none) {
        const Outlook outlook = device.power_on();
        EXPECT_EQ(outlook.end, End::started);
        EXPECT_EQ(outlook.version, version);
        EXPECT_EQ(outlook.reason, reason);
    }

    void expect_idle(Outcome outcome, Reason reason, std::uint32_t floor) {
        const State state = device.state();
        EXPECT_EQ(state.phase, Phase::idle);
        EXPECT_EQ(state.request, Request::none);
        EXPECT_EQ(state.outcome, outcome);
        EXPECT_EQ(state.reason, reason);
        EXPECT_EQ(state.counter_floor, floor);
    }

    void install(const Image& image) {
        device.stage_and_request(image, Request::permanent);
        expect_started(image.spec.version);
    }

    void start_trial(const Image& image) {
        device.stage_and_request(image, Request::test);
        expect_started(image.spec.version);
        ASSERT_EQ(device.state().phase, Phase::on_trial);
    }

    void use_up_attempts(int version) {
        while (device.state().attempts != 0) expect_started(version);
    }

    // Worked out here: the core's own backup_base() is under test.
    [[nodiscard]] std::uint32_t backup_at() const { return device.layout().secondary.base + device.layout().hole.size; }

    void damage_backup() { device.damage(device.world.external, backup_at() + 900); }

    void misread_primary_once() {
        device.environment.on_read = [this, faults = 1](Chip chip, std::uint32_t at, MutableBytes bytes) mutable {
            if (chip == Chip::code && at > device.layout().primary.base + 300 && faults-- > 0) bytes[0] ^= 0x10;
        };
    }
};

// ---- idle, no request -----------------------------------------------------------------------------------------------

TEST_F(BootTest, idle_runs_the_primary_and_touches_no_chip) {
    for (int boot = 0; boot < 3; ++boot) expect_started(1);
    EXPECT_EQ(device.environment.external_accesses, 0U);
    EXPECT_EQ(device.environment.operations, 0U) << "nothing to record, nothing written";
}

TEST_F(BootTest, idle_reports_what_runs) {
    const Outlook outlook = device.power_on();
    EXPECT_EQ(outlook.ram.application_runs, 1);
    EXPECT_EQ(outlook.ram.running.major, 1);
    EXPECT_EQ(outlook.ram.journal_lost, 1);
    EXPECT_EQ(outlook.ram.fingerprint, device.layout().fingerprint);
}

TEST_F(BootTest, a_primary_that_fails_once_is_looked_at_again_after_a_reset) {
    install(v2);
    misread_primary_once();
    const Outlook outlook = device.power_on();
    EXPECT_EQ(outlook.version, 2);
    EXPECT_EQ(outlook.resets, 1U);
    EXPECT_EQ(device.state().flags & flag_suspect, 0) << "forgotten once it verifies";
}

TEST_F(BootTest, a_primary_that_fails_twice_is_replaced_by_a_backup_that_verifies) {
    install(v2);
    device.damage_primary();
    expect_started(1, Reason::none);
    expect_idle(Outcome::reverted, Reason::primary_failed, 5);
}

TEST_F(BootTest, a_backup_below_the_floor_is_not_brought_back) {
    install(v3);
    device.damage_primary();
    const World before = device.world;
    const Outlook outlook = device.power_on();
    EXPECT_EQ(outlook.end, End::waiting);
    EXPECT_EQ(outlook.reason, Reason::bad_hash);
    EXPECT_TRUE(before.code == device.world.code && before.external == device.world.external);
}

TEST_F(BootTest, a_backup_that_doesnt_verify_is_not_brought_back) {
    install(v2);
    device.damage_primary();
    damage_backup();
    const World before = device.world;
    EXPECT_EQ(device.power_on().end, End::waiting);
    EXPECT_TRUE(before.code == device.world.code && before.external == device.world.external);
    EXPECT_EQ(device.state().outcome, Outcome::nothing_valid);
}

TEST_F(BootTest, a_primary_that_is_authentic_but_doesnt_belong_here_is_not_run_and_not_erased) {
    install(v3); // floor 7
    device.world.code = World(device.product()).code;
    device.load_primary(v1);
    const World before = device.world;
    const Outlook outlook = device.power_on();
    EXPECT_EQ(outlook.end, End::waiting);
    EXPECT_EQ(outlook.reason, Reason::counter_too_low);
    EXPECT_TRUE(before.code == device.world.code && before.external == device.world.external);
}

// ---- idle, request --------------------------------------------------------------------------------------------------

TEST_F(BootTest, test_request_installs_on_trial) {
    device.stage_and_request(v2, Request::test);
    expect_started(2);
    const State state = device.state();
    EXPECT_EQ(state.phase, Phase::on_trial);
    EXPECT_EQ(state.attempts, trial_attempts - 1);
    EXPECT_EQ(state.outcome, Outcome::on_trial);
    EXPECT_EQ(state.request, Request::none);
    EXPECT_EQ(state.looking, 0);
}

TEST_F(BootTest, permanent_request_installs_and_raises_the_counter) {
    device.stage_and_request(v3, Request::permanent);
    expect_started(3);
    expect_idle(Outcome::installed, Reason::none, 7);
}

TEST_F(BootTest, the_old_image_stands_outside_afterwards_encrypted_under_the_derived_key) {
    install(v2);
    const auto backup = device.product().backup_of(v1);
    const auto outside = device.world.external.bytes().subspan(backup_at());
    EXPECT_TRUE(std::equal(backup.begin(), backup.end(), outside.begin()));
}

TEST_F(BootTest, a_factory_image_in_clear_leaves_encrypted) {
    const Image& factory = device.make({.version = 9, .counter = 5, .payload_bytes = 2000, .encrypted = false});
    device.world.code = World(device.product()).code;
    device.load_primary(factory);
    start_trial(v2); // the environment watches what is written outside
    use_up_attempts(2);
    expect_started(9);
}

TEST_F(BootTest, a_refused_image_leaves_the_device_as_it_was_with_the_reason) {
    struct {
        Reason reason;
        std::function<void(std::vector<std::uint8_t>&)> spoil;
    } const cases[] = {
        {Reason::no_image, [](auto& image) { image[0] ^= 1; }},
        {Reason::bad_hash, [](auto& image) { image[200] ^= 1; }},
        {Reason::bad_encryption, [](auto& image) { image.back() ^= 1, image[image.size() - 100] ^= 1; }},
        {Reason::bad_hash, [](auto& image) { image[24] ^= 1; }},
    };
    for (const auto& spoilt : cases) {
        Image broken = v2;
        spoilt.spoil(broken.staged);
        device.world.external.load(device.layout().secondary.base, broken.staged); // the library would say so
        device.request(Request::test);
        expect_started(1, spoilt.reason);
        expect_idle(Outcome::refused, spoilt.reason, 5);
        EXPECT_EQ(device.state().looking, 0);
        expect_started(1);
    }
}

TEST_F(BootTest, a_counter_below_the_floor_is_refused) {
    install(v3);
    device.stage_and_request(v2, Request::test);
    expect_started(3, Reason::counter_too_low);
    expect_idle(Outcome::refused, Reason::counter_too_low, 7);
}

TEST_F(BootTest, a_lost_journal_still_knows_the_confirmed_primarys_counter) {
    install(v3);
    device.world.journal = World(device.product()).journal;
    device.stage_and_request(v2, Request::test);
    expect_started(3, Reason::counter_too_low);
}

TEST_F(BootTest, an_image_in_clear_is_refused_where_encryption_is_demanded) {
    const Image& clear = device.make({.version = 9, .counter = 9, .payload_bytes = 300, .encrypted = false});
    device.world.external.load(device.layout().secondary.base, clear.staged);
    device.request(Request::test);
    expect_started(1, Reason::not_encrypted);
}

TEST_F(BootTest, a_parser_that_hangs_gets_three_looks) {
    device.stage_and_request(v2, Request::test);
    device.environment.on_external_access = [&] {
        if (device.environment.external_accesses > 3) throw explore::PowerCut{};
    };
    for (std::uint8_t look = 1; look <= looking_limit; ++look) {
        device.environment.external_accesses = 0;
        EXPECT_EQ(device.power_on().end, End::cut);
        EXPECT_EQ(device.state().looking, look);
    }
    device.environment.external_accesses = 0;
    expect_started(1, Reason::looking_limit);
    expect_idle(Outcome::refused, Reason::looking_limit, 5);
    EXPECT_EQ(device.environment.external_accesses, 0U);
}

TEST_F(BootTest, a_third_look_that_succeeds_installs) {
    device.stage_and_request(v2, Request::test);
    device.set_state([](State& state) { state.looking = looking_limit - 1; });
    expect_started(2);
}

TEST_F(BootTest, a_silent_chip_keeps_the_request_and_counts_the_look) {
    device.stage_and_request(v2, Request::test);
    device.environment.good_external_accesses = device.environment.external_accesses;
    expect_started(1, Reason::chip_missing);
    EXPECT_EQ(device.state().request, Request::test);
    EXPECT_EQ(device.state().looking, 1);
    device.environment.good_external_accesses = TestEnvironment::never;
    expect_started(2);
}

TEST_F(BootTest, a_chip_that_falls_silent_while_it_is_looked_at_keeps_the_request) {
    device.stage_and_request(v2, Request::test);
    device.environment.good_external_accesses = device.environment.external_accesses + 6;
    expect_started(1, Reason::chip_read_failed);
    EXPECT_EQ(device.state().request, Request::test);
    device.environment.good_external_accesses = TestEnvironment::never;
    expect_started(2);
}

TEST_F(BootTest, a_broken_primary_is_overwritten_on_request) {
    for (const Request kind : {Request::test, Request::permanent}) {
        Device fresh(small_layout(Plan::offset));
        fresh.load_primary(v1);
        const Image& good = fresh.make({.version = 2, .counter = 1, .payload_bytes = 2000});
        fresh.damage_primary();
        fresh.stage_and_request(good, kind);
        const Outlook outlook = fresh.power_on();
        EXPECT_EQ(outlook.version, 2);
        EXPECT_EQ(outlook.resets, 1U) << "looked at twice";
        EXPECT_EQ(fresh.state().phase, kind == Request::test ? Phase::on_trial : Phase::idle);
    }
}

TEST_F(BootTest, an_empty_device_takes_a_staged_image) {
    device.world.code = World(device.product()).code;
    device.stage_and_request(v2, Request::permanent);
    expect_started(2);
}

TEST(BootPolicy, a_broken_primary_is_not_overwritten_where_the_layout_forbids_it) {
    Layout layout = small_layout(Plan::offset);
    layout.overwrite_broken_primary = false;
    Device device(layout);
    const Image& v2 = device.make({.version = 2, .payload_bytes = 2000});
    device.stage_and_request(v2, Request::test);
    const World before = device.world;
    EXPECT_EQ(device.power_on().end, End::waiting);
    EXPECT_TRUE(before.code == device.world.code);
    EXPECT_EQ(device.state().request, Request::none);
}

TEST(BootPolicy, test_is_refused_under_plan_overwrite_and_permanent_is_not) {
    Device device(small_layout(Plan::overwrite));
    device.load_primary(device.make({.version = 1, .payload_bytes = 2000}));
    const Image& v2 = device.make({.version = 2, .payload_bytes = 1000});
    device.stage_and_request(v2, Request::test);
    Outlook outlook = device.power_on();
    EXPECT_EQ(outlook.version, 1);
    EXPECT_EQ(outlook.reason, Reason::test_not_revertible);
    EXPECT_EQ(device.state().outcome, Outcome::refused);
    device.request(Request::permanent);
    EXPECT_EQ(device.power_on().version, 2);
    EXPECT_EQ(device.state().outcome, Outcome::installed);
}

TEST(BootPolicy, no_room_for_backup_is_refused_by_one_byte) {
    for (const std::uint32_t extra : {0U, 1U}) {
        Layout layout = small_layout(Plan::offset);
        layout.secondary.size = 2048;
        layout.hole.base = layout.secondary.base + layout.secondary.size;
        Device device(layout);
        const std::uint32_t fits = 2048 - Product::overhead_bytes(true);
        device.load_primary(device.make({.version = 1, .payload_bytes = fits + extra}));
        device.stage_and_request(device.make({.version = 2, .payload_bytes = 1000}), Request::test);
        const Outlook outlook = device.power_on();
        EXPECT_EQ(outlook.version, extra == 0 ? 2 : 1);
        EXPECT_EQ(device.state().outcome, extra == 0 ? Outcome::on_trial : Outcome::refused);
        if (extra != 0) {
            EXPECT_EQ(device.state().reason, Reason::no_room_for_backup);
        }
    }
}

// ---- after the last move --------------------------------------------------------------------------------------------

// The chip showed the true image while it was verified, and another one while it was moved.
TEST_F(BootTest, a_chip_that_lies_during_the_move_gets_the_old_image_back) {
    device.stage_and_request(v2, Request::permanent);
    device.environment.on_read = [&](Chip chip, std::uint32_t at, MutableBytes bytes) {
        const bool moving = device.environment.external_writes > 11; // staging and the first copies out
        const std::uint32_t staged = device.layout().secondary.base;
        if (chip == Chip::external && moving && at == staged + 512) bytes[7] ^= 0x80;
    };
    expect_started(1);
    EXPECT_EQ(device.state().outcome, Outcome::reverted);
    EXPECT_EQ(device.state().reason, Reason::primary_changed);
}

TEST(BootOverwrite, a_lie_during_the_move_is_repaired_from_the_staged_image) {
    Device device(small_layout(Plan::overwrite));
    device.load_primary(device.make({.version = 1, .payload_bytes = 2500}));
    const Image& v2 = device.make({.version = 2, .payload_bytes = 1000});
    device.stage_and_request(v2, Request::permanent);
    int lies = 0;
    device.environment.on_read = [&](Chip chip, std::uint32_t at, MutableBytes bytes) {
        const bool touched = device.world.code.bytes()[device.layout().primary.base + 512] == 0xff;
        if (chip == Chip::external && touched && at == device.layout().secondary.base + 512 && lies++ == 0) {
            bytes[7] ^= 0x80;
        }
    };
    const Outlook outlook = device.power_on();
    EXPECT_EQ(outlook.version, 2);
    EXPECT_GT(lies, 1) << "moved again";
}

TEST(BootOverwrite, a_staged_image_that_changed_for_good_is_never_run) {
    Device device(small_layout(Plan::overwrite));
    device.load_primary(device.make({.version = 1, .payload_bytes = 2500}));
    device.stage_and_request(device.make({.version = 2, .payload_bytes = 1000}), Request::permanent);
    device.environment.on_read = [&](Chip chip, std::uint32_t at, MutableBytes bytes) {
        const bool touched = device.world.code.bytes()[device.layout().primary.base + 2000] == 0xff;
        const std::uint32_t changed = device.layout().secondary.base + 600;
        const bool covers = at <= changed && changed < at + bytes.size();
        if (chip == Chip::external && touched && covers) bytes[changed - at] ^= 0x80;
    };
    const Outlook outlook = device.power_on();
    EXPECT_EQ(outlook.end, End::waiting);
    EXPECT_EQ(outlook.reason, Reason::primary_changed);
}

// ---- on trial -------------------------------------------------------------------------------------------------------

TEST_F(BootTest, trial_that_is_confirmed_stays_and_raises_the_counter_at_the_next_boot) {
    start_trial(v3);
    EXPECT_EQ(device.state().counter_floor, 5U);
    device.confirm();
    EXPECT_EQ(device.state().counter_floor, 5U) << "the bootloader alone raises it";
    for (int boot = 0; boot < 5; ++boot) expect_started(3);
    expect_idle(Outcome::installed, Reason::none, 7);
}

TEST_F(BootTest, trial_that_is_confirmed_serves_a_request_in_the_same_boot) {
    start_trial(v2);
    device.confirm();
    device.stage_and_request(v3, Request::test);
    expect_started(3);
    EXPECT_EQ(device.state().phase, Phase::on_trial);
}

TEST_F(BootTest, trial_that_is_never_confirmed_is_reverted_after_three_boots) {
    start_trial(v3);
    expect_started(3);
    expect_started(3);
    expect_started(1);
    expect_idle(Outcome::reverted, Reason::not_confirmed, 5);
    for (int boot = 0; boot < 3; ++boot) expect_started(1);
}

TEST_F(BootTest, trial_drops_a_request_made_before_its_confirmation) {
    start_trial(v2);
    EXPECT_FALSE(device.application([](Application& app) { return app.request(Request::permanent); }))
        << "the library refuses it";
    device.set_state([](State& state) { state.request = Request::permanent; });
    expect_started(2);
    EXPECT_EQ(device.state().request, Request::none);
    EXPECT_EQ(device.state().reason, Reason::request_on_trial);
}

TEST_F(BootTest, trial_that_fails_once_is_looked_at_again_and_twice_is_reverted) {
    start_trial(v2);
    misread_primary_once();
    expect_started(2);
    device.environment.on_read = nullptr;
    device.damage_primary();
    const Outlook outlook = device.power_on();
    EXPECT_EQ(outlook.version, 1);
    EXPECT_EQ(outlook.resets, 1U);
    expect_idle(Outcome::reverted, Reason::primary_failed, 5);
}

TEST_F(BootTest, trial_without_attempts_and_with_a_damaged_backup_stays_and_says_so) {
    start_trial(v2);
    use_up_attempts(2);
    damage_backup();
    for (int boot = 0; boot < 3; ++boot) expect_started(2, Reason::backup_lost);
    const State state = device.state();
    EXPECT_EQ(state.phase, Phase::on_trial);
    EXPECT_EQ(state.attempts, 0);
    EXPECT_EQ(state.flags, flag_backup_lost);
    EXPECT_EQ(state.counter_floor, 5U);
}

TEST_F(BootTest, trial_whose_backup_is_lost_can_be_confirmed_or_updated) {
    start_trial(v2);
    use_up_attempts(2);
    damage_backup();
    expect_started(2, Reason::backup_lost);
    const World lost = device.world;
    device.confirm();
    expect_started(2);
    expect_idle(Outcome::installed, Reason::none, 5);

    device.rewind(lost);
    start_trial(v3);
    use_up_attempts(3);
    expect_started(2); // what was there before, though it had never been confirmed
}

TEST_F(BootTest, trial_without_attempts_runs_on_while_the_chip_is_silent) {
    start_trial(v2);
    use_up_attempts(2);
    device.environment.good_external_accesses = 0;
    for (int boot = 0; boot < 3; ++boot) expect_started(2, Reason::chip_missing);
    EXPECT_EQ(device.state().phase, Phase::on_trial);
    EXPECT_EQ(device.state().flags, 0);
    device.environment.good_external_accesses = TestEnvironment::never;
    expect_started(1);
}

TEST_F(BootTest, trial_that_breaks_with_a_damaged_backup_leaves_nothing_valid) {
    start_trial(v2);
    device.damage_primary();
    damage_backup();
    EXPECT_EQ(device.power_on().end, End::waiting);
    EXPECT_EQ(device.state().outcome, Outcome::nothing_valid);
}

TEST_F(BootTest, staging_is_refused_while_the_backup_is_needed) {
    start_trial(v2);
    EXPECT_FALSE(device.application([&](Application& app) { return app.stage(v3.staged); }));
    device.confirm();
    EXPECT_TRUE(device.application([&](Application& app) { return app.stage(v3.staged); }));
}

// ---- nothing valid --------------------------------------------------------------------------------------------------

TEST_F(BootTest, nothing_valid_says_why_tries_again_and_then_only_waits) {
    install(v3);
    device.damage_primary();
    const std::uint32_t writes_before = device.environment.external_writes;
    device.environment.patience = 1000;
    const Outlook outlook = device.power_on();
    EXPECT_EQ(outlook.end, End::waiting);
    EXPECT_EQ(outlook.resets, 1U + nothing_valid_limit);
    EXPECT_EQ(outlook.recoveries, 1U + nothing_valid_limit);
    EXPECT_EQ(outlook.reason, Reason::bad_hash);
    EXPECT_EQ(device.environment.external_writes, writes_before);
    const std::uint32_t journal_writes = device.environment.journal_writes;
    EXPECT_EQ(device.power_on().end, End::waiting);
    EXPECT_EQ(device.environment.journal_writes, journal_writes) << "told once is enough";
}

TEST_F(BootTest, an_empty_device_waits_and_writes_nothing) {
    device.world = World(device.product());
    const World before = device.world;
    const Outlook outlook = device.power_on();
    EXPECT_EQ(outlook.end, End::waiting);
    EXPECT_EQ(outlook.reason, Reason::no_image);
    EXPECT_TRUE(before == device.world);
}

TEST_F(BootTest, a_device_that_is_repaired_runs_again) {
    install(v3);
    const World good = device.world;
    device.damage_primary();
    EXPECT_EQ(device.power_on().end, End::waiting);
    device.world.code = good.code;
    expect_started(3);
    expect_started(3);
    EXPECT_EQ(device.state().flags, 0);
}

} // namespace
} // namespace outboot::core
