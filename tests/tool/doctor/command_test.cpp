// The command as a whole: what it takes, what it prints, how it ends.
#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/tool/product.hpp"

namespace outboot::tool {
namespace {

class Doctor : public testing::Test {
  protected:
    void SetUp() override { work.write("app.elf", program_elf()); }

    Ran doctor(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"doctor", "--layout", layout_file});
        return work.outboot(arguments);
    }

    Workspace work;
};

} // namespace

TEST_F(Doctor, finds_nothing_and_ends_with_0) {
    const auto ran = doctor({"--app", "app.elf"});
    EXPECT_EQ(ran.exit_code, 0) << ran.out;
    EXPECT_TRUE(ran.says("nothing found: "));
    EXPECT_EQ(ran.err, "");
}

TEST_F(Doctor, ends_with_1_for_a_mere_remark) {
    work.write("app.elf", program_elf({{".data_flash", 0x08000000, ByteVector(16, 0x44)}}));
    const auto ran = doctor({"--app", "app.elf"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("remark: app.elf: .data_flash at 0x8000000, 16 bytes is for region 'parameters'"));
    EXPECT_TRUE(ran.says("0 errors, 0 warnings, 2 remarks"));
}

TEST_F(Doctor, ends_with_2_for_wrong_usage_and_unreadable_files) {
    EXPECT_EQ(work.outboot({"doctor"}).exit_code, 2);
    EXPECT_TRUE(work.outboot({"doctor"}).says("something to look at"));
    const auto missing = doctor({"--app", "none.elf"});
    EXPECT_EQ(missing.exit_code, 2);
    EXPECT_TRUE(missing.says("none.elf"));
    EXPECT_EQ(missing.out, "");
    EXPECT_EQ(doctor({"--emitted", "app.elf"}).exit_code, 2);
    EXPECT_EQ(doctor({"--image", "app.elf", "--verify-key", "app.elf"}).exit_code, 2);
    EXPECT_EQ(work.outboot({"doctor", "--layout", "none.toml"}).exit_code, 2);
}

TEST_F(Doctor, tells_all_there_is_at_once_errors_first) {
    work.write("app.elf", program_elf({{".data_flash", 0x08000000, ByteVector(16, 0x44)}}));
    const auto ran =
        work.outboot({"doctor", "--layout", scratch_layout_file, "--app", "app.elf", "--image", "app.elf"});
    EXPECT_EQ(ran.exit_code, 1);
    const auto error = ran.out.find("error: app.elf was built for another layout");
    const auto remark = ran.out.find("remark: ");
    ASSERT_NE(error, std::string::npos) << ran.out;
    EXPECT_LT(error, remark);
    EXPECT_TRUE(ran.says("error: app.elf: not a valid image: the magic is")) << ran.out;
    EXPECT_EQ(ran.out.find('\033'), std::string::npos) << "colours are for terminals";
}

TEST_F(Doctor, prints_json_for_scripts) {
    work.write("app.elf", program_elf({{".odd", 0x30000000, ByteVector(16, 0x44)}}));
    const auto ran = doctor({"--app", "app.elf", "--json"});
    EXPECT_EQ(ran.exit_code, 1);
    const auto json = nlohmann::json::parse(ran.out);
    ASSERT_EQ(json["findings"].size(), 2u) << ran.out;
    EXPECT_EQ(json["findings"][0]["check"], "content-misplaced");
    EXPECT_EQ(json["findings"][0]["severity"], "error");
    EXPECT_EQ(json["findings"][0]["file"], "app.elf");
    EXPECT_EQ(json["looked_at"].size(), 2u);
    EXPECT_TRUE(json["not_checked"].is_array());
}

TEST_F(Doctor, says_what_it_could_not_look_at) {
    work.write("app.bin", program());
    const auto ran = doctor({"--app", "app.bin"});
    EXPECT_EQ(ran.exit_code, 0) << ran.out;
    EXPECT_TRUE(ran.says("not checked: where app.bin was linked"));
    EXPECT_TRUE(work.outboot({"doctor", "--app", "app.elf"}).says("no --layout"));
}

TEST_F(Doctor, a_layout_with_errors_is_told_and_nothing_is_held_against_it) {
    work.write("layout.toml", std::string("format = 1\nname = \"x\"\nmcu = \"R7FA6M4AF\"\n"));
    const auto ran = work.outboot({"doctor", "--layout", "layout.toml", "--app", "app.elf"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("error: layout.toml: no region has the role bootloader")) << ran.out;
    EXPECT_TRUE(ran.says("not checked: anything against the layout"));
}

TEST_F(Doctor, fresh_emitted_files_have_nothing) {
    ASSERT_EQ(work.outboot({"layout", "emit", "-o", "gen", layout_file}).exit_code, 0);
    const auto ran = doctor({"--emitted", "gen"});
    EXPECT_EQ(ran.exit_code, 0) << ran.out;
    const auto stale = work.outboot({"doctor", "--layout", scratch_layout_file, "--emitted", "gen"});
    EXPECT_EQ(stale.exit_code, 1);
    EXPECT_TRUE(stale.says("emitted files in gen are stale")) << stale.out;
}

// What imgtool refuses with "Image size (0x8001754) + trailer (0x180) exceeds requested size 0xe8000", as a file:
// sparse, and never read whole.
TEST_F(Doctor, a_flat_binary_of_128_mb_is_explained_without_reading_it) {
    work.write("app.bin", program());
    std::filesystem::resize_file(work.path("app.bin"), 0x8001554);
    for (const char* option : {"--app", "--image"}) {
        const auto ran = doctor({option, "app.bin"});
        EXPECT_EQ(ran.exit_code, 1);
        EXPECT_TRUE(ran.says("it is a flat binary that reaches from the code flash over a gap to the data flash at "
                             "0x8000000"))
            << ran.out;
    }
}

TEST_F(Doctor, a_program_too_large_says_what_takes_the_room) {
    work.write("app.elf", program_elf({}, 1'032'000));
    const auto ran = doctor({"--app", "app.elf"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("too large: the program has 1032000 from 0x4200 on")) << ran.out;
    EXPECT_TRUE(ran.says("  1032000 bytes  section .text")) << ran.out;
}

TEST_F(Doctor, a_damaged_elf_is_a_finding) {
    auto elf = program_elf();
    elf.resize(elf.size() / 2);
    work.write("app.elf", elf);
    const auto ran = doctor({"--app", "app.elf"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("error: can't use app.elf: it is cut off")) << ran.out;
}

} // namespace outboot::tool
