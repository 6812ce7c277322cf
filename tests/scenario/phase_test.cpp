// Every row of DESIGN.md's phase table, on the real binaries. What power cuts and chips in trouble do to the rows is in
// power_test.cpp and chip_test.cpp, what images are refused in refusal_test.cpp.
#include "tests/scenario/scenario.hpp"

namespace outboot::scenario {
namespace {

// What DESIGN.md promises.
constexpr unsigned looking_limit = 3;
constexpr int trial_attempts = 3;
constexpr unsigned nothing_valid_limit = 8;

constexpr board::Picoseconds while_waiting = 3 * board::second; // long enough for what doesn't wait

class PhaseTest : public Scenario {
  protected:
    explicit PhaseTest(Plan plan = Plan::offset, const board::Config& config = {}) : Scenario(plan, config) {}

    const Image v1 = image(1, 2, 1);
    const Image v2 = image(2, 3, 1);
    const Image v3 = image(3, 2, 4);

    void install(const Image& first, const Image& second) {
        begin_with(first);
        expect_runs(device.update(second, Request::permanent), second);
    }

    void begin_trial() {
        begin_with(v1);
        expect_runs(device.update(v2, Request::test), v2);
    }

    // One bit of the primary's payload, as long as the power stays off.
    void flip_primary_bit(std::uint32_t offset = 0x3000) {
        device.board.power_off();
        const std::uint32_t at = device.product.layout.primary().address + offset;
        device.board.program(at, tool::ByteVector{static_cast<std::uint8_t>(device.board.read(at, 1)[0] ^ 1)});
    }

    void flip_external_bit(std::uint32_t offset) {
        auto& array = device.board.external().array();
        array.load(offset, tool::ByteVector{static_cast<std::uint8_t>(array.bytes()[offset] ^ 1)});
    }

    [[nodiscard]] std::uint32_t backup() const { return device.backup_base(); }
    [[nodiscard]] const core::Layout& layout() const { return device.product.layout.core; }

    // Lets a chip lie: `offset` reads wrong while `lies` says so.
    void lie_at(std::uint32_t offset, std::function<bool()> lies) {
        device.board.external().on_access = [this, offset, lies = std::move(lies),
                                             lying = false](board::Nor::Access access, std::uint32_t at,
                                                            std::uint32_t count) mutable {
            const bool concerned = access == board::Nor::Access::read && at <= offset && offset < at + count;
            if (!concerned || lies() == lying) return;
            flip_external_bit(offset);
            lying = !lying;
        };
    }

    // From the first read in this phase on, for good.
    void change_at(std::uint32_t offset, Phase phase) {
        lie_at(offset, [this, phase, changed = false]() mutable {
            changed = changed || device.state().phase == phase;
            return changed;
        });
    }

