#include "tool/sample_keys.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "tests/tool/product.hpp"

namespace outboot::tool {
namespace {

// The public half of MCUboot's root-ec-p384.pem.
const std::string published_key = "-----BEGIN PUBLIC KEY-----\n"
                                  "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEDHbKrnI6pejw1PEWtQLvd6Ebk2F4wAkm\n"
                                  "eztAnO5JheDJT+fyupds84JlFCz1DHMzTTLnm9NCzJVa5eL19G5F4O0gNVyvUjWB\n"
                                  "1Nyc454iPvs/IhDacAM3rajySP46YGml\n"
                                  "-----END PUBLIC KEY-----\n";

} // namespace

TEST(SampleKeys, a_published_key_of_mcuboot_is_known_and_a_new_one_is_not) {
    Workspace work;
    work.write("published.pem", published_key);
    EXPECT_EQ(sample_key_name(Key::load(work.path("published.pem"), "key")), "MCUboot's root-ec-p384.pem");
    for (const auto kind : {KeyKind::rsa2048, KeyKind::p256, KeyKind::p384, KeyKind::ed25519, KeyKind::x25519})
        EXPECT_EQ(sample_key_name(Key::generate(kind)), std::nullopt);
}

// Whoever adds a key pair to the test data must add it to the list.
TEST(SampleKeys, every_key_pair_of_this_repository_is_known) {
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(OUTBOOT_IMAGES "/keys")) {
        if (entry.path().extension() != ".pem") continue;
        EXPECT_TRUE(sample_key_name(Key::load(entry.path().string(), "key"))) << entry.path();
        ++files;
    }
    EXPECT_GT(files, 20);
}

TEST(SampleKeys, signing_with_one_or_encrypting_for_one_is_warned_of) {
    Workspace work;
    work.write("app.bin", program());
    const auto signing = sign(work, "app.bin", "out.bin");
    EXPECT_EQ(signing.exit_code, 0);
    EXPECT_TRUE(signing.says("warning: the signing key " + sign_key + " is an example: outboot's sign-ecdsa-p256.pem"))
        << signing.err;
    EXPECT_TRUE(signing.says("hint: its private half is published")) << signing.err;
    EXPECT_FALSE(signing.says("encryption key"));
    const auto both = sign(work, "app.bin", "out.bin", {"-E", device_public_key});
    EXPECT_TRUE(both.says("warning: the encryption key " + device_public_key + " is an example")) << both.err;
    const auto meant = sign(work, "app.bin", "out.bin", {"-E", device_public_key, "--insecure-sample-key"});
    EXPECT_FALSE(meant.says("example")) << meant.err;
}

TEST(SampleKeys, a_key_of_ones_own_is_not_warned_of) {
    Workspace work;
    work.write("app.bin", program());
    ASSERT_EQ(work.outboot({"keygen", "-t", "ecdsa-p256", "-k", "own.pem"}).exit_code, 0);
    const auto ran = work.outboot(
        {"sign", "--layout", layout_file, "-k", "own.pem", "-E", "own.pem", "-v", "1.0.0", "app.bin", "out.bin"});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_TRUE(ran.err.empty()) << ran.err;
}

} // namespace outboot::tool
