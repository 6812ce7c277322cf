// The reference model: each promise it holds a device to, kept and broken.
#include "explore/model.hpp"

#include <array>

#include <gtest/gtest.h>

namespace outboot::explore {
namespace {

constexpr std::array<std::uint8_t, 3> any{0xff, 0xff, 0xff}; // may follow any
using core::Request;

Model requested(Request kind, std::uint8_t image = 1) {
    Model model(0, false);
    model.staging_begins(image);
    model.staging_done(image);
    model.request_begins(kind);
    model.request_done(kind);
    return model;
}

Model on_trial() {
    Model model = requested(Request::test);
    EXPECT_EQ(model.started(1, true, any), "");
    return model;
}

bool kept(Model model, std::uint8_t image, bool says_on_trial, std::span<const std::uint8_t> may_follow = any) {
    return model.started(image, says_on_trial, may_follow).empty();
}

TEST(Model, without_a_request_the_confirmed_image_runs) {
    EXPECT_TRUE(kept(Model(0, false), 0, false));
    EXPECT_FALSE(kept(Model(0, false), 1, false));
    EXPECT_FALSE(kept(Model(0, false), 0, true));
}

TEST(Model, a_good_request_is_served) {
    EXPECT_TRUE(kept(requested(Request::test), 1, true));
    EXPECT_TRUE(kept(requested(Request::permanent), 1, false));
    EXPECT_FALSE(kept(requested(Request::test), 0, false));
    EXPECT_FALSE(kept(requested(Request::test), 1, false)) << "a test isn't for good";
    EXPECT_FALSE(kept(requested(Request::permanent), 1, true));
    EXPECT_FALSE(kept(requested(Request::test), 2, true)) << "another image";
}

TEST(Model, a_request_may_be_lost_after_three_cut_looks_and_no_sooner) {
    Model model = requested(Request::test);
    model.boot_cut();
    model.boot_cut();
    EXPECT_FALSE(kept(model, 0, false));
    model.boot_cut();
    EXPECT_TRUE(kept(model, 0, false));
    EXPECT_TRUE(kept(model, 1, true));
}

TEST(Model, what_may_not_follow_the_confirmed_image_must_not_run) {
    constexpr std::array<std::uint8_t, 3> only_old{1, 3, 7};
    EXPECT_TRUE(kept(requested(Request::test), 0, false, only_old));
    EXPECT_FALSE(kept(requested(Request::test), 1, true, only_old));
}

TEST(Model, a_trial_has_three_boots) {
    Model model = on_trial();
    EXPECT_EQ(model.started(1, true, any), "");
    EXPECT_FALSE(kept(model, 0, false)) << "one is left";
    EXPECT_EQ(model.started(1, true, any), "");
    EXPECT_FALSE(kept(model, 1, true)) << "none is left";
    EXPECT_TRUE(kept(model, 0, false));
}

TEST(Model, a_cut_boot_may_cost_an_attempt) {
    Model model = on_trial();
    model.boot_cut();
    EXPECT_FALSE(kept(model, 0, false));
    model.boot_cut();
    EXPECT_TRUE(kept(model, 0, false));
    EXPECT_TRUE(kept(model, 1, true));
}

TEST(Model, a_confirmed_image_is_never_lost) {
    Model model = on_trial();
    model.confirm_begins();
    EXPECT_TRUE(kept(model, 1, false));
    EXPECT_TRUE(kept(model, 1, true)) << "cut while it was written, it may not have got through";
    model.confirm_done();
    EXPECT_FALSE(kept(model, 0, false));
    EXPECT_FALSE(kept(model, 1, true));
    EXPECT_EQ(model.started(1, false, any), "");
    EXPECT_EQ(model.base(), 1);
    EXPECT_FALSE(kept(model, 0, false));
}

TEST(Model, an_unconfirmed_image_stays_on_trial) {
    EXPECT_FALSE(kept(on_trial(), 1, false));
}

TEST(Model, a_staging_that_was_cut_may_have_left_either_image_whole_or_neither) {
    Model model(0, false);
    model.staging_begins(1);
    model.staging_done(1);
    model.staging_begins(2);
    model.request_begins(Request::test);
    model.request_done(Request::test);
    EXPECT_TRUE(kept(model, 1, true));
    EXPECT_TRUE(kept(model, 2, true));
    EXPECT_TRUE(kept(model, 0, false));
    EXPECT_FALSE(kept(model, 3, true));
}

TEST(Model, a_cut_request_that_a_boot_didnt_see_may_come_back_where_writes_flip) {
    for (const bool flips : {false, true}) {
        Model model(0, flips);
        model.staging_begins(1);
        model.staging_done(1);
        model.request_begins(Request::test);
        EXPECT_EQ(model.started(0, false, any), "");
        EXPECT_EQ(kept(model, 1, true), flips);
        model.withdrawal_begins();
        model.withdrawal_done();
        EXPECT_FALSE(kept(model, 1, true));
    }
}

TEST(Model, two_cut_requests_of_either_kind_may_both_be_served) {
    Model model = requested(Request::permanent);
    model.request_begins(Request::permanent); // cut
    model.request_begins(Request::test);      // it was not seen, and this one was cut too
    EXPECT_TRUE(kept(model, 1, true));
    EXPECT_TRUE(kept(model, 1, false));
    model.request_done(Request::test);
    EXPECT_TRUE(kept(model, 1, true));
    EXPECT_FALSE(kept(model, 1, false));
}

} // namespace
} // namespace outboot::explore
