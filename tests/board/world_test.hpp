// For tests of one device of the board: the world it lives in, and what that has noted of broken rules.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "board/world.hpp"

namespace outboot::board {

struct WorldTest : testing::Test {
    World world{1};

    void expect_no_violation() {
        for (const Violation& v : world.violations) ADD_FAILURE() << v.what;
    }
    // The last one that was noted; then all are forgotten.
    void expect_violation(const std::string& part) {
        ASSERT_FALSE(world.violations.empty()) << "nothing about " << part;
        EXPECT_NE(world.violations.back().what.find(part), std::string::npos) << world.violations.back().what;
        world.violations.clear();
        world.set_horizon(never);
    }
};

} // namespace outboot::board
