// Histories are explored with a model's cryptography, because it is fast. Here some are explored with the real one: the
// same verdicts, so what the model's shows doesn't hang on what the model leaves out.
#include <algorithm>

#include <gtest/gtest.h>

#include "explore/cryptography.hpp"
#include "explore/explorer.hpp"

namespace outboot::explore {
namespace {

static_assert(std::is_same_v<Cryptography, RealCrypto>);

class RealCryptography : public testing::TestWithParam<const char*> {};

Geometry named(const std::string& name) {
    for (const auto& geometry : all_geometries()) {
        if (geometry.name == name) return geometry;
    }
    throw std::invalid_argument("no geometry " + name);
}

} // namespace

TEST_P(RealCryptography, every_reachable_state_is_good) {
    const Outcome outcome = explore(named(GetParam()));
    ASSERT_FALSE(outcome.violation) << outcome.violation->what << "\n"
                                    << to_text(GetParam(), outcome.violation->history);
    EXPECT_TRUE(outcome.complete);
    EXPECT_GT(outcome.progress.states, 2000U);
    // Of two images or three, each is verified as it comes in; the rubbish one is not good.
    EXPECT_GE(RealCrypto::signatures_verified().good, 2U);
    EXPECT_GE(RealCrypto::keys_unwrapped().good, 1U);
}

INSTANTIATE_TEST_SUITE_P(Geometries, RealCryptography,
                         testing::Values("offset-2", "scratch-2", "overwrite-2", "overwrite-2-rubbish"),
                         [](const auto& of) {
                             std::string name = of.param;
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

} // namespace outboot::explore
