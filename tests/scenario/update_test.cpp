// Whole updates, as a user sees them: installed and confirmed, not confirmed and reverted, permanent; for images of
// all kinds of sizes.
#include <fmt/format.h>

#include "rig/xmodem.hpp"
#include "tests/scenario/scenario.hpp"

namespace outboot::scenario {
namespace {

class Revertible : public EveryPlan {
  protected:
    void there_and_back(const Image& v1, const Image& v2) {
        begin_with(v1);
        expect_runs(device.update(v2, Request::test), v2);
        use_up_attempts(v2);
        expect_runs(device.start(), v1);
        expect_state(Phase::idle, Outcome::reverted, Reason::not_confirmed, 1);
    }
};
// Once the example named what it received by its timer, which can stand the same in two boots: the second of these was
// taken for the rest of the first.
TEST_P(EveryPlan, what_is_received_takes_the_place_of_what_was_received_before) {
    begin_with(image(1, 2));
    for (const int version : {2, 3}) {
        const Image sent = device.make({.version = version, .bytes = image_of_chunks(device.product, 2)});
        EXPECT_TRUE(device.start().ready());
        const std::string begun = device.ask(fmt::format("receive {}", sent.staged.size()));
        ASSERT_EQ(begun, "receive: send with XMODEM");
        ASSERT_EQ(send_xmodem(device.board, sent.staged).stop, board::Stop::uart_text);
        const auto there = device.board.external().array().bytes().subspan(device.product.layout.core.secondary.base);
        EXPECT_TRUE(std::equal(sent.staged.begin(), sent.staged.end(), there.begin())) << "version " << version;
    }
}

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

TEST_P(Revertible, there_and_back_with_images_that_nearly_fill_the_slot) {
    const std::uint32_t largest = largest_image(device.product);
    const Image v1 = device.make({.version = 1, .bytes = largest - 2000});
    const Image v2 = device.make({.version = 2, .bytes = largest});
    there_and_back(v1, v2);
}

TEST_P(Revertible, there_and_back_from_a_small_image_to_a_full_one) {
    there_and_back(device.make({.version = 1}), device.make({.version = 2, .bytes = largest_image(device.product)}));
}

TEST_P(Revertible, there_and_back_from_a_full_image_to_a_small_one) {
    there_and_back(device.make({.version = 1, .bytes = largest_image(device.product)}), device.make({.version = 2}));
}

TEST_P(Revertible, there_and_back_with_small_images) {
    there_and_back(device.make({.version = 1}), device.make({.version = 2}));
}

TEST_P(Revertible, there_and_back_to_a_larger_image) {
    there_and_back(image(1, 2), image(2, 5));
}

TEST_P(Revertible, there_and_back_to_a_smaller_image) {
    there_and_back(image(1, 5), image(2, 2));
}

class Overwrite : public Scenario {
  protected:
    Overwrite() : Scenario(Plan::overwrite) {}
};

TEST_F(Overwrite, replaces_images_that_nearly_fill_the_slot_and_writes_nothing_outside) {
    const std::uint32_t largest = largest_image(device.product);
    const Image v2 = device.make({.version = 2, .bytes = largest});
    begin_with(device.make({.version = 1, .bytes = largest - 3000}));
    expect_runs(device.update(v2, Request::permanent), v2);
    EXPECT_TRUE(device.board.external().writes().empty());
}

TEST_F(Overwrite, leaves_nothing_of_a_full_image_behind_a_small_one) {
    const Image v2 = device.make({.version = 2});
    begin_with(device.make({.version = 1, .bytes = largest_image(device.product)}));
    expect_runs(device.update(v2, Request::permanent), v2); // and looks behind it
}

// Programmed in clear by the factory, never encrypted by anyone: it leaves encrypted all the same.
TEST_P(Revertible, there_and_back_with_a_factory_image_in_clear) {
    const Image v1 = device.make({.version = 1, .bytes = image_of_chunks(device.product, 3), .encrypted = false});
    there_and_back(v1, image(2, 4));
}

// Whatever lies behind an image in the slot isn't part of it, and isn't anybody's business.
TEST_P(Revertible, what_lies_behind_an_image_stays_inside) {
    const Image v1 = image(1, 3);
    begin_with(v1);
    device.board.power_off();
    device.leave_behind(v1);
    ASSERT_TRUE(device.start().ready());
    const Landing landing = device.update(image(2, 5), Request::permanent);
    EXPECT_TRUE(landing.ready() && landing.record.running.major == 2) << landing.describe();
}

TEST_P(EveryPlan, counter_rises_with_what_is_confirmed_and_never_falls) {
    const Image v1 = image(1, 2, 1);
    const Image v2 = image(2, 2, 5);
    const Image v3 = image(3, 2, 4);
    const Image v4 = image(4, 2, 5);
    begin_with(v1);
    expect_runs(device.update(v2, Request::permanent), v2);
    expect_runs(device.update(v3, Request::permanent), v2);
    expect_state(Phase::idle, Outcome::refused, Reason::counter_too_low, 5);
    expect_runs(device.update(v4, Request::permanent), v4);
    expect_state(Phase::idle, Outcome::installed, Reason::none, 5);
}

TEST_P(Revertible, counter_of_an_image_that_was_never_confirmed_doesnt_count) {
    const Image v1 = image(1, 2, 2);
    const Image v2 = image(2, 2, 7);
    begin_with(v1);
    expect_runs(device.update(v2, Request::test), v2);
    use_up_attempts(v2);
    expect_runs(device.start(), v1);
    expect_state(Phase::idle, Outcome::reverted, Reason::not_confirmed, 2);
}

} // namespace
} // namespace outboot::scenario
