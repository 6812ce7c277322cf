#include "explore/flash.hpp"

#include <array>
#include <set>

#include <gtest/gtest.h>

#include "explore/history.hpp"

namespace outboot::explore {
namespace {

constexpr core::BlockRun blocks[] = {{2, 64}, {1, 128}};

Flash nor() {
    return Flash({.unit_bytes = 16, .whole_units = false}, blocks);
}
Flash data_flash() {
    return Flash({.unit_bytes = 4, .erased_reads_noise = true}, blocks);
}

// All that a byte can read as, whatever is chosen.
std::set<int> readings(const Flash& flash, std::uint32_t at) {
    std::set<int> seen;
    Paths paths;
    do {
        paths.begin();
        std::array<std::uint8_t, 1> byte;
        flash.read(at, byte, paths);
        seen.insert(byte[0]);
    } while (paths.next());
    return seen;
}

const std::array<std::uint8_t, 16> content{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

TEST(Flash, reads_what_was_programmed) {
    Flash flash = nor();
    flash.program(16, content);
    EXPECT_EQ(readings(flash, 17), std::set<int>{2});
    EXPECT_EQ(readings(flash, 40), std::set<int>{0xff});
}

TEST(Flash, erased_data_flash_reads_noise) {
    EXPECT_NE(readings(data_flash(), 5), std::set<int>{0xff});
}

TEST(Flash, a_torn_program_reads_old_new_or_noise) {
    Flash flash = nor();
    flash.tear_program(16, content);
    const auto seen = readings(flash, 17);
    EXPECT_EQ(seen.size(), 3U);
    EXPECT_TRUE(seen.contains(2) && seen.contains(0xff));
}

TEST(Flash, a_torn_erase_reads_so_until_a_whole_one) {
    Flash flash = nor();
    flash.program(16, content);
    flash.tear_erase(0);
    EXPECT_EQ(readings(flash, 17).size(), 3U);
    EXPECT_EQ(readings(flash, 17).size(), 3U) << "and goes on doing so";
    flash.tear_erase(0);
    EXPECT_EQ(readings(flash, 17).size(), 3U);
    flash.erase(0);
    EXPECT_EQ(readings(flash, 17), std::set<int>{0xff});
}

TEST(Flash, refuses_what_silicon_refuses) {
    Flash flash = nor();
    flash.program(16, content);
    EXPECT_THROW(flash.program(16, content), RuleBroken);
    EXPECT_THROW(flash.program(8, content), RuleBroken);
    EXPECT_THROW(flash.program(248, content), RuleBroken);
    EXPECT_THROW(flash.erase(16), RuleBroken);
    EXPECT_THROW(flash.erase(256), RuleBroken);
    flash.tear_erase(64);
    EXPECT_THROW(flash.program(64, content), RuleBroken) << "a torn block must be erased";
    Flash strict({.unit_bytes = 32}, blocks);
    EXPECT_THROW(strict.program(0, content), RuleBroken) << "half a unit";
}

TEST(Flash, blocks_of_two_sizes) {
    const Flash flash = nor();
    EXPECT_EQ(flash.block_size(64), 64U);
    EXPECT_EQ(flash.block_size(128), 128U);
    EXPECT_EQ(flash.block_size(192), 0U);
}

TEST(Flash, digests_are_equal_for_equal_contents_however_they_came_about) {
    Flash a = nor();
    Flash b = nor();
    a.program(16, content);
    a.program(128, content);
    b.program(128, content);
    b.tear_erase(0);
    b.erase(0);
    EXPECT_NE(a.digest(), b.digest());
    b.program(16, content);
    EXPECT_EQ(a.digest(), b.digest());
    b.tear_erase(128);
    EXPECT_NE(a.digest(), b.digest());
    a.erase(0);
    a.erase(128);
    EXPECT_EQ(a.digest(), nor().digest());
}

} // namespace
} // namespace outboot::explore
