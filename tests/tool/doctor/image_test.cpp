// Checks of images and of what a device holds, on a device made as `outboot provision` makes one.
#include "core/boot.hpp"
#include "crypto/compact.hpp"
#include "tests/tool/doctor/found.hpp"
#include "tests/tool/product.hpp"
#include "tool/doctor/device_checks.hpp"
#include "tool/doctor/image_checks.hpp"
#include "tool/image_builder.hpp"
#include "tool/provisioning.hpp"
#include "tool/staged_device.hpp"

namespace outboot::tool::doctor {
namespace {

namespace block = core::key_block;
using core::Reason;

const layouts::Model& model() {
    return product_layout();
}

struct Keys {
    P256Key signer = P256Key::generate();
    P256Key stranger = P256Key::generate();
    P256Key device = P256Key::generate();
};

const Keys& keys() {
    static const Keys all;
    return all;
}

ImagePlan good_plan() {
    const auto& fingerprint = model().core.fingerprint;
    ImagePlan plan;
    plan.header_size = 0x200;
    plan.flags = format::flag_rom_fixed;
    plan.load_address = 0x4000;
    plan.version.major = 1;
    plan.security_counter = 5;
    plan.custom_tlvs.emplace_back(format::tlv::layout_fingerprint, ByteVector(fingerprint.begin(), fingerprint.end()));
    plan.signing_key = &keys().signer;
    plan.encryption_key = &keys().device;
    return plan;
}

ByteVector bytes_of(const ImagePlan& plan, std::size_t bytes = 1000) {
    return build_image(plan, program(bytes));
}

ImageFacts image_of(const ImagePlan& plan, std::size_t bytes = 1000) {
    return {"app.img", ImageFile::parse(bytes_of(plan, bytes))};
}

KnownKeys by_name(bool with_device_key = true) {
    KnownKeys known;
    known.signers = {keys().signer};
    if (with_device_key) known.device = keys().device;
    return known;
}

// Everything that is said of an image.
Findings all_said(const ImageFacts& facts, const KnownKeys& known) {
    auto found = check_image_for_layout(facts, model());
    append(found, check_signer(facts, known));
    append(found, check_image_content(facts, &model(), known, found));
    return found;
}

// A device out of the factory, its memories as dumps; tests change them.
class DoctorDevice : public testing::Test {
  protected:
    DoctorDevice() {
        Program bootloader{"bootloader.elf", ProgramKind::elf, {{0, program(8000, 0), ".text"}}, {}};
        std::copy(model().core.fingerprint.begin(), model().core.fingerprint.end(),
                  bootloader.pieces[0].data.begin() + 64);
        built = bootloader;
        const auto first = ImageFile::parse(bytes_of(good_plan()));
        auto pieces = provision({.layout = &model(),
                                 .bootloader = bootloader,
                                 .signers = {keys().signer},
                                 .device_key = keys().device,
                                 .image = first,
                                 .app = {}});
        expect_nothing(take_memory(device, {"production.hex", ProgramKind::hex, std::move(pieces), {}},
                                   layouts::Memory::code_flash, model()));
        device.external = MemoryFacts{"external.bin", ByteVector(model().core.external_size, 0xff)};
        if (!device.data) device.data = MemoryFacts{"data.bin", ByteVector(model().mcu->data_flash.size(), 0xff)};
        known.block = valid_key_block(device, model());
        known.block_file = "production.hex";
    }

    std::uint8_t& code(std::size_t at) { return device.code->bytes.at(at); }

    void write_journal(const core::State& state) {
        StagedDevice::DataFlash flash(model().core);
        core::Journal<crypto::Compact::Sha256, StagedDevice::DataFlash> journal(flash);
        (void)journal.load();
        ASSERT_TRUE(journal.write(state));
        std::copy(flash.content.begin(), flash.content.end(), device.data->bytes.begin());
    }

    void stage(const ByteVector& image) {
        std::copy(image.begin(), image.end(),
                  device.external->bytes.begin() + static_cast<std::ptrdiff_t>(model().core.secondary.base));
    }

