#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "layout/fingerprint.hpp"
#include "tests/tool/product.hpp"
#include "tool/image_check.hpp"
#include "tool/program.hpp"

namespace outboot::tool {
namespace {

// Signs the standard program with the layout, then checks the exit code and that a refusal leaves nothing behind.
Ran sign_program(const Workspace& work, const std::vector<std::string>& more, std::size_t bytes = 1000) {
    work.write("app.bin", program(bytes));
    const auto ran = sign(work, "app.bin", "out.bin", more);
    EXPECT_EQ(work.has("out.bin"), ran.exit_code == 0) << ran.err;
    return ran;
}

} // namespace

TEST(Sign, everything_follows_from_the_layout) {
    Workspace work;
    ASSERT_EQ(sign_program(work, {"-s", "7", "-E", device_public_key}).exit_code, 0);
    const auto image = ImageFile::parse(work.read("out.bin"));
    EXPECT_EQ(image.header().header_size, 0x200u);
    EXPECT_EQ(image.header().load_address, 0x4000u);
    EXPECT_EQ(image.header().flags, format::flag_rom_fixed | format::flag_encrypted_aes128);
    EXPECT_EQ(image.security_counter(), 7u);
    EXPECT_EQ(fingerprint_in(image), product_layout().core.fingerprint);
    std::vector<std::uint16_t> types;
    for (const auto& tlv : image.tlvs()) types.push_back(tlv.type);
    namespace tlv = format::tlv;
    EXPECT_EQ(types, (std::vector<std::uint16_t>{tlv::security_counter, tlv::layout_fingerprint, tlv::sha256,
                                                 tlv::key_hash, tlv::ecdsa, tlv::enc_ec256}));
}

TEST(Sign, an_option_that_contradicts_the_layout_is_refused) {
    Workspace work;
    EXPECT_EQ(sign_program(work, {"-H", "0x200", "-S", "0xfc000", "--align", "128"}).exit_code, 0);
    std::filesystem::remove(work.path("out.bin"));
    for (const std::vector<std::string>& more :
         {std::vector<std::string>{"-H", "0x400"}, {"-S", "0xe8000"}, {"--align", "8"}}) {
        const auto ran = sign_program(work, more);
        EXPECT_EQ(ran.exit_code, 1);
        EXPECT_TRUE(ran.says("follows from the layout")) << ran.err;
    }
}

TEST(Sign, without_a_layout_the_geometry_must_be_given) {
    Workspace work;
    work.write("app.bin", program());
    const auto ran = work.outboot({"sign", "-k", sign_key, "-v", "1.0.0", "--pad-header", "app.bin", "out.bin"});
    EXPECT_EQ(ran.exit_code, 2);
    EXPECT_TRUE(ran.says("--header-size")) << ran.err;
    EXPECT_FALSE(work.has("out.bin"));
}

TEST(Sign, the_largest_program_fits_and_one_byte_more_does_not) {
    Workspace work;
    const std::size_t around = 0x200 + 4 + 8 + 12 + 4 + 36 + 36 + 4 + 72; // with a padded signature, without encryption
    const std::size_t largest = product_layout().max_image - around;
    EXPECT_EQ(sign_program(work, {"-s", "1", "--pad-sig"}, largest).exit_code, 0);
    std::filesystem::remove(work.path("out.bin"));
    const auto ran = sign_program(work, {"-s", "1", "--pad-sig"}, largest + 1);
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("the layout has room for 1032192: 1 too many")) << ran.err;
}

TEST(Sign, what_the_linker_script_allows_can_be_signed) {
    Workspace work;
    const std::size_t largest = product_layout().max_image - 0x200 - layouts::tlv_room;
    EXPECT_EQ(sign_program(work, {"-s", "auto", "--pad-sig", "-E", device_public_key}, largest).exit_code, 0);
}

