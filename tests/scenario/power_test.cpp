// Power cuts on the real binaries: at every move boundary, at random points in long chains, and one by one at every
// flash operation there is. A failure's line names the route, the seed and every cut.
//
// OUTBOOT_FULL=1 explores all single cuts and longer chains; OUTBOOT_SEED=n repeats the chains of one seed.
#include <cstdlib>
#include <iostream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/scenario/journey.hpp"

namespace outboot::scenario {
namespace {

constexpr board::Moment moments[] = {board::Moment::before, board::Moment::inside, board::Moment::after};
constexpr unsigned cuts_in_a_chain = 60;

bool full() {
    const char* const value = std::getenv("OUTBOOT_FULL");
    return value != nullptr && std::string_view(value) == "1";
}

const Route routes[] = {
    {.plan = Plan::offset, .direction = Direction::in},    {.plan = Plan::scratch, .direction = Direction::in},
    {.plan = Plan::overwrite, .direction = Direction::in}, {.plan = Plan::offset, .direction = Direction::back},
    {.plan = Plan::scratch, .direction = Direction::back},
};

std::string route_name(const testing::TestParamInfo<Route>& info) {
    const char* const plans[] = {"", "offset", "scratch", "overwrite"};
    return fmt::format("{}_{}", plans[static_cast<int>(info.param.plan)],
                       info.param.direction == Direction::in ? "in" : "back");
}

class PowerCuts : public testing::TestWithParam<Route> {
  protected:
    void expect_arrival(Journey& journey, const Journey::Policy& policy, const std::string& where = {}) {
        const std::string fault = journey.travel(policy);
        EXPECT_EQ(fault, "") << where;
        explored += journey.cuts().size();
    }
    void TearDown() override {
        RecordProperty("cuts", std::to_string(explored));
        std::cout << "[  cuts    ] " << explored << '\n';
    }
    std::size_t explored = 0;
};
INSTANTIATE_TEST_SUITE_P(Routes, PowerCuts, testing::ValuesIn(routes), route_name);

// A move ends with its mark in the journal: the first access to data flash after the last one to a slot.
TEST_P(PowerCuts, at_every_move_boundary) {
    Journey journey(GetParam());
    const auto steps = journey.steps();
    std::size_t boundaries = 0;
    for (std::size_t i = 1; i < steps.size(); ++i) {
        const bool boundary =
            steps[i].device == board::Device::data_flash && steps[i - 1].device != board::Device::data_flash;
        if (!boundary) continue;
        ++boundaries;
        for (const auto moment : moments) expect_arrival(journey, single_cut(i, moment));
    }
    EXPECT_GE(boundaries, GetParam().direction == Direction::back ? 3U : GetParam().plan == Plan::overwrite ? 3U : 6U);
}

TEST_P(PowerCuts, at_random_points_in_chains) {
    Route route = GetParam();
    const char* const chosen = std::getenv("OUTBOOT_SEED");
    const std::uint64_t first = chosen != nullptr ? std::strtoull(chosen, nullptr, 10) : 1;
    const std::size_t wanted = chosen != nullptr ? 1 : full() ? 5'000 : 500;
    for (std::uint64_t seed = first; explored < wanted; ++seed) {
        board::Random random(seed);
        route.old_chunks = 3 + static_cast<std::uint32_t>(random.below(3));
        route.new_chunks = 3 + static_cast<std::uint32_t>(random.below(3));
        Journey journey(route);
        expect_arrival(journey, random_cuts(journey, random, cuts_in_a_chain), fmt::format("OUTBOOT_SEED={}", seed));
    }
}

TEST_P(PowerCuts, once_at_every_operation) {
    Journey journey(GetParam());
    const std::size_t operations = journey.steps().size();
    board::Random random(1);
    for (std::size_t i = 0; i < operations; ++i) {
        for (const auto moment : moments) {
            if (full() || random.below(3 * operations) < 60) expect_arrival(journey, single_cut(i, moment));
        }
    }
}

} // namespace
} // namespace outboot::scenario
