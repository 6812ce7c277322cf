#include "layout/map.hpp"

#include <sstream>

#include <gtest/gtest.h>

#include "tests/layout/examples.hpp"

namespace outboot::layouts {

TEST(Map, it_fits_80_columns_and_names_every_region) {
    for (const char* file : {"layout.toml", "layout-scratch.toml", "layout-overwrite.toml"}) {
        const auto loaded = parse(example(file), file);
        ASSERT_TRUE(loaded.model);
        const auto text = picture(*loaded.model, {}, false);
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
        for (const auto& region : loaded.model->regions) EXPECT_NE(text.find(region.name), std::string::npos);
        EXPECT_EQ(text.find('\033'), std::string::npos);
    }
}

TEST(Map, long_names_are_cut) {
    auto text = with(example(), "name = \"files\"", "name = \"" + std::string(40, 'f') + "\"");
    text = with(text, ".qspi_flash*", ".a_section_whose_name_is_quite_long_enough*");
    const auto drawn = picture(*parse(text, "l").model, {}, false);
    EXPECT_NE(drawn.find(std::string(40, 'f')), std::string::npos) << drawn;
    EXPECT_NE(drawn.find("...\n"), std::string::npos) << drawn;
    std::istringstream lines(drawn);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
}

TEST(Map, it_is_to_scale) {
    const auto text = picture(*parse(example(), "layout.toml").model, {}, false);
    // Data flash: 7 KB of 8 are 56 of 64 columns. External: 976, 32, 1008 and 32 KB are 30.5, 1, 31.5 and 1 columns.
    EXPECT_NE(text.find("[" + std::string(56, 'C') + std::string(8, 'D') + "]"), std::string::npos) << text;
    EXPECT_NE(text.find("FG"), std::string::npos);
    EXPECT_NE(text.find("GH]"), std::string::npos);
}

TEST(Map, a_region_too_small_for_the_scale_still_has_a_column) {
    const auto shrunk = with(example(), "size = \"32K\"\nsections = [\".qspi_flash*\", \".assets*\"]", "size = \"4K\"");
    const auto loaded = parse(shrunk, "layout.toml");
    ASSERT_TRUE(loaded.model) << all_messages(loaded);
    const auto text = picture(*loaded.model, {}, false);
    EXPECT_NE(text.find("EFG"), std::string::npos) << text;
}

TEST(Map, unused_memory_is_shown) {
    EXPECT_NE(picture(*parse(example("layout-overwrite.toml"), "l").model, {}, false)
                  .find("(unused)       0x601F8000      32 KB"),
              std::string::npos);
}

TEST(Map, colours_come_only_when_asked_for) {
    EXPECT_NE(picture(*parse(example(), "layout.toml").model, {}, true).find('\033'), std::string::npos);
}

TEST(Map, it_shows_how_full_a_region_is) {
    // 12 KB of 16 KB, and an image of 504 KB: half of 63 columns.
    const Contents contents{.bytes = {{".text", 0, 0x3000}}, .running_image = 504 * 1024, .staged_image = 1024};
    const auto text = picture(*parse(example(), "layout.toml").model, contents, false);
    EXPECT_NE(text.find("12,288 B, 75 % full"), std::string::npos) << text;
    EXPECT_NE(text.find("[A" + std::string(32, 'B') + std::string(31, 'b') + "]"), std::string::npos) << text;
    EXPECT_NE(text.find("FG" + std::string(30, 'g') + "H]"), std::string::npos) << text; // 1 KB: one column
    EXPECT_NE(text.find("1,024 B, under 1 % full"), std::string::npos) << text;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
}

TEST(Map, overlapping_contents_count_once) {
    const Contents contents{.bytes = {{".text", 0x4200, 0x1000}}, .running_image = 0x2000};
    EXPECT_NE(picture(*parse(example(), "layout.toml").model, contents, false).find("8,192 B, under 1 % full"),
              std::string::npos);
}

TEST(Map, it_shows_where_images_stand) {
    const auto text = picture(*parse(example(), "layout.toml").model, {}, false);
    EXPECT_NE(text.find("\n" + std::string(35, ' ') + "<------- staged image -------->\n"), std::string::npos) << text;
    EXPECT_NE(text.find("\n" + std::string(36, ' ') + "<---------- backup ----------->\n"), std::string::npos) << text;
    EXPECT_EQ(picture(*parse(example("layout-overwrite.toml"), "l").model, {}, false).find("backup"),
              std::string::npos);
}

TEST(Map, what_no_region_has_is_named) {
    const Contents contents{.bytes = {{".option_setting", 0x0100a100, 12}}};
    EXPECT_NE(picture(*parse(example(), "layout.toml").model, contents, false)
                  .find("in no region: .option_setting at 0x100A100, 12 B"),
              std::string::npos);
}

TEST(Map, every_region_has_a_column_even_if_others_must_move) {
    auto text = with(example(), "size = \"976K\"", "size = \"4K\"");
    text = with(text, "size = \"32K\"\nsections", "size = \"4K\"\nsections");
    text = with(text, "name = \"secondary\"", "name = \"secondary\"\noffset = 0xfc000");
    const auto drawn = picture(*parse(text, "layout.toml").model, {}, false);
    EXPECT_NE(drawn.find("[EF" + std::string(30, '.') + "G"), std::string::npos) << drawn;
}

} // namespace outboot::layouts
