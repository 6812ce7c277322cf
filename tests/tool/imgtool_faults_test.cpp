// What imgtool is known to do wrong, and what outboot does instead: a test for each fault. Sizes are counted by hand
// from MCUboot's docs/design.md, "Image trailer".
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/tool/product.hpp"
#include "tool/image_file.hpp"
#include "tool/trailer.hpp"

namespace outboot::tool {
namespace {

constexpr std::size_t slot = 0x20000;
constexpr std::size_t around = 0x200 + 4 + 36; // header, and TLVs of an image with a hash only

nlohmann::json dumped(const Workspace& work) {
    return nlohmann::json::parse(work.outboot({"dumpinfo", "--json", "out.bin"}).out);
}

// `room` is what the slot has for an image with these options: that much fits, one byte more doesn't.
void expect_room(std::size_t room, const std::vector<std::string>& options) {
    SCOPED_TRACE(fmt::format("{}", fmt::join(options, " ")));
    Workspace work;
    const auto fits = sign_for_mcuboot(work, options, room - around);
    EXPECT_EQ(fits.exit_code, 0) << fits.err;
    EXPECT_EQ(work.read("out.bin").size(), room);
    std::filesystem::remove(work.path("out.bin"));
    const auto refused = sign_for_mcuboot(work, options, room - around + 1);
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_TRUE(refused.says(fmt::format("has room for {} beside", room))) << refused.err;
    EXPECT_TRUE(refused.says("1 too many")) << refused.err;
    EXPECT_FALSE(work.has("out.bin"));
}

} // namespace

// (1) imgtool encrypts for a P-384 key, writes no key TLV and exits with 0: the payload is lost.
TEST(ImgtoolFaults, a_payload_encrypted_for_a_key_that_cannot_unwrap_it_is_never_made) {
    Workspace work;
    for (const auto* key : {"sign-ecdsa-p384", "sign-ed25519", "sign-rsa-3072"}) {
        const auto ran = sign_for_mcuboot(work, {"-E", key_file(key)});
        EXPECT_EQ(ran.exit_code, 1) << key;
        EXPECT_TRUE(ran.says("no image key can be wrapped")) << ran.err;
        EXPECT_TRUE(ran.says("use ecdsa-p256, x25519, rsa-2048")) << ran.err;
        EXPECT_FALSE(work.has("out.bin"));
    }
}

// (2) imgtool counts an AES-256 key with 16 bytes. Two keys in cells of 8: 64 bytes, not 32.
TEST(ImgtoolFaults, a_trailer_with_aes_256_keys_has_room_for_them) {
    const std::size_t tlvs = 4 + 129; // ECIES-P256 for a key of 32 bytes
    for (const auto& [bits, keys] : {std::pair{"128", 2 * 16}, {"256", 2 * 32}}) {
        Workspace work;
        const std::size_t room = slot - (128 * 3 * 8 + keys + 4 * 8 + 16);
        const std::size_t wrapped = bits == std::string("256") ? tlvs : tlvs - 16;
        // Whole cipher blocks: the largest payload that is one.
        const std::size_t payload = (room - around - wrapped) / 16 * 16;
        const std::vector<std::string> options{"--align", "8", "-E", device_public_key, "--encrypt-keylen", bits};
        EXPECT_EQ(sign_for_mcuboot(work, options, payload).exit_code, 0);
        const auto refused = sign_for_mcuboot(work, options, payload + 1);
        EXPECT_EQ(refused.exit_code, 1);
        EXPECT_TRUE(refused.says(fmt::format("has room for {}", room))) << refused.err;
    }
}

// (3) imgtool's verify looks at ciphertext and calls a correct encrypted image invalid.
TEST(ImgtoolFaults, an_encrypted_image_is_verified_with_its_devices_key_and_never_called_invalid) {
    Workspace work;
    ASSERT_EQ(sign_for_mcuboot(work, {"-k", sign_key, "-E", device_public_key}).exit_code, 0);
    const auto opened = work.outboot({"verify", "-k", sign_key, "--decrypt-key", device_key, "out.bin"});
    EXPECT_EQ(opened.exit_code, 0) << opened.err;
    const auto closed = work.outboot({"verify", "-k", sign_key, "out.bin"});
    EXPECT_EQ(closed.exit_code, 1);
    EXPECT_TRUE(closed.says("the image is encrypted")) << closed.err;
    EXPECT_TRUE(closed.says("--decrypt-key")) << closed.err;
    EXPECT_FALSE(closed.says("invalid")) << closed.err;
}

// (4) imgtool dies of these with a traceback.
TEST(ImgtoolFaults, a_number_out_of_range_is_refused_in_one_sentence) {
    const std::pair<std::vector<std::string>, std::string> wrong[]{
        {{"-v", "256.0.0"}, "at most 255.255.65535+4294967295"},
        {{"-v", "1.0.65536"}, "at most 255.255.65535+4294967295"},
        {{"-v", "1.0.0+4294967296"}, "at most 255.255.65535+4294967295"},
        {{"--security-counter=-1"}, "a number from 0 to 4294967295"},
        {{"-s", "4294967296"}, "a number from 0 to 4294967295"},
        {{"-d", "(256, 1.0.0)"}, "isn't a list of dependencies"},
    };
    for (const auto& [options, words] : wrong) {
        Workspace work;
        const auto ran = sign_for_mcuboot(work, options);
        EXPECT_EQ(ran.exit_code, 1) << options.back();
        EXPECT_TRUE(ran.says(words)) << ran.err;
        EXPECT_FALSE(work.has("out.bin"));
    }
}

// (5) imgtool takes a reserved TLV number, and where it refuses one its text has a placeholder instead of the number.
TEST(ImgtoolFaults, a_reserved_tlv_number_is_refused_by_name) {
    Workspace work;
    for (const std::string type : {"0x0100", "0x019f", "0x0050", "0xffff"}) {
        const auto ran = sign_for_mcuboot(work, {"--custom-tlv", type, "0x01"});
        EXPECT_EQ(ran.exit_code, 1) << type;
        EXPECT_TRUE(ran.says("'" + type + "' isn't a vendor TLV type")) << ran.err;
        EXPECT_EQ(ran.err.find('{'), std::string::npos) << ran.err;
    }
    EXPECT_FALSE(work.has("out.bin"));
    EXPECT_EQ(sign_for_mcuboot(work, {"--custom-tlv", "0x01a0", "0x01"}).exit_code, 0);
}

// (6) imgtool decodes swap_info as if it were a flag: 0x12 is an update on test of image 1, not a bad flag.
TEST(ImgtoolFaults, swap_info_is_a_swap_type_and_an_image_number) {
    Workspace work;
    for (const auto& [option, align] : {std::pair{"8", 8U}, {"128", 128U}}) {
        ASSERT_EQ(sign_for_mcuboot(work, {"--align", option, "--pad"}).exit_code, 0);
        const std::size_t magic_cell = std::max(16U, align);
        auto padded = work.read("out.bin");
        const std::pair<int, std::pair<std::string, int>> cases[]{
            {0xff, {"none (unset)", 0}}, {0x01, {"none", 0}},   {0x12, {"test", 1}},
            {0x23, {"permanent", 2}},    {0x04, {"revert", 0}}, {0x15, {"none (unset)", 0}}};
        for (const auto& [value, meaning] : cases) {
            padded[padded.size() - magic_cell - 3 * align] = static_cast<std::uint8_t>(value);
            work.write("out.bin", padded);
            const auto trailer = dumped(work).at("trailer");
            EXPECT_EQ(trailer.at("swap_type"), meaning.first) << value;
            EXPECT_EQ(trailer.at("image_number"), meaning.second) << value;
            EXPECT_EQ(trailer.at("copy_done"), "unset") << value;
        }
    }
}

// (7) imgtool's help says that a header is padded with zeros; it is the erased value, and here the help says so.
TEST(ImgtoolFaults, the_header_is_padded_with_what_the_help_says) {
    Workspace work;
    EXPECT_TRUE(work.outboot({"sign", "--help"}).says("header and gaps are filled with it"));
    for (const auto& [option, fill] : {std::pair{"0xff", 0xff}, {"0", 0}}) {
        ASSERT_EQ(sign_for_mcuboot(work, {"-R", option}).exit_code, 0);
        const auto image = work.read("out.bin");
        for (std::size_t i = format::header_bytes; i < 0x200; ++i) ASSERT_EQ(image[i], fill) << i;
    }
}

// (8) imgtool reads little-endian images only.
TEST(ImgtoolFaults, a_big_endian_image_is_verified_and_described) {
    Workspace work;
    ASSERT_EQ(sign_for_mcuboot(work, {"-e", "big", "-k", sign_key, "-s", "7"}).exit_code, 0);
    EXPECT_EQ(work.outboot({"verify", "-k", sign_key, "out.bin"}).exit_code, 0);
    const auto info = dumped(work);
    EXPECT_EQ(info.at("endian"), "big");
    EXPECT_EQ(info.at("version"), "1.2.3+0");
    EXPECT_EQ(info.at("header").at("header_size"), 0x200);
    EXPECT_EQ(info.at("tlvs")[0].at("value"), "00000007");
}

// (9) imgtool fills up to a stray record far away and makes an image of that size.
TEST(ImgtoolFaults, a_stray_record_is_named_and_not_filled_up_to) {
    Workspace work;
    // 4 bytes at 0, and 4 at 0x08000010.
    work.write("app.hex", std::string(":0400000001020304F2\n:020000040800F2\n:0400100001020304E2\n:00000001FF\n"));
    const auto ran =
        work.outboot({"sign", "-H", "0x200", "-S", "0x20000", "--pad-header", "-v", "1.0.0", "app.hex", "out.bin"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("0x8000010")) << ran.err;
    EXPECT_TRUE(ran.says("--layout")) << ran.err;
    EXPECT_FALSE(work.has("out.bin"));
}

// (10) imgtool's size check takes every bootloader for swap-scratch, knows no sectors, and ends at alignment 32.
TEST(ImgtoolFaults, the_size_check_is_that_of_the_real_mode) {
    const std::size_t fixed = 4 * 8 + 16; // image_ok, copy_done, swap_info, swap_size, magic
    expect_room(slot - (128 * 3 * 8 + fixed), {"--align", "8"});
    expect_room(slot - (128 * 3 * 8 + fixed), {"--align", "8", "--swap", "scratch"});
    expect_room(slot - (128 * 3 * 8 + fixed), {"--align", "8", "--swap", "move"});
    expect_room(slot - (128 * 2 * 8 + fixed + 8), {"--align", "8", "--swap", "offset"}); // and the TLV sizes
    expect_room(slot - (2 * 8 + 16), {"--align", "8", "--swap", "overwrite"});
    expect_room(slot - (2 * 8 + 16), {"--align", "8", "--overwrite-only"});
    expect_room(slot - (32 * 3 * 8 + fixed), {"--align", "8", "--max-sectors", "32"});
}

TEST(ImgtoolFaults, the_size_check_counts_whole_sectors) {
    // 3,120 bytes of trailer in sectors of 4 KB; a spare sector in the modes that need one. In swap-scratch the trailer
    // of the scratch area, 72 bytes, must find room in the sector in which the slot's begins: 3,120 are more.
    expect_room(slot - 2 * 4096, {"--align", "8", "--swap", "move", "--sector-size", "4096"});
    expect_room(slot - 2 * 4096, {"--align", "8", "--swap", "offset", "--sector-size", "4096"});
    expect_room(slot - 3120, {"--align", "8", "--swap", "scratch", "--sector-size", "4096"});
    // With sectors of 1,024 bytes 48 of the 3,120 are in the first one: 72 - 48 more are needed.
    expect_room(slot - 3120 - 24, {"--align", "8", "--swap", "scratch", "--sector-size", "1024"});
    expect_room(slot - 4096 - 1024, {"--align", "8", "--swap", "move", "--sector-size", "1024"});
}

TEST(ImgtoolFaults, every_alignment_to_4096_is_counted_and_padded) {
    for (std::uint32_t align = 1; align <= 4096; align *= 2) {
        SCOPED_TRACE(align);
        const std::uint32_t cell = std::max(8U, align);
        const std::uint32_t magic = std::max(16U, align);
        const std::uint32_t trailer = 4 * 3 * align + 4 * cell + magic;
        expect_room(slot - trailer, {"--align", fmt::format("{}", align), "-M", "4"});
        Workspace work;
        ASSERT_EQ(sign_for_mcuboot(work, {"--align", fmt::format("{}", align), "-M", "4", "--confirm"}).exit_code, 0);
        const auto padded = work.read("out.bin");
        ASSERT_EQ(padded.size(), slot);
        EXPECT_EQ(padded[slot - magic - cell], 1);
        const auto found = dumped(work).at("trailer");
        EXPECT_EQ(found.at("alignment"), cell);
        EXPECT_EQ(found.at("image_ok"), "set");
    }
    Workspace work;
    EXPECT_EQ(sign_for_mcuboot(work, {"--align", "8192"}).exit_code, 2);
    EXPECT_EQ(sign_for_mcuboot(work, {"--align", "3"}).exit_code, 2);
    EXPECT_EQ(sign_for_mcuboot(work, {"--max-align", "4"}).exit_code, 2);
    EXPECT_EQ(sign_for_mcuboot(work, {"--align", "32", "--max-align", "16"}).exit_code, 2);
}

} // namespace outboot::tool
