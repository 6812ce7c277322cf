#include "layout/text.hpp"

#include <gtest/gtest.h>

namespace outboot::layouts {

TEST(SizeText, all_spellings_of_a_size_are_read) {
    EXPECT_EQ(parse_size("16K"), 16384u);
    EXPECT_EQ(parse_size("0x4000"), 16384u);
    EXPECT_EQ(parse_size("16384"), 16384u);
    EXPECT_EQ(parse_size("2M"), 2097152u);
    EXPECT_EQ(parse_size("0"), 0u);
    EXPECT_EQ(parse_size("4294967295"), 0xffffffffu);
}

TEST(SizeText, what_is_nearly_a_size_is_refused) {
    for (const char* text :
         {"", "K", "16k", "16 K", " 16", "16KB", "-1", "1.5K", "0x", "4294967296", "4194304K", "0x100000000", "rest"})
        EXPECT_FALSE(parse_size(text)) << text;
    EXPECT_EQ(parse_size("4194303K"), 0xfffffc00u); // the largest in K
}

TEST(SizeText, sizes_are_printed_without_loss) {
    EXPECT_EQ(size_text(16384), "16 KB");
    EXPECT_EQ(size_text(1032192), "1,008 KB");
    EXPECT_EQ(size_text(12544), "12,544 B");
    EXPECT_EQ(size_text(0), "0 B");
    EXPECT_EQ(size_literal(16384), "16K");
    EXPECT_EQ(size_literal(320), "320");
}

TEST(Suggestion, a_slip_of_the_finger_is_found) {
    EXPECT_EQ(closest("ofset", {"offset", "scratch"}), "offset");
    EXPECT_EQ(closest("mpa", {"map", "lock"}), "map");
    EXPECT_EQ(closest("W25Q16JB", {"W25Q16JV", "MX25R1635F"}), "W25Q16JV");
    EXPECT_EQ(closest("w25q16jv", {"W25Q16JV", "MX25R1635F"}), "W25Q16JV");
}

TEST(Suggestion, an_unrelated_word_gets_the_whole_list) {
    EXPECT_FALSE(closest("banana", {"offset", "scratch"}));
    EXPECT_EQ(suggest("banana", {"offset", "scratch"}), "one of: offset, scratch");
}

} // namespace outboot::layouts