    // Nothing to run: says so, and waits without writing.
    void expect_nothing_valid(Reason reason) {
        const Landing landing = device.run_to_a_reason();
        EXPECT_EQ(landing.run.stop, board::Stop::time_limit) << landing.describe();
        EXPECT_EQ(landing.record.application_runs, 0);
        EXPECT_EQ(core::name(landing.record.boot_reason), core::name(reason));
        EXPECT_EQ(landing.record.state.outcome, Outcome::nothing_valid);
        EXPECT_EQ(core::name(landing.record.state.reason), core::name(reason));
        device.run(while_waiting);
        const auto before = device.board.operations().total();
        const Landing later = device.run(while_waiting);
        EXPECT_EQ(later.run.stop, board::Stop::time_limit) << later.describe();
        EXPECT_EQ(device.board.operations().total(), before) << "nothing is written while it waits";
    }
};

// ---- idle, no request -----------------------------------------------------------------------------------------------

TEST_F(PhaseTest, idle_runs_the_primary_and_leaves_the_chip_alone) {
    begin_with(v1);
    for (int boot = 0; boot < 2; ++boot) expect_runs(device.start(), v1);
    EXPECT_EQ(device.board.external().bytes_read(), 0U);
    EXPECT_EQ(device.board.operations().total(), 0U) << "nothing to record, nothing written";
    EXPECT_TRUE(device.board.external().writes().empty());
}

TEST_F(PhaseTest, idle_primary_that_fails_once_is_looked_at_again_after_a_reset) {
    install(v1, v2);
    flip_primary_bit();
    device.board.power_on();
    const auto first = device.board.run({.resets = 0});
    EXPECT_EQ(first.stop, board::Stop::reset_limit);
    const std::uint32_t at = device.product.layout.primary().address + 0x3000;
    device.board.program(at, tool::ByteSpan(v2.clear).subspan(0x3000, 1)); // it was a passing fault
    expect_runs(device.run(), v2);
    EXPECT_EQ(device.state().flags, 0);
    expect_state(Phase::idle, Outcome::installed, Reason::none, 1);
}

TEST_F(PhaseTest, idle_primary_that_fails_twice_is_replaced_by_its_backup) {
    install(v1, v2);
    flip_primary_bit();
    const Landing landing = device.start();
    expect_runs(landing, v1);
    EXPECT_EQ(landing.resets, 1U);
    expect_state(Phase::idle, Outcome::reverted, Reason::primary_failed, 1);
}

TEST_F(PhaseTest, idle_backup_below_the_floor_doesnt_replace_a_broken_primary) {
    install(v1, v3);
    flip_primary_bit();
    device.board.power_on();
    expect_nothing_valid(Reason::bad_hash);
}

TEST_F(PhaseTest, idle_backup_that_doesnt_verify_doesnt_replace_a_broken_primary) {
    install(v1, v2);
    flip_primary_bit();
    flip_external_bit(backup() + 0x4000);
    device.board.power_on();
    expect_nothing_valid(Reason::bad_hash);
}

TEST_F(PhaseTest, idle_primary_of_another_layout_or_time_is_neither_run_nor_erased) {
    install(v1, v3);
    const Image old = image(1, 2, 3);
    const Image foreign = device.make({.version = 1,
                                       .bytes = image_of_chunks(device.product, 2),
                                       .counter = 4,
                                       .fingerprint = device.product.foreign_fingerprint()});
    for (const auto& [unfit, reason] : {std::pair{&old, Reason::counter_too_low}, {&foreign, Reason::wrong_layout}}) {
        device.board.power_off();
        tool::ByteVector slot(layout().primary.size, 0xff);
        std::copy(unfit->clear.begin(), unfit->clear.end(), slot.begin());
        device.board.program(device.product.layout.primary().address, slot);
        device.board.power_on();
        expect_nothing_valid(reason);
        EXPECT_TRUE(device.primary_holds(*unfit));
    }
}

// ---- idle, request --------------------------------------------------------------------------------------------------

TEST_F(PhaseTest, request_with_a_primary_that_fails_twice_is_served_by_overwrite) {
    for (const Request kind : {Request::test, Request::permanent}) {
        device.board.power_off();
        device.board.set_contents(board::Board().contents());
        begin_with(v1);
        device.stage(v2.staged);
        device.ask("request " + std::string(core::name(kind)));
        flip_primary_bit();
        const Landing landing = device.start();
        expect_runs(landing, v2);
        EXPECT_EQ(landing.resets, 1U);
        EXPECT_TRUE(device.board.external().writes().empty()) << "a broken image isn't copied out";
    }
}

TEST_F(PhaseTest, request_whose_look_hangs_is_dropped_after_three) {
    begin_with(v1);
    device.stage(v2.staged);
    EXPECT_EQ(device.ask("request test"), "request test: ok");
    device.board.external().on_access = [this](auto, auto, auto) {
        device.board.cut_at_instruction(device.board.instructions());
    };
    for (unsigned look = 1; look <= looking_limit; ++look) {
        EXPECT_EQ(device.start().run.stop, board::Stop::power_cut);
        EXPECT_EQ(device.state().looking, look);
    }
    const Landing landing = device.start();
    expect_runs(landing, v1);
    expect_state(Phase::idle, Outcome::refused, Reason::looking_limit, 1);
    EXPECT_TRUE(device.board.external().writes().empty());
}

TEST_F(PhaseTest, request_whose_third_look_succeeds_is_served) {
    begin_with(v1);
    device.stage(v2.staged);
    EXPECT_EQ(device.ask("request test"), "request test: ok");
    device.board.external().on_access = [this](auto, auto, auto) {
        device.board.cut_at_instruction(device.board.instructions());
    };
    for (unsigned look = 1; look < looking_limit; ++look) {
        EXPECT_EQ(device.start().run.stop, board::Stop::power_cut);
    }
    device.board.external().on_access = nullptr;
    expect_runs(device.start(), v2);
}

TEST_F(PhaseTest, request_with_a_silent_chip_is_kept_and_counted) {
    begin_with(v1);
    device.stage(v2.staged);
    EXPECT_EQ(device.ask("request test"), "request test: ok");
    device.board.external().silence();
    for (int look = 1; look <= 2; ++look) {
        const Landing landing = look == 1 ? device.reset() : device.start();
        expect_runs(landing, v1);
        EXPECT_EQ(core::name(landing.record.boot_reason), core::name(Reason::chip_missing));
        EXPECT_EQ(landing.record.state.request, Request::test);
        EXPECT_EQ(landing.record.state.looking, look);
    }
    device.board.external().answer();
    expect_runs(device.start(), v2);
    expect_state(Phase::on_trial, Outcome::on_trial, Reason::none, 1);
}

TEST_F(PhaseTest, request_accepted_as_test_gives_three_attempts) {
    begin_trial();
    expect_state(Phase::on_trial, Outcome::on_trial, Reason::none, 1);
    EXPECT_EQ(device.state().attempts, trial_attempts - 1);
}

TEST_F(PhaseTest, request_accepted_as_permanent_raises_the_counter) {
    install(v1, v3);
    expect_state(Phase::idle, Outcome::installed, Reason::none, 4);
}

class OverwritePhaseTest : public PhaseTest {
  protected:
    OverwritePhaseTest() : PhaseTest(Plan::overwrite) {}
};

TEST_F(OverwritePhaseTest, request_for_a_test_is_refused_under_overwrite) {
    begin_with(v1);
    expect_runs(device.update(v2, Request::test), v1);
    expect_state(Phase::idle, Outcome::refused, Reason::test_not_revertible, 1);
}

TEST_F(OverwritePhaseTest, request_for_a_test_is_served_under_overwrite_if_the_primary_is_broken) {
    begin_with(v1);
    device.stage(v2.staged);
    EXPECT_EQ(device.ask("request test"), "request test: ok");
    flip_primary_bit();
    expect_runs(device.start(), v2);
}

// ---- moving ---------------------------------------------------------------------------------------------------------

TEST_F(PhaseTest, moving_ends_in_the_old_image_if_what_arrived_isnt_what_was_verified) {
    begin_with(v1);
    change_at(layout().secondary.base + 0x5000, Phase::moving);
    expect_runs(device.update(v2, Request::test), v1);
    expect_state(Phase::idle, Outcome::reverted, Reason::primary_changed, 1);
}

TEST_F(OverwritePhaseTest, moving_starts_again_under_overwrite_while_the_staged_image_is_the_verified_one) {
    begin_with(v1);
    int lies = 1; // once, in the move
    lie_at(layout().secondary.base + 0x5000, [&] { return device.state().phase == Phase::moving && lies-- > 0; });
    expect_runs(device.update(v2, Request::permanent), v2);
    EXPECT_LT(lies, 1);
    expect_state(Phase::idle, Outcome::installed, Reason::none, 1);
}

TEST_F(OverwritePhaseTest, moving_ends_with_nothing_valid_under_overwrite_if_the_staged_image_has_changed) {
    begin_with(v1);
    change_at(layout().secondary.base + 0x5000, Phase::moving);
    device.stage(v2.staged);
    EXPECT_EQ(device.ask("request permanent"), "request permanent: ok");
    device.board.send("reset\n");
    expect_nothing_valid(Reason::primary_changed);
}

// ---- on trial, confirmed --------------------------------------------------------------------------------------------

TEST_F(PhaseTest, on_trial_confirmed_becomes_idle_and_raises_the_counter) {
    begin_with(v1);
    expect_runs(device.update(v3, Request::test), v3);
    EXPECT_EQ(device.ask("confirm"), "confirm: ok");
    expect_runs(device.reset(), v3);
    expect_state(Phase::idle, Outcome::installed, Reason::none, 4);
}

TEST_F(PhaseTest, on_trial_confirmed_serves_a_request_at_once) {
    begin_trial();
    EXPECT_EQ(device.ask("confirm"), "confirm: ok");
    expect_runs(device.update(v3, Request::test), v3);
    expect_state(Phase::on_trial, Outcome::on_trial, Reason::none, 1);
    use_up_attempts(v3);
    expect_runs(device.start(), v2); // not v1: the confirmed one is what can come back
}

// ---- on trial -------------------------------------------------------------------------------------------------------

TEST_F(PhaseTest, on_trial_primary_that_fails_twice_is_replaced_by_the_backup) {
    begin_trial();
    flip_primary_bit();
    const Landing landing = device.start();
    expect_runs(landing, v1);
    EXPECT_EQ(landing.resets, 1U);
    expect_state(Phase::idle, Outcome::reverted, Reason::primary_failed, 1);
}

TEST_F(PhaseTest, on_trial_primary_that_fails_without_a_good_backup_leaves_nothing_valid) {
    begin_trial();
    flip_primary_bit();
    flip_external_bit(backup() + 0x4000);
    device.board.power_on();
    expect_nothing_valid(Reason::bad_hash);
}

TEST_F(PhaseTest, on_trial_each_boot_takes_an_attempt_and_the_backup_comes_back) {
    begin_trial();
    for (int left = trial_attempts - 2; left >= 0; --left) {
        expect_runs(device.start(), v2);
        EXPECT_EQ(device.state().attempts, left);
    }
    expect_runs(device.start(), v1);
    expect_state(Phase::idle, Outcome::reverted, Reason::not_confirmed, 1);
}

TEST_F(PhaseTest, on_trial_without_attempts_and_backup_the_trial_image_stays_and_can_be_updated) {
    begin_trial();
    use_up_attempts(v2);
    device.board.power_off();
    flip_external_bit(backup() + 0x4000);
    for (int boot = 0; boot < 2; ++boot) {
        const Landing landing = device.start();
        expect_runs(landing, v2);
        EXPECT_EQ(core::name(landing.record.boot_reason), core::name(Reason::backup_lost));
        expect_state(Phase::on_trial, Outcome::on_trial, Reason::backup_lost, 1);
        EXPECT_EQ(device.state().attempts, 0);
    }
    expect_runs(device.update(v3, Request::permanent), v3);
    expect_state(Phase::idle, Outcome::installed, Reason::none, 4);
}

TEST_F(PhaseTest, on_trial_without_attempts_and_with_a_silent_chip_the_trial_image_runs_until_the_chip_is_back) {
    begin_trial();
    use_up_attempts(v2);
    device.board.external().silence();
    for (int boot = 0; boot < 2; ++boot) {
        const Landing landing = device.start();
        expect_runs(landing, v2);
        EXPECT_EQ(core::name(landing.record.boot_reason), core::name(Reason::chip_missing));
        EXPECT_EQ(landing.record.state.phase, Phase::on_trial);
    }
    device.board.external().answer();
    expect_runs(device.start(), v1);
    expect_state(Phase::idle, Outcome::reverted, Reason::not_confirmed, 1);
}

TEST_F(PhaseTest, on_trial_and_unconfirmed_the_library_refuses_to_stage_and_to_request) {
    begin_trial();
    EXPECT_EQ(device.ask("request test"), "request test: not confirmed");
    EXPECT_EQ(device.ask("receive 50000"), "receive: not confirmed");
    EXPECT_TRUE(device.ask("confirm") == "confirm: ok" && device.ask("request test") == "request test: ok");
}

// ---- restoring ------------------------------------------------------------------------------------------------------

TEST_F(PhaseTest, restoring_is_repeated_while_the_backup_verifies) {
    begin_trial();
    use_up_attempts(v2);
    int lies = 1;
    lie_at(backup() + 0x5000, [&] { return device.state().phase == Phase::restoring && lies-- > 0; });
    expect_runs(device.start(), v1);
    EXPECT_LT(lies, 1);
    expect_state(Phase::idle, Outcome::reverted, Reason::not_confirmed, 1);
}

TEST_F(PhaseTest, restoring_from_a_backup_that_changed_on_the_way_leaves_nothing_valid) {
    begin_trial();
    use_up_attempts(v2);
    change_at(backup() + 0x5000, Phase::restoring);
    device.board.power_on();
    expect_nothing_valid(Reason::backup_lost);
}

// ---- nothing valid --------------------------------------------------------------------------------------------------

class WatchedPhaseTest : public PhaseTest {
  protected:
    WatchedPhaseTest() : PhaseTest(Plan::offset, {.watchdog = true}) {}
};

TEST_F(WatchedPhaseTest, nothing_valid_is_told_once_then_waited_for_with_bounded_retries) {
    begin_with(v1);
    flip_primary_bit();
    const Landing landing = device.start(20 * board::second);
    EXPECT_EQ(landing.run.stop, board::Stop::time_limit);
    EXPECT_EQ(landing.record.application_runs, 0);
    EXPECT_EQ(core::name(landing.record.boot_reason), core::name(Reason::bad_hash));
    EXPECT_EQ(landing.record.nothing_valid_boots, nothing_valid_limit);
    EXPECT_EQ(landing.resets, 1 + nothing_valid_limit) << landing.describe(); // the first one to look again
}

} // namespace
} // namespace outboot::scenario
