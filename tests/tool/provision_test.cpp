#include <sys/stat.h>

#include <gtest/gtest.h>

#include "core/key_block.hpp"
#include "format/image.hpp"
#include "tests/tool/product.hpp"
#include "tool/image_builder.hpp"
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
        std::vector<std::string> arguments{
            "provision",  "--layout", layout_file, "--bootloader", "bootloader.elf",
            "--sign-key", key,        "--image",   "image.bin",    "--insecure-sample-key"};
        if (std::find(more.begin(), more.end(), "-o") == more.end())
            arguments.insert(arguments.end(), {"-o", "out.hex"});
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
    // Bootloader; key block with the image behind it, which begins at the next byte; data flash; journal; external
    // flash.
    ASSERT_EQ(pieces.size(), 5u);
    EXPECT_EQ(pieces[0].address, 0u);
    EXPECT_EQ(pieces[0].data.size(), 8000u);
    EXPECT_EQ(pieces[1].address, 0x3f00u);
    EXPECT_EQ(pieces[2].address, 0x08000000u);
    EXPECT_EQ(pieces[2].data, ByteVector(16, 0x44));
    EXPECT_EQ(pieces[3].address, 0x08001c00u);
    EXPECT_EQ(pieces[4].address, 0x600f4100u);
    EXPECT_EQ(pieces[4].data, ByteVector(300, 0x55));
}

TEST_F(Provision, an_s_record_holds_the_same_as_an_intel_hex) {
    ASSERT_EQ(run({"--app", "app.elf"}).exit_code, 0);
    const auto hex = load_program(work.path("out.hex"));
    for (const char* name : {"out.srec", "out.mot", "out.s37"}) {
        ASSERT_EQ(run({"--app", "app.elf", "-o", name}).exit_code, 0);
        const auto records = load_program(work.path(name));
        EXPECT_EQ(records.kind, ProgramKind::s_record);
        ASSERT_EQ(records.pieces.size(), hex.pieces.size());
        for (std::size_t i = 0; i < hex.pieces.size(); ++i) {
            EXPECT_EQ(records.pieces[i].address, hex.pieces[i].address);
            EXPECT_TRUE(records.pieces[i].data == hex.pieces[i].data);
        }
    }
}

