// Content for other memories: a wide gap is an error without a layout; with one it can be split off.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/tool/product.hpp"
#include "tool/image_file.hpp"
#include "tool/intel_hex.hpp"
#include "tool/program.hpp"
#include "tool/s_record.hpp"

namespace outboot::tool {
namespace {

constexpr std::uint32_t megabyte = 1 << 20;

// A slot of 16 MB: the gap is what is wrong, not the size.
Ran sign_without_layout(const Workspace& work, const std::string& input) {
    return work.outboot(
        {"sign", "-H", "0x200", "-S", "16M", "--pad-header", "-v", "1.0.0", "-x", "0", input, "out.bin"});
}

std::vector<Piece> with_gap(std::uint64_t bytes) {
    return {{program_address, program(), {}}, {program_address + 1000 + bytes, ByteVector(16, 0x11), {}}};
}

} // namespace

TEST(Gap, over_1_mb_without_a_layout_both_ends_and_the_likely_cause_are_named) {
    Workspace work;
    const auto gapped = with_gap(megabyte + 1);
    work.write("app.hex", write_hex(gapped));
    work.write("app.srec", write_s_record(gapped));
    work.write("app.elf", build_elf({{".text", program_address, program()},
                                     {".data_flash", static_cast<std::uint32_t>(gapped[1].address), gapped[1].data}}));
    for (const std::string input : {"app.hex", "app.srec", "app.elf"}) {
        const auto ran = sign_without_layout(work, input);
        EXPECT_EQ(ran.exit_code, 1) << input;
        EXPECT_TRUE(ran.says("has a gap of 1,048,577 B from 0x45E8 to 0x1045E9")) << ran.err;
        EXPECT_TRUE(ran.says("initial values for data flash or external flash")) << ran.err;
        EXPECT_TRUE(ran.says("--layout")) << ran.err;
        EXPECT_TRUE(ran.says("--split")) << ran.err;
        EXPECT_EQ(ran.says("objcopy -R '.data_flash'"), input == "app.elf") << ran.err;
        EXPECT_FALSE(work.has("out.bin"));
    }
}

TEST(Gap, of_1_mb_is_filled) {
    Workspace work;
    work.write("app.hex", write_hex(with_gap(megabyte)));
    const auto ran = sign_without_layout(work, "app.hex");
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const auto image = ImageFile::load(work.path("out.bin"));
    ASSERT_EQ(image.payload().size(), 1000u + megabyte + 16);
    EXPECT_EQ(image.payload()[1000], 0xff);
    EXPECT_EQ(image.payload()[999 + megabyte], 0xff);
    EXPECT_EQ(image.payload()[1000 + megabyte], 0x11);
}

TEST(Split, what_belongs_elsewhere_gets_a_file_for_each_region) {
    Workspace work;
    work.write("app.elf", program_elf({{".data_flash", 0x08000000, ByteVector(16, 0x44)},
                                       {".data_flash_more", 0x08000100, ByteVector(8, 0x45)},
                                       {".assets", 0x600f4100, ByteVector(300, 0x55)}}));
    const auto ran = sign(work, "app.elf", "out.bin", {"--split", "other/files"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_TRUE(ran.says(".assets at 0x600F4100, 300 bytes: in region 'assets', to other/files/assets.hex")) << ran.err;
    EXPECT_FALSE(ran.says("left out"));
    const auto defaults = load_program(work.path("other/files/parameters.hex")).pieces;
    ASSERT_EQ(defaults.size(), 2u);
    EXPECT_EQ(defaults[0].address, 0x08000000u);
    EXPECT_EQ(defaults[0].data, ByteVector(16, 0x44));
    EXPECT_EQ(defaults[1].address, 0x08000100u);
    const auto assets = load_program(work.path("other/files/assets.hex")).pieces;
    ASSERT_EQ(assets.size(), 1u);
    EXPECT_EQ(assets[0].address, 0x600f4100u);
    EXPECT_EQ(assets[0].data, ByteVector(300, 0x55));
    // The image is the one that is made without splitting.
    EXPECT_EQ(ImageFile::load(work.path("out.bin")).header().payload_bytes, program().size());
}

TEST(Split, nothing_to_split_is_said_and_no_file_made) {
    Workspace work;
    work.write("app.elf", program_elf());
    const auto ran = sign(work, "app.elf", "out.bin", {"--split", "other"});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_TRUE(ran.says("nothing to split off")) << ran.err;
    EXPECT_TRUE(std::filesystem::is_empty(work.path("other")));
}

TEST(Split, without_a_layout_it_is_wrong_usage) {
    Workspace work;
    const auto ran = sign_for_mcuboot(work, {"--split", "other"});
    EXPECT_EQ(ran.exit_code, 2);
    EXPECT_TRUE(ran.says("--layout")) << ran.err;
    EXPECT_FALSE(work.has("other"));
}

TEST(Split, a_directory_that_cannot_be_made_leaves_no_image) {
    Workspace work;
    work.write("app.elf", program_elf({{".data_flash", 0x08000000, ByteVector(16, 0x44)}}));
    work.write("file", std::string("in the way"));
    const auto ran = sign(work, "app.elf", "out.bin", {"--split", "file/below"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("can't create file/below")) << ran.err;
    EXPECT_FALSE(work.has("out.bin"));
}

TEST(Split, scripts_are_told_what_was_made_and_what_was_left_out) {
    Workspace work;
    work.write("app.elf", program_elf({{".data_flash", 0x08000000, ByteVector(16, 0x44)}}));
    for (const bool split : {false, true}) {
        std::vector<std::string> more{"--json"};
        if (split) more.insert(more.end(), {"--split", "other"});
        const auto ran = sign(work, "app.elf", "out.bin", more);
        ASSERT_EQ(ran.exit_code, 0) << ran.err;
        const auto said = nlohmann::json::parse(ran.out);
        EXPECT_EQ(said.at("image"), "out.bin");
        EXPECT_EQ(said.at("version"), "1.2.3+0");
        EXPECT_EQ(said.at("image_bytes"), work.read("out.bin").size());
        EXPECT_EQ(said.at("room_bytes"), product_layout().max_image);
        EXPECT_EQ(said.at("signed"), true);
        EXPECT_EQ(said.at("encrypted"), false);
        const auto& left_out = said.at("left_out").at(0);
        EXPECT_EQ(left_out.at("name"), ".data_flash");
        EXPECT_EQ(left_out.at("address"), 0x08000000);
        EXPECT_EQ(left_out.at("bytes"), 16);
        EXPECT_EQ(left_out.at("region"), "parameters");
        EXPECT_EQ(left_out.contains("file"), split);
    }
}

} // namespace outboot::tool
