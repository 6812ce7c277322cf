#include "tool/intel_hex.hpp"

#include <random>

#include <gtest/gtest.h>

#include "tool/failure.hpp"

namespace outboot::tool {
namespace {

ByteVector bytes(const std::string& text) {
    return {text.begin(), text.end()};
}

std::vector<Piece> parse(const std::string& text) {
    return tidy(parse_hex(bytes(text), "t.hex"), "t.hex");
}

std::string failure(const std::string& text) {
    try {
        parse(text);
    } catch (const Failure& failure) {
        return failure.what();
    }
    return {};
}

const std::string end = ":00000001FF\n";

} // namespace

TEST(IntelHex, a_known_file_is_read) {
    const auto pieces = parse(":020000040800F2\n:0400100001020304E2\n" + end);
    ASSERT_EQ(pieces.size(), 1u);
    EXPECT_EQ(pieces[0].address, 0x08000010u);
    EXPECT_EQ(pieces[0].data, (ByteVector{1, 2, 3, 4}));
}

TEST(IntelHex, a_known_file_is_written) {
    EXPECT_EQ(write_hex({{0x08000010, {1, 2, 3, 4}, {}}}), ":020000040800F2\n:0400100001020304E2\n" + end);
}

TEST(IntelHex, segment_addresses_and_crlf_are_read) {
    const auto pieces = parse(":020000021000EC\r\n:0100000055AA\r\n:00000001FF\r\n");
    ASSERT_EQ(pieces.size(), 1u);
    EXPECT_EQ(pieces[0].address, 0x10000u);
}

TEST(IntelHex, what_is_written_is_read_again_and_gaps_stay_gaps) {
    std::mt19937 random(7);
    for (int round = 0; round < 200; ++round) {
        std::vector<Piece> pieces;
        std::uint64_t at = random() % 0x20000;
        for (std::size_t n = 1 + random() % 4; n > 0; --n) {
            Piece piece{at, ByteVector(1 + random() % 70000), {}};
            for (auto& byte : piece.data) byte = static_cast<std::uint8_t>(random());
            at = piece.end() + 1 + random() % 0x30000;
            pieces.push_back(std::move(piece));
        }
        const auto again = parse(write_hex(pieces));
        ASSERT_EQ(again.size(), pieces.size());
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            EXPECT_EQ(again[i].address, pieces[i].address);
            EXPECT_EQ(again[i].data, pieces[i].data);
        }
    }
}

TEST(IntelHex, faults_are_found_and_their_line_named) {
    EXPECT_EQ(failure(":0400100001020304E3\n" + end), "t.hex:1: the checksum is E3, what it is of makes E2");
    EXPECT_EQ(failure(":0400100001020304E2\n:04001400010203\n" + end),
              "t.hex:2: the record says that it has 4 bytes of data, it has 2");
    EXPECT_EQ(failure(":0400100001020304E2\n:0400140001020g\n" + end),
              "t.hex:2: not a record: ':' and pairs of hexadecimal digits are");
    EXPECT_EQ(failure(":0400100001020304E2\nhello\n" + end),
              "t.hex:2: not a record: ':' and pairs of hexadecimal digits are");
    EXPECT_EQ(failure(":0400100001020304E2\n"), "t.hex:1: the end record is missing: the file is cut off");
    EXPECT_EQ(failure(end + ":0400100001020304E2\n"), "t.hex:2: something follows the end record");
    EXPECT_EQ(failure(":00000009F7\n" + end), "t.hex:1: unknown record type 9");
    EXPECT_TRUE(failure(":0400100001020304E2\n" + end).empty());
}

TEST(IntelHex, two_contents_for_one_address_are_refused) {
    EXPECT_EQ(failure(":0400100001020304E2\n:0400120001020304E0\n" + end),
              "t.hex:2: a second content for 0x12: line 1 has the first");
}

} // namespace outboot::tool
