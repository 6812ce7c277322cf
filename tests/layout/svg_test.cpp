#include "layout/svg.hpp"

#include <regex>

#include <gtest/gtest.h>

#include "tests/layout/examples.hpp"

namespace outboot::layouts {
namespace {

// Elements nest, and nothing but elements and text is there: enough of XML to notice what a browser would.
void expect_well_formed(const std::string& text) {
    static const std::regex tag(R"(<(/?)([a-zA-Z]+)((?:\s+[-a-zA-Z0-9:]+=(?:'[^'<]*'|"[^"<]*"))*)\s*(/?)>)");
    std::vector<std::string> open;
    std::size_t at = 0;
    for (auto each = std::sregex_iterator(text.begin(), text.end(), tag); each != std::sregex_iterator(); ++each) {
        const auto begin = static_cast<std::size_t>(each->position());
        ASSERT_EQ(text.substr(at, begin - at).find('<'), std::string::npos) << text.substr(at, begin - at);
        at = begin + static_cast<std::size_t>(each->length());
        const std::string name = (*each)[2];
        if ((*each)[1].length() > 0) {
            ASSERT_FALSE(open.empty()) << name;
            ASSERT_EQ(open.back(), name);
            open.pop_back();
        } else if ((*each)[4].length() == 0) {
            open.push_back(name);
        }
    }
    EXPECT_TRUE(open.empty()) << open.back();
    EXPECT_EQ(text.find('<', at), std::string::npos);
}

Model model(const std::string& text) {
    const auto loaded = parse(text, "layout.toml");
    EXPECT_TRUE(loaded.model) << all_messages(loaded);
    return *loaded.model;
}

// Six regions of one erase block each in front of everything else.
std::string crowded() {
    std::string small;
    for (const char* name : {"a", "b", "c", "d", "e", "f"})
        small += std::string("[[region]]\nname = \"") + name +
                 "\"\nrole = \"application\"\nmemory = \"external\"\nsize = \"4K\"\n\n";
    auto text = with(example(), "[[region]]\nname = \"files\"", small + "[[region]]\nname = \"files\"");
    return with(text, "size = \"976K\"", "size = \"952K\"");
}

std::vector<double> letters_above(const std::string& drawn) {
    static const std::regex letter(R"(<text class='key middle' x='([0-9.]+)' y='[0-9.]+'>[A-Z]</text>)");
    std::vector<double> places;
    for (auto each = std::sregex_iterator(drawn.begin(), drawn.end(), letter); each != std::sregex_iterator(); ++each)
        places.push_back(std::stod((*each)[1]));
    return places;
}

} // namespace

TEST(Svg, every_example_is_drawn_well_formed_with_all_its_regions) {
    for (const char* file : {"layout.toml", "layout-scratch.toml", "layout-overwrite.toml", "layout-services.toml"}) {
        const Model drawn = model(example(file));
        const auto text = svg(drawn, {});
        expect_well_formed(text);
        for (const auto& region : drawn.regions) EXPECT_NE(text.find(">" + region.name + "<"), std::string::npos);
        EXPECT_NE(text.find("staged image, 1,032,192 B"), std::string::npos) << file;
        EXPECT_EQ(text.find("backup, ") != std::string::npos, drawn.core.plan != core::Plan::overwrite) << file;
    }
}

TEST(Svg, a_name_cannot_break_it) {
    const auto odd = model(with(example(), "name = \"ra6m4-example\"", "name = \"<b> & 'c'\""));
    expect_well_formed(svg(odd, {}));
    EXPECT_NE(svg(odd, {}).find("&lt;b&gt; &amp; &#39;c&#39;"), std::string::npos);
    EXPECT_NE(html_page(odd, {}).find("<title>&lt;b&gt;"), std::string::npos);
}

TEST(Svg, letters_of_small_regions_do_not_overlap) {
    const auto places = letters_above(svg(model(crowded()), {}));
    ASSERT_EQ(places.size(), 9u); // bootloader, six small ones, assets, hole
    int close = 0;
    for (std::size_t i = 2; i < 7; ++i) {
        EXPECT_GE(places[i] - places[i - 1], 12.0);
        close += places[i] - places[i - 1] < 20.0 ? 1 : 0;
    }
    EXPECT_EQ(close, 5); // they have been moved aside, no further than needed
}

TEST(Svg, it_shows_how_full_a_region_is) {
    const Model drawn = model(example());
    const auto text = svg(drawn, {.bytes = {{".text", 0x4200, 0x7e000 - 0x200}}, .running_image = 0x7e000});
    EXPECT_NE(text.find("516,096 B, 50 % full"), std::string::npos) << text;
    EXPECT_NE(text.find("backup, 516,096 B"), std::string::npos);
    EXPECT_NE(text.find("faint: free room"), std::string::npos);
    EXPECT_EQ(svg(drawn, {}).find("% full"), std::string::npos);
}

TEST(Svg, what_no_region_has_is_named) {
    const auto text = svg(model(example()), {.bytes = {{".option_setting", 0x0100a100, 12}}});
    EXPECT_NE(text.find("in no region: .option_setting at 0x100A100, 12 B"), std::string::npos);
}

TEST(Page, it_holds_the_picture_and_what_an_update_costs) {
    const auto text = html_page(model(example()), {});
    EXPECT_NE(text.find("<svg "), std::string::npos);
    EXPECT_NE(text.find("taking back"), std::string::npos);
    EXPECT_NE(text.find("such updates"), std::string::npos);
    EXPECT_EQ(text.find("http://", text.find("2000/svg")), std::string::npos); // one file that needs no other
    EXPECT_EQ(html_page(model(example("layout-overwrite.toml")), {}).find("taking back"), std::string::npos);
}

} // namespace outboot::layouts
