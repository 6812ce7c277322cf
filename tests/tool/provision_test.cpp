#include <sys/stat.h>

#include <gtest/gtest.h>

#include "core/key_block.hpp"
#include "tests/tool/product.hpp"
#include "tool/image_check.hpp"
#include "tool/intel_hex.hpp"
#include "tool/provisioning.hpp"

namespace outboot::tool {
namespace {

namespace block = core::key_block;

ByteVector bootloader_elf(const layouts::Fingerprint& fingerprint, std::size_t bytes = 8000,
                          const std::vector<ElfSection>& more = {}) {
    std::vector<ElfSection> sections{{".text", 0, program(bytes, 0)}};
    sections.insert(sections.end(), more.begin(), more.end());
    return build_elf(sections, fingerprint);
}

// A workspace with everything `provision` needs; tests replace what they want to be wrong.
class Provision : public testing::Test {
  protected:
    void SetUp() override {
        work.write("bootloader.elf", bootloader_elf(product_layout().core.fingerprint));
        work.write("app.elf", program_elf({{".data_flash", 0x08000000, ByteVector(16, 0x44)},
                                           {".assets", 0x600f4100, ByteVector(300, 0x55)}}));
        ASSERT_EQ(sign(work, "app.elf", "image.bin", {"-E", device_public_key, "-s", "1"}).exit_code, 0);
    }

    Ran run(const std::vector<std::string>& more = {}, const std::string& key = sign_key,
            const std::string& device = device_key) {
        std::vector<std::string> arguments{"provision",      "--layout",   layout_file, "--bootloader",
                                           "bootloader.elf", "--sign-key", key,         "--image",
                                           "image.bin",      "-o",         "out.hex",   "--insecure-sample-key"};
        if (!device.empty()) arguments.insert(arguments.end(), {"--device-key", device});
        arguments.insert(arguments.end(), more.begin(), more.end());
        return work.outboot(arguments);
    }

    void expect_refused(const Ran& ran, const std::string& words) {
        EXPECT_EQ(ran.exit_code, 1);
        EXPECT_TRUE(ran.says(words)) << ran.err;
        EXPECT_FALSE(work.has("out.hex"));
    }

