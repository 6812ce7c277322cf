#include <gtest/gtest.h>

#include "tests/layout/examples.hpp"

namespace outboot::layouts {
namespace {

const Region& region(const Loaded& loaded, const std::string& name) {
    for (const auto& each : loaded.model->regions)
        if (each.name == name) return each;
    throw std::runtime_error(name);
}

} // namespace

TEST(Placement, the_example_is_placed_as_the_product_wants_it) {
    const auto loaded = parse(example(), "layout.toml");
    ASSERT_TRUE(loaded.model) << all_messages(loaded);
    EXPECT_TRUE(loaded.diagnostics.all().empty()) << all_messages(loaded);
    EXPECT_EQ(region(loaded, "primary").size, 1008u * 1024);
    EXPECT_EQ(region(loaded, "parameters").address, 0x08000000u);
    EXPECT_EQ(region(loaded, "parameters").size, 7u * 1024);
    EXPECT_EQ(region(loaded, "journal").offset, 7u * 1024);
    EXPECT_EQ(region(loaded, "assets").address, 0x600f4000u);
    EXPECT_EQ(region(loaded, "secondary").offset, 0xfc000u);
    EXPECT_EQ(region(loaded, "hole").offset + region(loaded, "hole").size, 2048u * 1024);
}

TEST(Placement, rest_leaves_room_for_what_follows) {
    // The journal first: then the rest is behind it.
    auto text = with_region(example(), "journal", "");
    text = with(text, "[[region]]\nname = \"parameters\"",
                "[[region]]\nname = \"journal\"\nrole = \"journal\"\nmemory = \"data_flash\"\nsize = "
                "\"1K\"\n\n[[region]]\nname = \"parameters\"");
    const auto loaded = parse(text, "layout.toml");
    ASSERT_TRUE(loaded.model) << all_messages(loaded);
    EXPECT_EQ(region(loaded, "journal").offset, 0u);
    EXPECT_EQ(region(loaded, "parameters").offset, 1024u);
    EXPECT_EQ(region(loaded, "parameters").size, 7u * 1024);
}

TEST(Placement, the_secondary_slot_seeks_a_place_where_chunks_meet_erase_blocks) {
    auto text = with(example(), "size = \"976K\"", "size = \"900K\"");
    const auto loaded = parse(text, "layout.toml");
    ASSERT_TRUE(loaded.model) << all_messages(loaded);
    const auto offset = region(loaded, "secondary").offset;
    EXPECT_EQ(offset % 0x8000, 0x4000u);
    EXPECT_EQ(offset, 944u * 1024); // the first such place behind 932 KB
    EXPECT_EQ(region(loaded, "hole").offset, offset + region(loaded, "secondary").size);
}

TEST(Placement, a_fixed_offset_is_kept) {
    const auto text = with(example(), "name = \"journal\"", "name = \"journal\"\noffset = \"4K\"");
    const auto loaded = parse(text, "layout.toml");
    ASSERT_TRUE(loaded.model) << all_messages(loaded);
    EXPECT_EQ(region(loaded, "journal").offset, 4096u);
    EXPECT_EQ(region(loaded, "parameters").size, 4096u); // `rest` ends there
}

TEST(Placement, nothing_left_for_rest_is_an_error) {
    const auto loaded = parse(with(example(), "size = \"1K\"", "size = \"8K\""), "layout.toml");
    EXPECT_FALSE(loaded.model);
    const auto* error = error_about(loaded, "nothing remains");
    ASSERT_TRUE(error) << all_messages(loaded);
    EXPECT_EQ(error->region, "parameters");
}

TEST(Placement, one_block_too_many_does_not_fit) {
    EXPECT_TRUE(parse(with(example(), "size = \"976K\"", "size = \"960K\""), "f").model);
    const auto loaded = parse(with(example(), "size = \"976K\"", "size = \"980K\""), "layout.toml");
    EXPECT_FALSE(loaded.model);
    const auto* error = error_about(loaded, "doesn't fit into external");
    ASSERT_TRUE(error) << all_messages(loaded);
    EXPECT_EQ(error->region, "hole");
    EXPECT_EQ(error->limit, "external has 2,048 KB, to 0x200000");
}

TEST(Placement, an_overlap_names_both_regions) {
    const auto text = with(example(), "name = \"assets\"", "name = \"assets\"\noffset = 0xf3000");
    const auto loaded = parse(text, "layout.toml");
    EXPECT_FALSE(loaded.model);
    const auto* error = error_about(loaded, "overlaps region 'files' by 4 KB");
    ASSERT_TRUE(error) << all_messages(loaded);
    EXPECT_EQ(error->region, "assets");
    EXPECT_EQ(error->value, "begins at 0xF3000");
    EXPECT_NE(error->hint.find("0xF4000"), std::string::npos);
}

} // namespace outboot::layouts