    static core::State idle() {
        core::State state;
        state.counter_floor = 5;
        return state;
    }

    Program built;
    DeviceFacts device;
    KnownKeys known;
};

} // namespace

TEST(DoctorImage, a_good_one_has_nothing) {
    expect_nothing(all_said(image_of(good_plan()), by_name()));
}

TEST(DoctorImage, of_another_layout_and_of_none) {
    auto plan = good_plan();
    plan.custom_tlvs[0].second[0] ^= 1;
    expect_found(all_said(image_of(plan), by_name()), "image-of-another-layout", Severity::error,
                 {"app.img", "d43088e3cfa4131a"});
    plan.custom_tlvs.clear();
    expect_found(all_said(image_of(plan), by_name()), "image-without-layout", Severity::error, {"--layout"});
}

TEST(DoctorImage, what_the_bootloader_says_is_not_said_twice) {
    auto plan = good_plan();
    plan.custom_tlvs.clear();
    EXPECT_EQ(all_said(image_of(plan), by_name()).size(), 1u);
}

TEST(DoctorImage, with_another_header_size) {
    auto plan = good_plan();
    plan.header_size = 0x400;
    expect_found(all_said(image_of(plan), by_name()), "image-header-size", Severity::error, {"1024 bytes", "512"});
}

TEST(DoctorImage, for_another_place) {
    auto plan = good_plan();
    plan.load_address = 0x18000;
    expect_found(all_said(image_of(plan), by_name()), "image-load-address", Severity::error, {"0x18000", "0x4000"});
}

TEST(DoctorImage, too_large_says_by_how_much) {
    auto plan = good_plan();
    plan.encryption_key = nullptr;
    const auto overhead = bytes_of(plan).size() - 1000;
    const auto most = model().max_image - overhead - 4; // the signature's length varies
    expect_found(all_said(image_of(plan, most + 104), by_name()), "image-too-large", Severity::error, {"too many"});
    const auto fits = all_said(image_of(plan, most), by_name());
    EXPECT_EQ(fits.size(), 1u) << all_of(fits); // not encrypted
}

TEST(DoctorImage, encryption_missing_where_demanded) {
    auto plan = good_plan();
    plan.encryption_key = nullptr;
    const auto found = all_said(image_of(plan), by_name());
    expect_found(found, "image-not-encrypted", Severity::error,
                 {"encrypted_updates", "not_encrypted", "-E DEVICE_PUBLIC_KEY", "outboot provision"});
    EXPECT_EQ(found.size(), 1u) << all_of(found);
}

TEST(DoctorImage, by_a_key_that_is_not_the_devices) {
    auto plan = good_plan();
    plan.signing_key = &keys().stranger;
    const auto found = all_said(image_of(plan), by_name());
    expect_found(found, "image-of-unknown-signer", Severity::error,
                 {to_hex(keys().stranger.key_hash()).substr(0, 16), to_hex(keys().signer.key_hash()).substr(0, 16)});
    EXPECT_EQ(found.size(), 1u) << all_of(found);
}

TEST(DoctorImage, changed_after_signing) {
    auto bytes = bytes_of(good_plan());
    bytes[0x300] ^= 1;
    expect_found(all_said({"app.img", ImageFile::parse(bytes)}, by_name()), "image-damaged", Severity::error,
                 {"hash doesn't fit"});
}

TEST(DoctorImage, for_another_device) {
    auto plan = good_plan();
    plan.encryption_key = &keys().stranger;
    expect_found(all_said(image_of(plan), by_name()), "image-damaged", Severity::error,
                 {"isn't encrypted for the key"});
}

TEST(DoctorImage, what_only_the_bootloader_knows_is_its_own_word) {
    auto program_elsewhere = program(1000, 0x8000); // its reset vector points behind the image
    const ImageFacts facts{"app.img", ImageFile::parse(build_image(good_plan(), program_elsewhere))};
    expect_found(all_said(facts, by_name()), "bootloader-refuses-image", Severity::error,
                 {"reason 13 (bad_vector)", "app_memory.ld"});
}

TEST(DoctorImage, without_the_keys_nothing_is_said_of_what_they_are_for) {
    auto plan = good_plan();
    plan.signing_key = &keys().stranger;
    plan.encryption_key = &keys().stranger;
    expect_nothing(all_said(image_of(plan), {}));
}

TEST(DoctorImage, padding_is_a_remark) {
    auto bytes = bytes_of(good_plan());
    bytes.resize(bytes.size() + 64, 0xff);
    expect_found(all_said({"app.img", ImageFile::parse(bytes)}, by_name()), "image-padded", Severity::remark,
                 {"64 bytes follow the image", "--pad"});
}

TEST(DoctorImage, of_another_program) {
    const auto facts = image_of(good_plan());
    const Program same{"app.elf", ProgramKind::elf, {{program_address, program(), ".text"}}, {}};
    auto other = same;
    other.pieces[0].data[100] ^= 1;
    expect_nothing(check_image_of_program(facts, same, model(), by_name()));
    expect_found(check_image_of_program(facts, other, model(), by_name()), "image-of-another-program",
                 Severity::warning, {"app.img isn't made of app.elf"});
    expect_nothing(check_image_of_program(facts, other, model(), by_name(false))); // can't be known
}

TEST_F(DoctorDevice, out_of_the_factory_has_nothing) {
    write_journal(idle());
    expect_nothing(check_bootloader_in(device, model(), &built));
    expect_nothing(check_key_block(device, model()));
    expect_nothing(check_journal(device, model()));
    expect_nothing(check_installed_image(device, model()));
    expect_nothing(check_staged_image(device, model()));
}

TEST_F(DoctorDevice, image_by_a_key_the_bootloader_does_not_hold) {
    auto plan = good_plan();
    expect_nothing(check_signer(image_of(plan), known));
    plan.signing_key = &keys().stranger;
    expect_found(check_signer(image_of(plan), known), "image-of-unknown-signer", Severity::error,
                 {to_hex(keys().stranger.key_hash()).substr(0, 16), "the key block in production.hex doesn't hold"});
}

TEST_F(DoctorDevice, keys_given_by_name_are_held_or_not) {
    known.signers = {keys().signer};
    known.device = keys().device;
    expect_nothing(check_keys_in_block(known));
    known.signers = {keys().stranger};
    known.device = keys().stranger;
    const auto found = check_keys_in_block(known);
    expect_found(found, "key-not-held", Severity::error, {"unknown_key", "--sign-key"});
    expect_found(found, "device-key-differs", Severity::error, {"holds another device key", "bad_encryption"});
}

TEST_F(DoctorDevice, an_update_is_judged_with_the_devices_own_keys) {
    known.counter_floor = 5;
    expect_nothing(check_image_content(image_of(good_plan()), &model(), known, {}));
    known.counter_floor = 6;
    expect_found(check_image_content(image_of(good_plan()), &model(), known, {}), "bootloader-refuses-image",
                 Severity::error, {"reason 12 (counter_too_low)", "-s COUNTER"});
}

TEST_F(DoctorDevice, without_a_bootloader) {
    std::fill_n(device.code->bytes.begin(), 0x3f00, std::uint8_t{0xff});
    expect_found(check_bootloader_in(device, model(), nullptr), "bootloader-missing", Severity::error,
                 {"0x0 to 0x3F00 is erased"});
}

TEST_F(DoctorDevice, with_the_bootloader_of_another_layout) {
    code(64) ^= 1;
    expect_found(check_bootloader_in(device, model(), nullptr), "bootloader-of-another-layout", Severity::error,
                 {"d43088e3cfa4131a"});
}

TEST_F(DoctorDevice, with_another_bootloader_than_was_built) {
    code(0x1234) ^= 1;
    expect_found(check_bootloader_in(device, model(), &built), "bootloader-differs", Severity::warning, {"0x1234"});
}

TEST_F(DoctorDevice, without_keys_and_with_damaged_ones) {
    code(0x3f10) ^= 1;
    expect_found(check_key_block(device, model()), "key-block-damaged", Severity::error, {"0x3F00", "no_keys"});
    std::fill_n(device.code->bytes.begin() + 0x3f00, block::size_bytes, std::uint8_t{0xff});
    expect_found(check_key_block(device, model()), "key-block-missing", Severity::error, {"outboot provision"});
}

TEST_F(DoctorDevice, an_image_that_does_not_run_is_told_with_the_bootloaders_reason) {
    code(0x4300) ^= 1;
    expect_found(check_installed_image(device, model()), "installed-image-does-not-run", Severity::error,
                 {"0x4000", "reason 7 (bad_hash)", "debugger"});
    std::fill_n(device.code->bytes.begin() + 0x4000, 0x200, std::uint8_t{0xff});
    expect_found(check_installed_image(device, model()), "installed-image-does-not-run", Severity::error,
                 {"reason 1 (no_image)", "outboot sign"});
}

TEST_F(DoctorDevice, an_installed_image_below_the_journals_floor) {
    auto state = idle();
    write_journal(state);
    expect_nothing(check_installed_image(device, model()));
    state.counter_floor = 6;
    write_journal(state);
    expect_found(check_installed_image(device, model()), "installed-image-does-not-run", Severity::error,
                 {"counter_too_low"});
}

TEST_F(DoctorDevice, an_empty_journal) {
    std::fill(device.data->bytes.begin(), device.data->bytes.end(), std::uint8_t{0xff});
    expect_found(check_journal(device, model()), "journal-empty", Severity::warning, {"0x8001C00"});
}

TEST_F(DoctorDevice, in_the_middle_of_an_update_it_is_left_alone) {
    auto state = idle();
    state.phase = core::Phase::moving;
    state.move = 7;
    write_journal(state);
    expect_found(check_journal(device, model()), "update-under-way", Severity::remark, {"moving, next move 7"});
    code(0x4300) ^= 1; // half old, half new
    expect_nothing(check_installed_image(device, model()));
}

TEST_F(DoctorDevice, on_trial) {
    auto state = idle();
    state.phase = core::Phase::on_trial;
    state.attempts = 2;
    write_journal(state);
    expect_found(check_journal(device, model()), "image-on-trial", Severity::remark, {"2 boots are left", "confirm()"});
}

TEST_F(DoctorDevice, the_last_update_s_reason) {
    auto state = idle();
    state.outcome = core::Outcome::refused;
    state.reason = Reason::wrong_layout;
    write_journal(state);
    expect_found(check_journal(device, model()), "last-update-failed", Severity::remark,
                 {"refused, reason 10 (wrong_layout)"});
}

TEST_F(DoctorDevice, a_staged_image_that_the_next_boot_refuses) {
    auto state = idle();
    state.request = core::Request::test;
    write_journal(state);
    stage(bytes_of(good_plan()));
    expect_nothing(check_staged_image(device, model()));
    auto plan = good_plan();
    plan.signing_key = &keys().stranger;
    stage(bytes_of(plan));
    expect_found(check_staged_image(device, model()), "staged-image-refused", Severity::error,
                 {"external.bin", "unknown_key"});
    state.request = core::Request::none; // then it is a backup, or nothing
    write_journal(state);
    expect_nothing(check_staged_image(device, model()));
}

TEST_F(DoctorDevice, dumps_of_a_wrong_length) {
    const auto dump = [](std::size_t bytes) {
        return Program{"dump.bin", ProgramKind::binary, {{0, ByteVector(bytes, 0xff), {}}}, {}};
    };
    DeviceFacts fresh;
    expect_nothing(take_memory(fresh, dump(0x100000), layouts::Memory::code_flash, model()));
    expect_found(take_memory(fresh, dump(0x108000), layouts::Memory::code_flash, model()),
                 "more-code-flash-than-exists", Severity::error, {"1081344 bytes", "32768 bytes more than exist"});
    expect_found(take_memory(fresh, dump(0x1000), layouts::Memory::data_flash, model()), "dump-shorter-than-memory",
                 Severity::remark, {"data flash has 8192"});
    expect_found(take_memory(fresh, dump(0x200001), layouts::Memory::external, model()), "dump-larger-than-memory",
                 Severity::error, {"W25Q16JV"});
}

} // namespace outboot::tool::doctor
