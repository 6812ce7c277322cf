// Intel HEX and ELF files as the board reads them.
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include <unistd.h>

#include <gtest/gtest.h>

#include "board/firmware_file.hpp"
#include "tests/board/firmware_path.hpp"

namespace outboot::board {
namespace {

struct FirmwareFile : testing::Test {
    ~FirmwareFile() override { std::filesystem::remove(path); }
    std::vector<Segment> read(const std::string& text) const {
        std::ofstream(path, std::ios::binary) << text;
        return read_firmware(path);
    }
    std::string refusal(const std::string& text) const {
        try {
            (void)read(text);
        } catch (const std::runtime_error& e) {
            return e.what();
        }
        return "";
    }
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("outboot-firmware-" + std::to_string(::getpid()));
    static constexpr char end[] = ":00000001FF\n";
};

TEST_F(FirmwareFile, hex_records_that_follow_each_other_are_one_segment) {
    const auto s = read(std::string(":020000040800F2\n:0400000001020304F2\n:020004000506EF\n") + end);
    ASSERT_EQ(s.size(), 1u);
    EXPECT_EQ(s[0].address, 0x08000000u);
    EXPECT_EQ(s[0].bytes, (std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6}));
}

TEST_F(FirmwareFile, hex_gaps_stay_gaps) {
    const auto s = read(std::string(":0100000011EE\n:0100020022DB\n") + end);
    ASSERT_EQ(s.size(), 2u);
    EXPECT_EQ(s[1].address, 2u);
}

TEST_F(FirmwareFile, hex_segment_addresses_are_sixteenfold) {
    const auto s = read(std::string(":020000021000EC\n:0100000011EE\r\n") + end);
    ASSERT_EQ(s.size(), 1u);
    EXPECT_EQ(s[0].address, 0x10000u);
}

TEST_F(FirmwareFile, bad_hex_is_refused_with_its_line) {
    EXPECT_NE(refusal(std::string(":0100000011EF\n") + end).find(":1: not Intel HEX: a wrong checksum"),
              std::string::npos);
    EXPECT_NE(refusal(std::string(":0100000011EE\n:01000000\n") + end).find(":2:"), std::string::npos);
    EXPECT_NE(refusal(std::string(":0100000011E\n") + end).find("odd number"), std::string::npos);
    EXPECT_NE(refusal(std::string(":01000000G1EE\n") + end).find("hexadecimal"), std::string::npos);
    EXPECT_NE(refusal(std::string(":0100000911E5\n") + end).find("record type 9"), std::string::npos);
    EXPECT_NE(refusal(":0100000011EE\n").find("no end record"), std::string::npos);
}

TEST_F(FirmwareFile, anything_else_is_refused) {
    EXPECT_NE(refusal("S00600004844521B\n").find("neither"), std::string::npos);
    EXPECT_NE(refusal("").find("neither"), std::string::npos);
    EXPECT_NE(refusal(std::string("\x7f") + "ELF").find("ends early"), std::string::npos);
    EXPECT_THROW(read_firmware("/nonexistent"), std::runtime_error);
}

TEST_F(FirmwareFile, elf_segments_lie_at_their_physical_addresses) {
    const auto s = read_firmware(firmware("flash"));
    ASSERT_EQ(s.size(), 2u) << "code, and the routine that runs from RAM where it is loaded";
    EXPECT_EQ(s[0].address, 0u);
    EXPECT_EQ(s[1].address, s[0].bytes.size());
}

TEST_F(FirmwareFile, elf_cut_short_or_of_another_machine_is_refused) {
    std::vector<std::uint8_t> bytes = read_whole(firmware("flash"));
    bytes.resize(0x200);
    EXPECT_NE(refusal(std::string(bytes.begin(), bytes.end())).find("ends early"), std::string::npos);
    bytes = read_whole(firmware("flash"));
    bytes[18] = 62; // x86-64
    EXPECT_NE(refusal(std::string(bytes.begin(), bytes.end())).find("ARM"), std::string::npos);
}

} // namespace
} // namespace outboot::board
