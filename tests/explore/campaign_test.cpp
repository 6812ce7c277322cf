// Explorations that finish in seconds: all of their reachable states, none of them wrong. The numbers of states are
// printed; `outboot explore` prints the same table.
#include "explore/campaign.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "explore/explorer.hpp"
#include "explore/walk.hpp"

namespace outboot::explore {
namespace {

class Quick : public testing::TestWithParam<std::string> {};

std::vector<std::string> names(Size size) {
    std::vector<std::string> found;
    for (const Campaign& campaign : all_campaigns()) {
        if (campaign.size == size) found.push_back(campaign.name);
    }
    return found;
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
    std::string name = info.param;
    for (char& letter : name) letter = letter == '-' ? '_' : letter;
    return name;
}

INSTANTIATE_TEST_SUITE_P(Geometries, Quick, testing::ValuesIn(names(Size::quick)), test_name);

TEST_P(Quick, every_reachable_state_is_good) {
    const Outcome outcome = run_campaign(GetParam(), 1, {}, {});
    RecordProperty("states", std::to_string(outcome.progress.states));
    fmt::print("{}: {} states, {} edges, {:.1f} s\n", GetParam(), outcome.progress.states, outcome.progress.edges,
               outcome.progress.seconds);
    EXPECT_TRUE(outcome.complete);
    EXPECT_GT(outcome.progress.states, 50U);
    EXPECT_FALSE(outcome.violation) << outcome.violation->what << ": "
                                    << to_text(GetParam(), outcome.violation->history);
}

class Large : public testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(Geometries, Large, testing::ValuesIn(names(Size::walk)), test_name);

TEST_P(Large, random_histories_end_well) {
    const Outcome outcome = walk_campaign(GetParam(), 1, {.states = 600}, {});
    EXPECT_GE(outcome.progress.runs, 600U);
    EXPECT_GT(outcome.progress.edges, 100U) << "hardly any history was cut";
    EXPECT_FALSE(outcome.violation) << outcome.violation->what << ": "
                                    << to_text(GetParam(), outcome.violation->history);
}

// Else the tests above would be none, and nobody would miss them.
TEST(Campaigns, there_are_some_of_either_size) {
    EXPECT_GE(names(Size::quick).size(), 10U);
    EXPECT_EQ(names(Size::walk).size(), 3U) << "one for each plan";
}

// DESIGN.md: without the stated assumption N boots that are cut inside an erase can leave N banks unsteady.
TEST(Story, three_cut_erases_in_a_row_can_lose_a_journal_of_three_banks) {
    const Outcome outcome = run_campaign("journal-3-unlimited", 1, {}, {});
    ASSERT_TRUE(outcome.violation);
    const std::string line = to_text("journal-3-unlimited", outcome.violation->history);
    EXPECT_EQ(outcome.violation->history.size(), 4U) << line;
    std::vector<std::string> story;
    EXPECT_EQ(replay_line(line, [&](const std::string& text, bool) { story.push_back(text); }),
              outcome.violation->what);
    EXPECT_GT(story.size(), 10U);
}

TEST(Walk, the_same_seed_walks_the_same_way) {
    const auto run = [](std::uint64_t seed) {
        return walk_campaign("offset-2", seed, {.states = 300}, {}).progress.edges;
    };
    EXPECT_EQ(run(1), run(1));
    EXPECT_NE(run(1), run(2));
}

TEST(Replay, a_history_without_a_fault_ends_well) {
    std::vector<std::string> told;
    EXPECT_EQ(
        replay_line("offset-2:b,s1,t,b@17i,b,c,o,b", [&](const std::string& text, bool) { told.push_back(text); }), "");
    EXPECT_EQ(told.back(), "  image 1 runs");
}

} // namespace
} // namespace outboot::explore
