// Histories of the explorer on the real binaries: random ones, judged by the explorer's reference model. OUTBOOT_FULL=1
// takes many more.
#include <algorithm>
#include <cstdlib>
#include <string_view>

#include <gtest/gtest.h>

#include "explore/campaign.hpp"
#include "explore/walk.hpp"
#include "rig/replay.hpp"
#include "tests/scenario/scenario.hpp"

namespace outboot::scenario {
namespace {

explore::Geometry geometry_named(const std::string& name) {
    return explore::device_history(name + ":b").first;
}

class Replay : public testing::TestWithParam<Plan> {
  protected:
    [[nodiscard]] std::string name() const {
        return plan_name(testing::TestParamInfo<Plan>(GetParam(), 0)) + "-2-board";
    }
    [[nodiscard]] Replayed replay(const explore::Geometry& geometry, const std::vector<explore::Step>& history,
                                  std::uint64_t seed) const {
        return rig::replay(product_of(GetParam()), geometry, history, seed, [](const std::string&, bool) {});
    }
};

TEST_P(Replay, random_histories_of_cuts_end_well) {
    const char* const full = std::getenv("OUTBOOT_FULL");
    const std::uint64_t histories = full != nullptr && std::string_view(full) == "1" ? 1000 : 12;
    explore::Geometry geometry = geometry_named(name());
    geometry.updates = 0; // any number: one is too soon over
    unsigned cuts = 0;
    unsigned missed = 0;
    for (std::uint64_t seed = 1; seed <= histories; ++seed) {
        const auto history = explore::random_history(geometry, seed, 40);
        const Replayed replayed = replay(geometry, history, seed);
        EXPECT_EQ(replayed.wrong, "") << "seed " << seed << ": " << explore::to_text(name(), history);
        cuts += replayed.cuts;
        missed += replayed.missed;
    }
    EXPECT_GT(cuts, histories * 3) << "hardly anything was cut";
    EXPECT_LT(missed, cuts / 2) << "the cuts aren't where the explorer's are";
    RecordProperty("cuts", static_cast<int>(cuts));
    RecordProperty("missed", static_cast<int>(missed));
}

TEST_P(Replay, a_cut_is_made_at_the_place_where_the_explorer_makes_it) {
    const explore::Geometry geometry = geometry_named(name());
    for (const std::string steps : {"b,s1@9i,b", "b,s1,p@2a,b", "b,s1,p,b@12i,b", "b,s1,p,b@30a,b@3i,b"}) {
        const Replayed replayed = replay(geometry, explore::parse_history(steps), 1);
        EXPECT_EQ(replayed.wrong, "") << steps;
        EXPECT_EQ(replayed.missed, 0U) << steps;
        EXPECT_EQ(replayed.cuts, static_cast<unsigned>(std::ranges::count(steps, '@'))) << steps;
    }
}

INSTANTIATE_TEST_SUITE_P(Plans, Replay, testing::Values(Plan::offset, Plan::scratch, Plan::overwrite), plan_name);

TEST(ReplayShape, a_geometry_of_another_shape_is_refused) {
    const core::Layout& layout = product_of(Plan::offset).layout.core;
    EXPECT_EQ(rig::scale_of(geometry_named("offset-2-board"), layout), 16U);
    EXPECT_THROW((void)rig::scale_of(geometry_named("scratch-2-board"), layout), std::invalid_argument);
    EXPECT_THROW((void)rig::scale_of(geometry_named("offset-2"), layout), std::invalid_argument);
}

} // namespace
} // namespace outboot::scenario
