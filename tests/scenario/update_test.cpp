// Whole updates, as a user sees them: installed and confirmed, not confirmed and reverted, permanent; for images of
// all kinds of sizes.
#include "tests/scenario/scenario.hpp"

namespace outboot::scenario {
namespace {

class Revertible : public EveryPlan {};
INSTANTIATE_TEST_SUITE_P(Plans, Revertible, testing::Values(Plan::offset, Plan::scratch), plan_name);
INSTANTIATE_TEST_SUITE_P(Plans, EveryPlan, testing::Values(Plan::offset, Plan::scratch, Plan::overwrite), plan_name);

TEST_P(Revertible, update_is_tried_and_confirmed) {
    const Image v1 = image(1, 3);
    const Image v2 = image(2, 4, 5);
    begin_with(v1);
    expect_runs(device.update(v2, Request::test), v2);
    expect_state(Phase::on_trial, Outcome::on_trial, Reason::none, 1);
    EXPECT_EQ(device.ask("confirm"), "confirm: ok");
    expect_runs(device.reset(), v2);
    expect_state(Phase::idle, Outcome::installed, Reason::none, 5);
    for (int boot = 0; boot < 4; ++boot) expect_runs(device.start(), v2);
}

TEST_P(Revertible, update_that_is_never_confirmed_is_reverted) {
    const Image v1 = image(1, 4);
    const Image v2 = image(2, 3, 5);
    begin_with(v1);
    expect_runs(device.update(v2, Request::test), v2);
    for (int attempts_left = 1; attempts_left >= 0; --attempts_left) {
        expect_runs(device.start(), v2);
        EXPECT_EQ(device.state().attempts, attempts_left);
    }
    expect_runs(device.start(), v1);
    expect_state(Phase::idle, Outcome::reverted, Reason::not_confirmed, 1);
}

TEST_P(EveryPlan, permanent_update_needs_no_confirmation) {
    const Image v1 = image(1, 3);
    const Image v2 = image(2, 3, 2);
    begin_with(v1);
    expect_runs(device.update(v2, Request::permanent), v2);
    expect_state(Phase::idle, Outcome::installed, Reason::none, 2);
    for (int boot = 0; boot < 4; ++boot) expect_runs(device.start(), v2);
}

} // namespace
} // namespace outboot::scenario