TEST_F(Provision, a_name_that_says_no_format_is_refused) {
    const auto ran = run({"-o", "out.bin"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("neither Intel HEX nor S-record")) << ran.err;
    EXPECT_FALSE(work.has("out.bin"));
}

TEST_F(Provision, a_file_for_each_memory_together_holds_the_same) {
    ASSERT_EQ(run({"--app", "app.elf"}).exit_code, 0);
    const auto whole = load_program(work.path("out.hex")).pieces;
    std::filesystem::remove(work.path("out.hex"));
    ASSERT_EQ(run({"--app", "app.elf", "--per-memory"}).exit_code, 0);
    EXPECT_FALSE(work.has("out.hex"));
    std::vector<Piece> together;
    for (const char* memory : {"code_flash", "data_flash", "external"}) {
        const auto path = work.path(std::string("out-") + memory + ".hex");
        for (const auto& piece : load_program(path).pieces) together.push_back(piece);
        struct stat status {};
        ASSERT_EQ(stat(path.c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777, 0600u) << path;
    }
    ASSERT_EQ(together.size(), whole.size());
    for (std::size_t i = 0; i < whole.size(); ++i) {
        EXPECT_EQ(together[i].address, whole[i].address);
        EXPECT_TRUE(together[i].data == whole[i].data);
    }
}

TEST_F(Provision, the_journal_says_idle_with_the_first_images_counter_and_nothing_else) {
    ASSERT_EQ(sign(work, "app.elf", "image.bin", {"-E", device_public_key, "-s", "7"}).exit_code, 0);
    ASSERT_EQ(run().exit_code, 0);
    const auto journal = load_program(work.path("out.hex")).pieces.at(2);
    ASSERT_EQ(journal.address, 0x08001c00u);
    ASSERT_EQ(journal.data.size(), 1024u); // whole, so that nothing of an earlier life survives
    // Bank 0 as FORMAT.md has it: generation 1; state; check; C and D, derived from the check.
    const auto& bytes = journal.data;
    EXPECT_EQ(to_hex(ByteSpan(bytes).first(4)), "01000000");
    EXPECT_EQ(to_hex(ByteSpan(bytes).subspan(4, 20)), "0700000001000000000000000000000000000000");
    EXPECT_EQ(to_hex(ByteSpan(bytes).subspan(24, 8)), to_hex(sha256(ByteSpan(bytes).first(24))).substr(0, 16));
    const auto k0 = format::get32(&bytes[24]);
    const auto k1 = format::get32(&bytes[28]);
    EXPECT_EQ(format::get32(&bytes[32]), k0 + (k1 | 1));
    EXPECT_EQ(format::get32(&bytes[36]), k0 + (k1 | 1) * 2);
    EXPECT_TRUE(std::all_of(bytes.begin() + 40, bytes.end(), [](std::uint8_t byte) { return byte == 0xff; }));
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

TEST_F(Provision, option_settings_are_programmed_when_asked_for_and_named) {
    work.write("bootloader.elf", bootloader_elf(product_layout().core.fingerprint, 8000,
                                                {{".option_setting", 0x0100a100, ByteVector(4, 0xf0)}}));
    const auto ran = run({"--option-settings", "--per-memory"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_TRUE(ran.says("warning: option settings are programmed: .option_setting at 0x100A100, 4 bytes")) << ran.err;
    const auto pieces = load_program(work.path("out-option_setting.hex")).pieces;
    ASSERT_EQ(pieces.size(), 1u);
    EXPECT_EQ(pieces[0].address, 0x0100a100u);
    EXPECT_EQ(pieces[0].data, ByteVector(4, 0xf0));
}

TEST_F(Provision, option_settings_in_the_application_are_refused_whatever_is_asked) {
    work.write("app.elf", program_elf({{".option_setting", 0x0100a100, ByteVector(4, 0xff)}}));
    expect_refused(run({"--app", "app.elf", "--option-settings"}), "in option-setting memory");
}

TEST_F(Provision, a_serial_number_stands_where_it_is_asked_for) {
    ASSERT_EQ(run({"--serial", "A-17", "--serial-region", "parameters+0x40:8"}).exit_code, 0);
    const auto pieces = load_program(work.path("out.hex")).pieces;
    EXPECT_EQ(pieces.at(2).address, 0x08000040u);
    EXPECT_EQ(pieces.at(2).data, (ByteVector{'A', '-', '1', '7', 0, 0, 0, 0}));
}

TEST_F(Provision, a_serial_number_needs_room_and_a_place) {
    const auto with = [&](const char* serial, const char* place) {
        return run({"--serial", serial, "--serial-region", place});
    };
    EXPECT_EQ(with("1234567", "parameters:8").exit_code, 0); // and a zero
    std::filesystem::remove(work.path("out.hex"));
    expect_refused(with("12345678", "parameters:8"), "'12345678' has 8 characters, there is room for 7");
    expect_refused(with("A\tB", "parameters"), "printable ASCII");
    expect_refused(with("", "parameters"), "is empty");
    expect_refused(with("A", "parametres"), "did you mean 'parameters'?");
    expect_refused(with("A", "journal"), "no application region 'journal'");
    expect_refused(with("A", "parameters+0x42"), "multiples of 4");
    expect_refused(with("A", "parameters+7168"), "leaves the region");
    expect_refused(with("A", "parameters+abc"), "'abc' in 'parameters+abc' is no number");
    expect_refused(run({"--app", "app.elf", "--serial", "A", "--serial-region", "parameters+12"}),
                   "lies on what --app brings: .data_flash at 0x8000000, 16 bytes");
    EXPECT_EQ(run({"--app", "app.elf", "--serial", "A", "--serial-region", "parameters+16"}).exit_code, 0);
    EXPECT_EQ(run({"--serial", "A"}).exit_code, 2);
    EXPECT_EQ(run({"--serial-region", "parameters"}).exit_code, 2);
}

TEST_F(Provision, an_image_that_the_bootloader_would_not_start_is_refused) {
    // `sign` would never make it: right in everything but its reset vector, which is another program's.
    const auto signer = P256Key::load(sign_key, "key");
    const auto& fingerprint = product_layout().core.fingerprint;
    ImagePlan plan;
    plan.header_size = 0x200;
    plan.signing_key = &signer;
    plan.custom_tlvs.emplace_back(format::tlv::layout_fingerprint, ByteVector(fingerprint.begin(), fingerprint.end()));
    work.write("image.bin", build_image(plan, program()));
    ASSERT_EQ(run().exit_code, 0);
    std::filesystem::remove(work.path("out.hex"));
    work.write("image.bin", build_image(plan, program(1000, 0x8000)));
    expect_refused(run(), "the bootloader wouldn't start the first image, reason 13 (bad_vector)");
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