TEST(Sign, mcuboots_size_check_counts_its_trailer) {
    Workspace work;
    // 128 sectors * 3 records * 8 + 4 cells of 8 + magic 16 = 3120 bytes of trailer.
    const auto sign_for_mcuboot = [&](std::size_t bytes, std::vector<std::string> more) {
        work.write("app.bin", program(bytes));
        std::vector<std::string> arguments{"sign",    "-H", "0x20", "-S",    "0x10000",
                                           "--align", "8",  "-v",   "1.0.0", "--pad-header"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        arguments.insert(arguments.end(), {"app.bin", "out.bin"});
        return work.outboot(arguments);
    };
    const std::size_t largest = 0x10000 - 3120 - 0x20 - 4 - 36;
    EXPECT_EQ(sign_for_mcuboot(largest, {}).exit_code, 0);
    EXPECT_EQ(sign_for_mcuboot(largest + 1, {}).exit_code, 1);
    EXPECT_EQ(sign_for_mcuboot(largest + 1, {"--overwrite-only"}).exit_code, 0);
    EXPECT_EQ(sign_for_mcuboot(largest + 1, {"-M", "64"}).exit_code, 0);
}

TEST(Sign, security_counters_are_numbers_or_auto) {
    Workspace work;
    ASSERT_EQ(sign_program(work, {"-s", "auto"}).exit_code, 0);
    EXPECT_EQ(ImageFile::parse(work.read("out.bin")).security_counter(), 0x01020003u);
    ASSERT_EQ(sign_program(work, {"-s", "0xffffffff"}).exit_code, 0);
    EXPECT_EQ(ImageFile::parse(work.read("out.bin")).security_counter(), 0xffffffffu);
    std::filesystem::remove(work.path("out.bin"));
    for (const char* wrong : {"4294967296", "1K", "one", ""})
        EXPECT_NE(sign_program(work, {"-s", wrong}).exit_code, 0) << wrong;
    EXPECT_NE(sign_program(work, {"--security-counter=-1"}).exit_code, 0);
}

TEST(Sign, a_bad_version_is_refused) {
    Workspace work;
    work.write("app.bin", program());
    for (const char* version : {"256.0.0", "1.0.0.0", "x"}) {
        const auto ran =
            work.outboot({"sign", "--layout", layout_file, "-k", sign_key, "-v", version, "app.bin", "out.bin"});
        EXPECT_EQ(ran.exit_code, 1);
        EXPECT_TRUE(ran.says("isn't a version")) << ran.err;
    }
    EXPECT_EQ(work.outboot({"sign", "--layout", layout_file, "-k", sign_key, "app.bin", "out.bin"}).exit_code, 2);
    EXPECT_FALSE(work.has("out.bin"));
}

TEST(Sign, vendor_tlvs_stay_in_their_range) {
    Workspace work;
    EXPECT_EQ(sign_program(work, {"--custom-tlv", "0x01a0", "0x0102"}).exit_code, 0);
    std::filesystem::remove(work.path("out.bin"));
    for (const char* type : {"0x0050", "0x009f", "0x0100", "0xffff", "0x100a0", "0x4fa0", "0x4fa1", "x"})
        EXPECT_EQ(sign_program(work, {"--custom-tlv", type, "0x01"}).exit_code, 1) << type;
    EXPECT_EQ(sign_program(work, {"--custom-tlv", "0xa0", "0x012"}).exit_code, 1); // half a byte
    EXPECT_EQ(sign_program(work, {"--custom-tlv", "0xa0", "a", "--custom-tlv", "0xa0", "b"}).exit_code, 1);
    EXPECT_EQ(sign_program(work, {"--custom-tlv", "0xa0"}).exit_code, 2);
}

TEST(Sign, more_protected_tlvs_than_the_bootloader_reads_are_refused) {
    Workspace work;
    const std::size_t room = 512 - 4 - 12 - 4; // area head, fingerprint, entry head
    EXPECT_EQ(sign_program(work, {"--custom-tlv", "0xa0", std::string(room, 'x')}).exit_code, 0);
    std::filesystem::remove(work.path("out.bin"));
    const auto ran = sign_program(work, {"--custom-tlv", "0xa0", std::string(room + 1, 'x')});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("the protected TLVs have 513 bytes")) << ran.err;
}

TEST(Sign, dependencies_are_read_in_imgtools_form) {
    Workspace work;
    EXPECT_EQ(sign_program(work, {"-d", "(1, 1.2.3+0)(2,255.254.65535+4294967295)"}).exit_code, 0);
    std::filesystem::remove(work.path("out.bin"));
    for (const char* wrong : {"1.2.3", "(1)", "(256, 1.0.0)", "(1, 1.0.0", "(1, 256.0.0)", "(1, 1.0.0) and more"})
        EXPECT_EQ(sign_program(work, {"-d", wrong}).exit_code, 1) << wrong;
}

TEST(Sign, an_unencrypted_update_is_signed_with_a_warning) {
    Workspace work;
    EXPECT_TRUE(sign_program(work, {}).says("warning: the image isn't encrypted"));
    EXPECT_FALSE(sign_program(work, {"-E", device_public_key}).says("warning: the image isn't encrypted"));
}

