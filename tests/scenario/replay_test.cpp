// Histories of the explorer on the real binaries, judged by the explorer's reference model: random ones, and an update
// and its way back with one cut, wherever the explorer can make it. OUTBOOT_FULL=1 takes all of the latter, and many
// more of the former.
#include <algorithm>
#include <cstdlib>
#include <string_view>

#include <gtest/gtest.h>

#include "explore/campaign.hpp"
#include "explore/explorer.hpp"
#include "explore/walk.hpp"
#include "rig/replay.hpp"
#include "tests/scenario/scenario.hpp"

namespace outboot::scenario {
namespace {

explore::Geometry geometry_named(const std::string& name) {
    return explore::device_history(name + ":b").first;
}

bool full() {
    const char* const value = std::getenv("OUTBOOT_FULL");
    return value != nullptr && std::string_view(value) == "1";
}

constexpr auto silent = [](const std::string&, bool) {};

// How many flash operations the last step of a history has.
std::uint32_t operations_of_last(const explore::Geometry& geometry, const std::vector<explore::Step>& history) {
    std::uint32_t operations = 0;
    std::uint32_t last = 0;
    const auto after_step = [&](const explore::Scene&, const explore::Device&) {
        last = operations;
        operations = 0;
    };
    (void)explore::replay(geometry, history, silent, after_step, [&](const explore::Operation&) { ++operations; });
    return last;
}

// An update, and where there is one the way back, with the supply cut once: each operation of each boot that installs,
// reverts or uses up an attempt, before it, in it and after it. What is cut before an operation is cut after the one
// before, but for the first.
std::vector<std::vector<explore::Step>> with_each_single_cut(const explore::Geometry& geometry) {
    const bool overwrites = geometry.layout.plan == Plan::overwrite;
    const auto story = explore::parse_history(overwrites ? "b,s1,p,o,b" : "b,s1,t,o,b,o,b,o,b,o,b,o,b");
    std::vector<std::vector<explore::Step>> all;
    for (std::size_t i = 1; i < story.size(); ++i) {
        if (story[i].actor != explore::Actor::boot) continue;
        const std::vector<explore::Step> whole(story.begin(), story.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        const auto add = [&](explore::Cut cut, std::uint32_t operation) {
            auto history = whole;
            history.back().cut = cut;
            history.back().operation = static_cast<std::uint16_t>(operation);
            // On to the end: the cut may have cost an attempt or not.
            history.insert(history.end(), story.begin() + static_cast<std::ptrdiff_t>(i), story.end());
            all.push_back(std::move(history));
        };
        add(explore::Cut::before, 0);
        const std::uint32_t operations = operations_of_last(geometry, whole);
        for (std::uint32_t operation = 1; operation <= operations; ++operation) {
            add(explore::Cut::inside, operation);
            add(explore::Cut::after, operation);
        }
    }
    return all;
}

class Replay : public testing::TestWithParam<Plan> {
  protected:
    [[nodiscard]] std::string name() const {
        return plan_name(testing::TestParamInfo<Plan>(GetParam(), 0)) + "-2-board";
    }
    [[nodiscard]] Replayed replay(const explore::Geometry& geometry, const std::vector<explore::Step>& history,
                                  std::uint64_t seed) const {
        return rig::replay(product_of(GetParam()), geometry, history, seed, silent);
    }
};

TEST_P(Replay, random_histories_of_cuts_end_well) {
    const std::uint64_t histories = full() ? 1000 : 12;
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

TEST_P(Replay, an_update_and_its_way_back_end_well_after_each_single_cut) {
    const explore::Geometry geometry = geometry_named(name());
    const auto histories = with_each_single_cut(geometry);
    ASSERT_GT(histories.size(), 60U);
    const std::size_t step = full() ? 1 : histories.size() / 24;
    unsigned cuts = 0;
    for (std::size_t i = 0; i < histories.size(); i += step) {
        const std::string line = explore::to_text(name(), histories[i]);
        EXPECT_EQ(explore::replay(geometry, histories[i], silent), "") << line;
        const Replayed replayed = replay(geometry, histories[i], 1);
        EXPECT_EQ(replayed.wrong, "") << line;
        EXPECT_EQ(replayed.missed, 0U) << line;
        ++cuts;
    }
    RecordProperty("cuts", static_cast<int>(cuts));
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

// Some of the explorer's faulty cores (tests/explore/mutants), on the board.
class FaultyBootloader : public testing::TestWithParam<const char*> {};

TEST_P(FaultyBootloader, is_found_by_replays_of_single_cuts) {
    const rig::Product faulty = with_faulty_bootloader(GetParam());
    const explore::Geometry geometry = geometry_named("offset-2-board");
    const auto histories = with_each_single_cut(geometry);
    std::string wrong;
    for (std::size_t i = 0; i < histories.size() && wrong.empty(); i += 5) {
        wrong = rig::replay(faulty, geometry, histories[i], 1, silent).wrong;
    }
    EXPECT_NE(wrong, "") << "it survives";
    RecordProperty("wrong", wrong);
}

INSTANTIATE_TEST_SUITE_P(Cores, FaultyBootloader,
                         testing::Values("mark_before_copy", "resumes_a_move_late", "goes_out_in_clear"),
                         [](const auto& param) { return std::string(param.param); });

TEST(ReplayShape, a_geometry_of_another_shape_is_refused) {
    const core::Layout& layout = product_of(Plan::offset).layout.core;
    EXPECT_EQ(rig::scale_of(geometry_named("offset-2-board"), layout), 16U);
    EXPECT_THROW((void)rig::scale_of(geometry_named("scratch-2-board"), layout), std::invalid_argument);
    EXPECT_THROW((void)rig::scale_of(geometry_named("offset-2"), layout), std::invalid_argument);
}

} // namespace
} // namespace outboot::scenario
