#include "explore/history.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

namespace outboot::explore {
namespace {

TEST(History, a_line_and_its_steps_are_the_same_thing) {
    const std::string steps = "b,s1@0,t@9a,b.012@17i,c,o,p@3d,b";
    EXPECT_EQ(to_text("g", parse_history(steps)), "g:" + steps);
}

TEST(History, what_is_no_history_is_refused) {
    for (const char* bad : {"", "x", "b,", ",b", "s", "b@", "b@3", "b@3x", "b@3ix", "b 1"}) {
        EXPECT_THROW((void)parse_history(bad), std::invalid_argument) << bad;
    }
}

TEST(Paths, take_every_path_once) {
    Paths paths;
    std::vector<std::vector<std::uint8_t>> all;
    do {
        paths.begin();
        if (paths.choose(2) == 1) (void)paths.choose(3); // how many choices follow depends on the first
        all.push_back(paths.taken());
    } while (paths.next());
    const std::vector<std::vector<std::uint8_t>> expected{{0}, {1, 0}, {1, 1}, {1, 2}};
    EXPECT_EQ(all, expected);
}

} // namespace
} // namespace outboot::explore