TEST(Sign, a_layout_without_encryption_refuses_encryption) {
    Workspace work;
    auto text = work.text(layout_file);
    text.replace(text.find("\"ecies-p256-aes128\""), 19, "\"none\"");
    text.replace(text.find("encrypted_updates = true"), 24, "encrypted_updates = false");
    work.write("plain.toml", text);
    work.write("app.bin", program());
    const auto run = [&](std::vector<std::string> more) {
        std::vector<std::string> arguments{"sign", "--layout", "plain.toml", "-k", sign_key, "-v", "1.0.0"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        arguments.insert(arguments.end(), {"app.bin", "out.bin"});
        return work.outboot(arguments);
    };
    EXPECT_EQ(run({"-E", device_public_key}).exit_code, 1);
    EXPECT_EQ(run({}).exit_code, 0);
}

TEST(Sign, with_a_layout_a_signing_key_is_needed) {
    Workspace work;
    work.write("app.bin", program());
    const auto ran = work.outboot({"sign", "--layout", layout_file, "-v", "1.0.0", "app.bin", "out.bin"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("no signing key")) << ran.err;
}

TEST(Sign, an_unreadable_or_faulty_layout_is_refused) {
    Workspace work;
    work.write("app.bin", program());
    work.write("bad.toml", "format = 1\n");
    for (const char* layout : {"absent.toml", "bad.toml"}) {
        const auto ran =
            work.outboot({"sign", "--layout", layout, "-k", sign_key, "-v", "1.0.0", "app.bin", "out.bin"});
        EXPECT_EQ(ran.exit_code, 1);
        EXPECT_TRUE(ran.says(layout)) << ran.err;
    }
    EXPECT_FALSE(work.has("out.bin"));
}

TEST(Sign, a_hex_output_stands_at_the_slots_base) {
    Workspace work;
    work.write("app.elf", program_elf());
    ASSERT_EQ(sign(work, "app.elf", "out.hex").exit_code, 0);
    const auto hex = load_program(work.path("out.hex"));
    ASSERT_EQ(hex.pieces.size(), 1u);
    EXPECT_EQ(hex.pieces[0].address, 0x4000u);
    EXPECT_EQ(format::get32(hex.pieces[0].data.data()), format::image_magic);
}

TEST(Sign, an_input_without_room_for_the_header_says_so) {
    Workspace work;
    work.write("app.bin", program());
    const auto ran =
        work.outboot({"sign", "-H", "0x20", "-S", "0x10000", "--align", "8", "-v", "1.0.0", "app.bin", "out.bin"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("use --pad-header")) << ran.err;
}

TEST(Verify, the_layout_of_an_image_is_checked) {
    Workspace work;
    ASSERT_EQ(sign_program(work, {}).exit_code, 0);
    EXPECT_EQ(work.outboot({"verify", "-k", sign_key, "--layout", layout_file, "out.bin"}).exit_code, 0);
    const auto other = work.outboot({"verify", "-k", sign_key, "--layout", scratch_layout_file, "out.bin"});
    EXPECT_EQ(other.exit_code, 1);
    EXPECT_TRUE(other.says("made for another layout")) << other.err;
    const auto none = work.outboot({"verify", "--layout", layout_file, OUTBOOT_IMAGES "/vectors/ra6m4-ec256.bin"});
    EXPECT_EQ(none.exit_code, 1);
    EXPECT_TRUE(none.says("no layout fingerprint")) << none.err;
}

TEST(Verify, another_key_is_refused) {
    Workspace work;
    ASSERT_EQ(sign_program(work, {}).exit_code, 0);
    const auto ran = work.outboot({"verify", "-k", other_sign_key, "out.bin"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("signed with another key")) << ran.err;
}

TEST(Verify, json_says_what_was_found) {
    Workspace work;
    ASSERT_EQ(sign_program(work, {}).exit_code, 0);
    const auto good = nlohmann::json::parse(work.outboot({"verify", "-k", sign_key, "--json", "out.bin"}).out);
    EXPECT_EQ(good.at("valid"), true);
    EXPECT_EQ(good.at("version"), "1.2.3+0");
    const auto refused = work.outboot({"verify", "-k", other_sign_key, "--json", "out.bin"});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_EQ(nlohmann::json::parse(refused.out).at("valid"), false);
}

TEST(Verify, a_file_that_is_no_image_is_refused) {
    Workspace work;
    work.write("no.bin", std::string(100, 'x'));
    work.write("empty.bin", std::string());
    EXPECT_EQ(work.outboot({"verify", "no.bin"}).exit_code, 1);
    EXPECT_EQ(work.outboot({"verify", "empty.bin"}).exit_code, 1);
    EXPECT_EQ(work.outboot({"verify", "absent.bin"}).exit_code, 1);
}

TEST(Dumpinfo, it_shows_fields_and_names) {
    Workspace work;
    ASSERT_EQ(sign_program(work, {"-s", "5"}).exit_code, 0);
    const auto human = work.outboot({"dumpinfo", "out.bin"});
    EXPECT_EQ(human.exit_code, 0);
    for (const char* words : {"1.2.3+0", "ROM_FIXED", "SEC_CNT", "layout fingerprint", "ECDSASIG", "d43088e3cfa4131a"})
        EXPECT_TRUE(human.says(words)) << words << human.out;
    const auto json = nlohmann::json::parse(work.outboot({"dumpinfo", "--json", "out.bin"}).out);
    EXPECT_EQ(json.at("header").at("header_size"), 512);
    EXPECT_EQ(json.at("tlvs")[0].at("name"), "SEC_CNT");
    EXPECT_EQ(json.at("tlvs")[0].at("value"), "05000000");
}

} // namespace outboot::tool
