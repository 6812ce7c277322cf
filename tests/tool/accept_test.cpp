// `outboot accept` says what the bootloader would: the same reasons for the same images.
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "format/image.hpp"
#include "tests/tool/product.hpp"

namespace outboot::tool {
namespace {

const std::string images = OUTBOOT_IMAGES;

// An image for the product's layout, encrypted for its device, in `name`.
void make_image(const Workspace& work, const std::string& name, const std::vector<std::string>& more = {}) {
    work.write("app.elf", program_elf());
    std::vector<std::string> arguments{"-E", device_public_key};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto ran = sign(work, "app.elf", name, arguments);
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
}

Ran accept(const Workspace& work, const std::string& image, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"accept", image, "--layout", layout_file};
    for (const auto& [option, value] : {std::pair{"--verify-key", sign_key}, {"--decrypt-key", device_key}})
        if (std::find(more.begin(), more.end(), option) == more.end())
            arguments.insert(arguments.end(), {option, value});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return work.outboot(arguments);
}

void expect_refused(const Ran& ran, const std::string& reason) {
    EXPECT_EQ(ran.exit_code, 1) << ran.out << ran.err;
    EXPECT_TRUE(ran.says(reason)) << ran.out << ran.err;
}

void spoil(const Workspace& work, const std::string& name, std::size_t at) {
    auto bytes = work.read(name);
    bytes.at(at) ^= 1;
    work.write(name, bytes);
}

TEST(Accept, a_good_image_is_accepted_and_its_damaged_copy_refused_with_the_reason) {
    Workspace work;
    make_image(work, "v2.img");
    const auto good = accept(work, "v2.img");
    EXPECT_EQ(good.exit_code, 0) << good.err;
    EXPECT_EQ(good.out, "v2.img: accepted, and installed on trial\n");
    EXPECT_TRUE(accept(work, "v2.img", {"--request", "permanent"}).says("installed for good"));
    spoil(work, "v2.img", 0x200 + 50);
    const auto spoilt = accept(work, "v2.img");
    EXPECT_EQ(spoilt.exit_code, 1);
    EXPECT_EQ(spoilt.out, "v2.img: refused, reason 7 (bad_hash): the content doesn't match the image's hash\n");
}

TEST(Accept, each_fault_has_the_bootloaders_reason) {
    Workspace work;
    make_image(work, "good.img");
    expect_refused(accept(work, "good.img", {"--verify-key", other_sign_key}), "reason 8 (unknown_key)");
    expect_refused(accept(work, "good.img", {"--decrypt-key", other_device_key}), "reason 6 (bad_encryption)");
    expect_refused(accept(work, "good.img", {"--counter", "1"}), "reason 12 (counter_too_low)");

    work.write("app.bin", program());
    ASSERT_EQ(sign(work, "app.bin", "clear.img").exit_code, 0);
    expect_refused(accept(work, "clear.img"), "reason 5 (not_encrypted)");

    work.write("rubbish.img", ByteVector(2000, 0x55));
    expect_refused(accept(work, "rubbish.img"), "reason 1 (no_image)");
    work.write("empty.img", ByteVector{});
    expect_refused(accept(work, "empty.img"), "reason 1 (no_image)");

    auto longer = work.read("good.img");
    longer.resize(product_layout().core.secondary.size + 1, 0xff);
    work.write("long.img", longer);
    expect_refused(accept(work, "long.img"), "reason 4 (too_large)");
    longer.pop_back();
    work.write("padded.img", longer);
    EXPECT_EQ(accept(work, "padded.img").exit_code, 0);
}

TEST(Accept, another_layouts_image_is_refused) {
    Workspace work;
    work.write("app.bin", program());
    const auto signed_for_other = work.outboot({"sign", "--layout", scratch_layout_file, "-k", sign_key, "-E",
                                                device_public_key, "-v", "1.0.0", "app.bin", "other.img"});
    ASSERT_EQ(signed_for_other.exit_code, 0) << signed_for_other.err;
    expect_refused(accept(work, "other.img"), "reason 10 (wrong_layout)");
    EXPECT_EQ(accept(work, "other.img", {"--no-fingerprint"}).exit_code, 0);
}

TEST(Accept, what_is_installed_counts) {
    Workspace work;
    make_image(work, "old.img", {"-s", "4"});
    make_image(work, "same.img", {"-s", "5"});
    make_image(work, "new.img", {"-s", "6"});
    EXPECT_EQ(accept(work, "new.img", {"--installed", "same.img"}).exit_code, 0);
    EXPECT_EQ(accept(work, "same.img", {"--installed", "same.img"}).exit_code, 0);
    expect_refused(accept(work, "old.img", {"--installed", "same.img"}), "reason 12 (counter_too_low)");
    expect_refused(accept(work, "old.img", {"--installed", "same.img", "--no-fingerprint"}), "counter_too_low");
    EXPECT_EQ(accept(work, "old.img", {"--counter", "4"}).exit_code, 0);
}

// A device with nothing that runs says so at the end; the update's refusal must not be lost in that.
TEST(Accept, a_refusal_beside_a_broken_installed_image_keeps_its_reason) {
    Workspace work;
    make_image(work, "new.img", {"-s", "3"});
    make_image(work, "installed.img", {"-s", "3"});
    const auto low = accept(work, "new.img", {"--installed", "installed.img", "--counter", "7"});
    expect_refused(low, "reason 12 (counter_too_low)");
    EXPECT_TRUE(low.says("installed.img wouldn't run on this device itself")) << low.err;
    const auto good = accept(work, "new.img", {"--installed", "new.img"});
    EXPECT_TRUE(good.err.empty()) << good.err;
}

TEST(Accept, a_trial_that_could_not_be_taken_back_is_refused) {
    Workspace work;
    const std::string overwrite = OUTBOOT_EXAMPLES "/layout-overwrite.toml";
    work.write("app.bin", program());
    const auto made = work.outboot(
        {"sign", "--layout", overwrite, "-k", sign_key, "-E", device_public_key, "-v", "1.0.0", "app.bin", "app.img"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    std::vector<std::string> arguments{"accept", "app.img",       "--layout", overwrite,     "--verify-key",
                                       sign_key, "--decrypt-key", device_key, "--installed", "app.img"};
    const auto permanent = work.outboot(arguments);
    EXPECT_EQ(permanent.exit_code, 0) << permanent.out << permanent.err;
    EXPECT_TRUE(permanent.says("installed for good"));
    arguments.insert(arguments.end(), {"--request", "test"});
    expect_refused(work.outboot(arguments), "reason 21 (test_not_revertible)");
}

TEST(Accept, scripts_get_json) {
    Workspace work;
    make_image(work, "v2.img");
    const auto good = nlohmann::json::parse(accept(work, "v2.img", {"--json"}).out);
    EXPECT_EQ(good.at("accepted"), true);
    EXPECT_EQ(good.at("code"), 0);
    const auto refused = nlohmann::json::parse(accept(work, "v2.img", {"--json", "--counter", "9"}).out);
    EXPECT_EQ(refused.at("accepted"), false);
    EXPECT_EQ(refused.at("code"), 12);
    EXPECT_EQ(refused.at("reason"), "counter_too_low");
    EXPECT_FALSE(refused.at("meaning").get<std::string>().empty());
}

TEST(Accept, what_keeps_it_from_asking_is_wrong_usage) {
    Workspace work;
    make_image(work, "v2.img");
    const std::vector<std::vector<std::string>> wrong{
        {"accept", "v2.img"},
        {"accept", "v2.img", "--slot-size", "64K", "--no-fingerprint"},
        {"accept", "v2.img", "--slot-size", "64K", "--header-size", "0x200"},
        {"accept", "v2.img", "--slot-size", "64K", "--header-size", "16", "--no-fingerprint"},
        {"accept", "v2.img", "--layout", layout_file, "--slot-size", "64K"},
        {"accept", "absent.img", "--layout", layout_file},
        {"accept", "v2.img", "--layout", "absent.toml"},
        {"accept", "v2.img", "--layout", layout_file, "--verify-key", key_file("sign-ed25519")},
        {"accept", "v2.img", "--layout", layout_file, "--decrypt-key", device_public_key},
        {"accept", "v2.img", "--layout", layout_file, "--installed", layout_file}};
    for (const auto& words : wrong) {
        const auto ran = work.outboot(words);
        EXPECT_EQ(ran.exit_code, 2) << fmt::format("{}: {}", fmt::join(words, " "), ran.err);
        EXPECT_TRUE(ran.says("outboot: error: ")) << ran.err;
    }
}

// ---- images made by others -----------------------------------------------------------------------------------------

nlohmann::json vectors(const std::string& file) {
    std::ifstream in(images + "/" + file);
    return nlohmann::json::parse(in).at("vectors");
}

std::string image_path(const Workspace& work, const std::string& file) {
    if (!file.ends_with(".xz")) return images + "/" + file;
    EXPECT_EQ(std::system(fmt::format("xz -dc '{}/{}' > '{}'", images, file, work.path("unpacked.bin")).c_str()), 0);
    return work.path("unpacked.bin");
}

// On a device with the vector's keys, as far as they are of the kind that the bootloader has.
Ran accept_vector(const Workspace& work, const nlohmann::json& vector, const std::string& file, std::size_t header,
                  const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"accept", image_path(work, file), "--no-fingerprint",    "--slot-size",
                                       "1M",     "--header-size",        std::to_string(header)};
    if (vector.at("sign_key") == "sign-ecdsa-p256")
        arguments.insert(arguments.end(), {"--verify-key", key_file("sign-ecdsa-p256")});
    if (vector.at("enc_key") == "enc-ec256")
        arguments.insert(arguments.end(), {"--decrypt-key", key_file("enc-ec256")});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return work.outboot(arguments);
}

TEST(AcceptVectors, images_of_schemes_that_are_built_in_are_accepted_and_all_others_refused) {
    Workspace work;
    int accepted = 0;
    int refused = 0;
    for (const auto& vector : vectors("images.json")) {
        if (vector.at("tlvs").is_null()) continue;
        SCOPED_TRACE(vector.at("id").get<std::string>());
        const auto& header = vector.at("header");
        const std::uint32_t flags = header.at("flags");
        const bool built_in = vector.at("sign_key") == "sign-ecdsa-p256" &&
                              (flags & ~(format::flag_encrypted_aes128 | format::flag_rom_fixed)) == 0;
        const auto ran = accept_vector(work, vector, vector.at("output_file"), header.at("hdr_size"));
        EXPECT_EQ(ran.exit_code, built_in ? 0 : 1) << ran.out << ran.err;
        ++(built_in ? accepted : refused);
    }
    EXPECT_EQ(accepted, 26);
    EXPECT_EQ(refused, 19);
}

TEST(AcceptVectors, hostile_images_are_refused_and_controls_accepted) {
    Workspace work;
    int accepted = 0;
    int refused = 0;
    for (const auto& vector : vectors("images-negative.json")) {
        const std::string id = vector.at("id");
        const std::string expected = vector.at("expect");
        if (expected == "either" || id.starts_with("downgrade-")) continue; // versions aren't compared, counters are
        SCOPED_TRACE(id);
        std::vector<std::string> more;
        if (vector.contains("context")) {
            const auto& context = vector.at("context");
            more = {"--counter", std::to_string(context.at("nv_counter").get<unsigned>())};
            if (!context.at("primary_file").is_null())
                more.insert(more.end(), {"--installed", images + "/" + context.at("primary_file").get<std::string>()});
        }
        const std::string file = vector.at("file");
        const auto bytes = read_bytes(image_path(work, file));
        const std::size_t header = bytes.size() > 9 ? bytes[8] | bytes[9] << 8U : 0U;
        const auto ran = accept_vector(work, vector, file, header >= 32 ? header : 512, more);
        const bool built_in = vector.at("sign_key") == "sign-ecdsa-p256" && id != "enc-ec256-256-good" &&
                              (vector.at("enc_key").is_null() || vector.at("enc_key") == "enc-ec256");
        const bool good = expected == "accept" && built_in;
        EXPECT_EQ(ran.exit_code, good ? 0 : 1) << ran.out << ran.err;
        ++(good ? accepted : refused);
    }
    EXPECT_EQ(accepted, 2);
    EXPECT_GE(refused, 75);
}

} // namespace
} // namespace outboot::tool
