#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/tool/product.hpp"

namespace outboot::tool {
namespace {

// The example in the workspace, with one word replaced.
void write_layout(const Workspace& work, const std::string& from = {}, const std::string& to = {}) {
    auto text = work.text(layout_file);
    if (!from.empty()) {
        const auto at = text.find(from);
        ASSERT_NE(at, std::string::npos) << from;
        text.replace(at, from.size(), to);
    }
    work.write("layout.toml", text);
}

} // namespace

TEST(LayoutCheck, a_good_layout_exits_with_0) {
    Workspace work;
    const auto ran = work.outboot({"layout", "check", layout_file});
    EXPECT_EQ(ran.exit_code, 0);
    EXPECT_TRUE(ran.says("no errors; plan offset, fingerprint d43088e3cfa4131a, lock file fits")) << ran.out;
}

TEST(LayoutCheck, every_error_is_printed_with_line_region_value_limit_and_hint) {
    Workspace work;
    write_layout(work, "size = \"16K\"", "size = \"12K\"");
    auto text = work.text("layout.toml");
    text.replace(text.find("size = \"1K\""), 11, "size = \"512\"");
    work.write("layout.toml", text);
    const auto ran = work.outboot({"layout", "check", "layout.toml"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says(
        "outboot: error: layout.toml:24: region 'bootloader': doesn't end on an erase-block boundary: 0x3000 (limit: "
        "code_flash: 8 x 8 KB, 30 x 32 KB)\n  hint: make its size \"8K\" or \"16K\""))
        << ran.err;
    EXPECT_TRUE(ran.says("region 'bootloader': too small for the bootloader")) << ran.err;
    EXPECT_TRUE(ran.says("region 'journal': too small for the journal: 512 B (limit: at least 1 KB)")) << ran.err;
}

TEST(LayoutCheck, json_lists_every_error) {
    Workspace work;
    write_layout(work, "size = \"16K\"", "size = \"12K\"");
    const auto ran = work.outboot({"layout", "check", "--json", "layout.toml"});
    EXPECT_EQ(ran.exit_code, 1);
    const auto json = nlohmann::json::parse(ran.out);
    EXPECT_EQ(json.at("valid"), false);
    ASSERT_GE(json.at("diagnostics").size(), 2u);
    EXPECT_EQ(json.at("diagnostics")[0].at("region"), "bootloader");
    EXPECT_GT(json.at("diagnostics")[0].at("line"), 0);
}

TEST(LayoutCheck, an_unreadable_layout_exits_with_1) {
    Workspace work;
    const auto ran = work.outboot({"layout", "check", "absent.toml"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("absent.toml: can't be read")) << ran.err;
}

TEST(LayoutMap, it_draws_and_tells_scripts) {
    Workspace work;
    EXPECT_TRUE(work.outboot({"layout", "map", layout_file}).says("B primary        0x00004000   1,008 KB"));
    const auto json = nlohmann::json::parse(work.outboot({"layout", "map", "--json", layout_file}).out);
    EXPECT_EQ(json.at("regions").size(), 8u);
}

TEST(LayoutMap, pictures_are_files_and_say_how_full_it_is) {
    Workspace work;
    work.write("boot.hex", std::string(":0400000000000020DC\n:00000001FF\n"));
    const auto drawn =
        work.outboot({"layout", "map", layout_file, "--elf", "boot.hex", "--svg", "map.svg", "--html", "map.html"});
    EXPECT_EQ(drawn.exit_code, 0) << drawn.err;
    EXPECT_TRUE(drawn.out.empty()) << drawn.out;
    EXPECT_NE(work.text("map.svg").find("4 B, under 1 % full"), std::string::npos);
    EXPECT_NE(work.text("map.html").find("4 B, under 1 % full"), std::string::npos);
    EXPECT_TRUE(work.outboot({"layout", "map", layout_file, "--elf", "boot.hex"}).says("4 B, under 1 % full"));
}

TEST(LayoutMap, what_says_nothing_of_addresses_is_refused) {
    Workspace work;
    work.write("app.bin", std::string(64, 'x'));
    const auto raw = work.outboot({"layout", "map", layout_file, "--elf", "app.bin", "--svg", "map.svg"});
    EXPECT_EQ(raw.exit_code, 1);
    EXPECT_TRUE(raw.says("app.bin says nothing of addresses")) << raw.err;
    EXPECT_FALSE(work.has("map.svg"));
    EXPECT_EQ(work.outboot({"layout", "map", layout_file, "--image", "app.bin"}).exit_code, 1);
    EXPECT_EQ(work.outboot({"layout", "map", layout_file, "--json", "--svg", "map.svg"}).exit_code, 2);
}

TEST(LayoutEmit, it_needs_a_lock_that_fits) {
    Workspace work;
    write_layout(work);
    const auto unlocked = work.outboot({"layout", "emit", "layout.toml", "--out", "gen"});
    EXPECT_EQ(unlocked.exit_code, 1);
    EXPECT_TRUE(unlocked.says("layout.toml has no lock file")) << unlocked.err;
    EXPECT_TRUE(unlocked.says("outboot layout lock layout.toml")) << unlocked.err;
    EXPECT_FALSE(work.has("gen"));

    ASSERT_EQ(work.outboot({"layout", "lock", "layout.toml"}).exit_code, 0);
    EXPECT_EQ(work.outboot({"layout", "emit", "layout.toml", "--out", "gen"}).exit_code, 0);
    EXPECT_TRUE(work.has("gen/outboot_layout.hpp"));

    write_layout(work, "plan = \"offset\"", "plan = \"scratch\"");
    auto text = work.text("layout.toml");
    text.replace(text.find("role = \"hole\""), 13, "role = \"scratch\"");
    work.write("layout.toml", text);
    const auto changed = work.outboot({"layout", "emit", "layout.toml", "--out", "other"});
    EXPECT_EQ(changed.exit_code, 1);
    EXPECT_TRUE(changed.says("3231d0f89ca5c4cc") && changed.says("d43088e3cfa4131a")) << changed.err;
    EXPECT_FALSE(work.has("other"));

    const auto renewed = work.outboot({"layout", "lock", "layout.toml"});
    EXPECT_TRUE(renewed.says("was d43088e3cfa4131a")) << renewed.out;
    EXPECT_EQ(work.outboot({"layout", "emit", "layout.toml", "--out", "other"}).exit_code, 0);
}

TEST(LayoutEmit, a_damaged_lock_is_named) {
    Workspace work;
    write_layout(work);
    work.write("layout.toml.lock", "what?");
    const auto ran = work.outboot({"layout", "emit", "layout.toml", "--out", "gen"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("layout.toml.lock isn't a lock file")) << ran.err;
}

TEST(LayoutEmit, unchanged_files_are_left_alone) {
    Workspace work;
    ASSERT_EQ(work.outboot({"layout", "emit", layout_file, "--out", "gen"}).exit_code, 0);
    const auto header = std::filesystem::path(work.path("gen")) / "outboot_layout.hpp";
    const auto long_ago = std::filesystem::last_write_time(header) - std::chrono::hours(1);
    std::filesystem::last_write_time(header, long_ago);
    ASSERT_EQ(work.outboot({"layout", "emit", layout_file, "--out", "gen"}).exit_code, 0);
    EXPECT_EQ(std::filesystem::last_write_time(header), long_ago);
}

TEST(LayoutEmit, an_unwritable_directory_is_named) {
    Workspace work;
    const auto ran = work.outboot({"layout", "emit", layout_file, "--out", "/proc/outboot"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("can't create /proc/outboot")) << ran.err;
}

} // namespace outboot::tool