    Workspace work;
};

} // namespace

TEST_F(Provision, a_key_that_comes_with_examples_is_refused_unless_it_is_meant) {
    const auto provision = [&](const std::string& signer, const std::string& device) {
        return work.outboot({"provision", "--layout", layout_file, "--bootloader", "bootloader.elf", "--sign-key",
                             signer, "--device-key", device, "--image", "image.bin", "-o", "out.hex"});
    };
    expect_refused(provision(sign_key, device_key), "the signing key " + sign_key + " is an example");
    ASSERT_EQ(work.outboot({"keygen", "-t", "ecdsa-p256", "-k", "own.pem"}).exit_code, 0);
    expect_refused(provision("own.pem", device_key), "the device key " + device_key + " is an example");
    expect_refused(provision(sign_key, "own.pem"), "--insecure-sample-key");
    ASSERT_EQ(work.outboot({"keygen", "-t", "ecdsa-p256", "-k", "device.pem"}).exit_code, 0);
    ASSERT_EQ(work.outboot({"sign", "--layout", layout_file, "-k", "own.pem", "-E", "device.pem", "-v", "1.2.3",
                            "app.elf", "image.bin"})
                  .exit_code,
              0);
    EXPECT_EQ(provision("own.pem", "device.pem").exit_code, 0);
}

TEST_F(Provision, the_file_holds_every_part_and_nothing_between) {
    const auto ran = run({"--app", "app.elf"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const auto pieces = load_program(work.path("out.hex")).pieces;
    // Bootloader; key block with the image behind it, which begins at the next byte; data flash; external flash.
    ASSERT_EQ(pieces.size(), 4u);
    EXPECT_EQ(pieces[0].address, 0u);
    EXPECT_EQ(pieces[0].data.size(), 8000u);
    EXPECT_EQ(pieces[1].address, 0x3f00u);
    EXPECT_EQ(pieces[2].address, 0x08000000u);
    EXPECT_EQ(pieces[2].data, ByteVector(16, 0x44));
    EXPECT_EQ(pieces[3].address, 0x600f4100u);
    EXPECT_EQ(pieces[3].data, ByteVector(300, 0x55));
}

TEST_F(Provision, the_first_image_is_in_clear_and_keeps_its_tlvs) {
    ASSERT_EQ(run().exit_code, 0);
    const auto pieces = load_program(work.path("out.hex")).pieces;
    const auto& data = pieces.at(1).data;
    const auto image = ImageFile::parse(ByteVector(data.begin() + block::size_bytes, data.end()));
    const auto original = ImageFile::parse(work.read("image.bin"));
    EXPECT_FALSE(open_image(image, nullptr).was_encrypted);
    ASSERT_EQ(image.tlvs().size(), original.tlvs().size());
    for (std::size_t i = 0; i < image.tlvs().size(); ++i) EXPECT_EQ(image.tlvs()[i].value, original.tlvs()[i].value);
}

TEST_F(Provision, the_key_block_is_byte_for_byte_as_format_md_says) {
    ASSERT_EQ(run({"--sign-key", other_sign_key}).exit_code, 0);
    const auto pieces = load_program(work.path("out.hex")).pieces;
    const ByteVector keys(pieces.at(1).data.begin(), pieces.at(1).data.begin() + block::size_bytes);
    EXPECT_EQ(to_hex(ByteSpan(keys).first(16)), "4f424b59"
                                                "01"
                                                "02"
                                                "01"
                                                "ffffffffffffffffff");
    const auto first = P256Key::load(sign_key, "key");
    const auto second = P256Key::load(other_sign_key, "key");
    EXPECT_EQ(to_hex(ByteSpan(keys).subspan(16, 32)), to_hex(first.key_hash()));
    EXPECT_EQ(to_hex(ByteSpan(keys).subspan(48, 64)), to_hex(ByteSpan(first.public_point()).subspan(1)));
    EXPECT_EQ(to_hex(ByteSpan(keys).subspan(112, 32)), to_hex(second.key_hash()));
    EXPECT_EQ(to_hex(ByteSpan(keys).subspan(208, 32)), to_hex(P256Key::load(device_key, "key").private_scalar()));
    EXPECT_EQ(to_hex(ByteSpan(keys).subspan(240, 8)), "ffffffffffffffff");
    EXPECT_EQ(to_hex(ByteSpan(keys).subspan(248, 8)), to_hex(sha256(ByteSpan(keys).first(248))).substr(0, 16));
}

TEST_F(Provision, the_file_is_secret) {
    ASSERT_EQ(run().exit_code, 0);
    struct stat status {};
    ASSERT_EQ(stat(work.path("out.hex").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(Provision, an_image_in_clear_is_taken_as_it_is) {
    ASSERT_EQ(sign(work, "app.elf", "image.bin").exit_code, 0);
    ASSERT_EQ(run().exit_code, 0);
    const auto data = load_program(work.path("out.hex")).pieces.at(1).data;
    EXPECT_EQ(ByteVector(data.begin() + block::size_bytes, data.end()), work.read("image.bin"));
}

TEST_F(Provision, an_image_of_another_signer_is_refused) {
    expect_refused(run({}, other_sign_key), "signed with another key");
}

TEST_F(Provision, an_image_for_another_device_is_refused) {
    expect_refused(run({}, sign_key, other_device_key), "isn't encrypted for the key");
}

TEST_F(Provision, an_image_of_another_layout_is_refused) {
    work.write("app.bin", program());
    ASSERT_EQ(
        work.outboot({"sign", "--layout", scratch_layout_file, "-k", sign_key, "-v", "1.0.0", "app.bin", "image.bin"})
            .exit_code,
        0);
    expect_refused(run(), "made for another layout");
}

TEST_F(Provision, a_bootloader_of_another_layout_is_refused) {
    work.write("bootloader.elf", bootloader_elf({1, 2, 3, 4, 5, 6, 7, 8}));
    expect_refused(run(), "doesn't carry the fingerprint");
}

TEST_F(Provision, a_bootloader_up_to_the_key_block_fits_and_one_byte_more_does_not) {
    work.write("bootloader.elf", bootloader_elf(product_layout().core.fingerprint, 0x3f00));
    EXPECT_EQ(run().exit_code, 0);
    std::filesystem::remove(work.path("out.hex"));
    work.write("bootloader.elf", bootloader_elf(product_layout().core.fingerprint, 0x3f01));
    expect_refused(run(), "overlaps the key block at 0x3F00");
}

TEST_F(Provision, a_bootloader_that_leaves_its_region_is_refused) {
    work.write("bootloader.elf",
               bootloader_elf(product_layout().core.fingerprint, 8000, {{".extra", 0x4000, ByteVector(4, 1)}}));
    expect_refused(run(), "leaves the bootloader's region");
}

TEST_F(Provision, option_settings_in_the_bootloader_are_refused) {
    work.write("bootloader.elf", bootloader_elf(product_layout().core.fingerprint, 8000,
                                                {{".option_setting", 0x0100a100, ByteVector(4, 0xff)}}));
    expect_refused(run(), "writes option-setting memory: .option_setting at 0x100A100, 4 bytes");
}

TEST_F(Provision, a_raw_bootloader_has_no_address) {
    work.write("bootloader.elf", program(8000, 0));
    expect_refused(run(), "bootloader.elf");
}

TEST_F(Provision, a_device_key_is_needed_for_encrypted_updates) {
    expect_refused(run({}, sign_key, ""), "there is no device key");
}

TEST_F(Provision, one_key_for_both_purposes_is_refused) {
    ASSERT_EQ(sign(work, "app.elf", "image.bin").exit_code, 0);
    expect_refused(run({}, sign_key, sign_key), "the signing key is also the device key");
}

TEST_F(Provision, three_signers_are_too_many) {
    const std::string third = OUTBOOT_IMAGES "/keys/other-enc-ec256.pem";
    expect_refused(run({"--sign-key", other_sign_key, "--sign-key", third}), "1 to 2 signing keys, not 3");
}

TEST_F(Provision, another_program_than_the_one_signed_is_refused) {
    work.write("other.elf", program_elf({}, 1001));
    expect_refused(run({"--app", "other.elf"}), "isn't the program in the first image");
}

TEST_F(Provision, a_tampered_image_is_refused) {
    auto image = work.read("image.bin");
    image[0x300] ^= 1;
    work.write("image.bin", image);
    expect_refused(run(), "hash doesn't fit");
}

} // namespace outboot::tool
