// Signatures made by somebody else: what he must sign is written, his signature put in, and any signature given out.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/tool/product.hpp"
#include "tool/image_check.hpp"

namespace outboot::tool {
namespace {

namespace tlv = format::tlv;

// Signs with the key what --vector-to-sign writes, and puts the signature in.
Ran sign_outside(const Workspace& work, const std::string& key, const std::string& form,
                 std::vector<std::string> options) {
    auto asking = options;
    asking.insert(asking.end(), {"--vector-to-sign", form});
    EXPECT_EQ(sign_for_mcuboot(work, asking).exit_code, 0);
    work.write("signature", to_base64(Key::load(key_file(key), "key").sign(work.read("out.bin"))) + "\n");
    std::filesystem::remove(work.path("out.bin"));
    EXPECT_EQ(work.outboot({"getpub", "-e", "pem", "-k", key_file(key), "-o", "public.pem"}).exit_code, 0);
    options.insert(options.end(), {"--fix-sig", "signature", "--fix-sig-pubkey", "public.pem"});
    return sign_for_mcuboot(work, options);
}

} // namespace

TEST(OutsideSignature, an_image_with_it_is_as_good_as_one_signed_here) {
    for (const char* key : {"sign-ecdsa-p256", "sign-rsa-2048", "sign-ed25519"}) {
        for (const char* order : {"little", "big"}) {
            SCOPED_TRACE(fmt::format("{} {}", key, order));
            Workspace work;
            const auto ran = sign_outside(work, key, "digest", {"-s", "3", "-e", order});
            ASSERT_EQ(ran.exit_code, 0) << ran.err;
            EXPECT_EQ(work.outboot({"verify", "-k", key_file(key), "out.bin"}).exit_code, 0);
        }
    }
    Workspace work;
    EXPECT_EQ(sign_outside(work, "sign-ecdsa-p384", "digest", {"--sha", "384"}).exit_code, 0);
    EXPECT_EQ(work.outboot({"verify", "-k", key_file("sign-ecdsa-p384"), "out.bin"}).exit_code, 0);
    EXPECT_EQ(sign_outside(work, "sign-ed25519", "payload", {"--pure"}).exit_code, 0);
    EXPECT_EQ(work.outboot({"verify", "-k", key_file("sign-ed25519"), "out.bin"}).exit_code, 0);
}

TEST(OutsideSignature, what_is_to_be_signed_is_the_image_or_its_hash) {
    Workspace work;
    ASSERT_EQ(sign_for_mcuboot(work, {}).exit_code, 0);
    const auto image = ImageFile::parse(work.read("out.bin"));
    const auto region = image.signed_region();
    ASSERT_EQ(sign_for_mcuboot(work, {"--vector-to-sign", "payload"}).exit_code, 0);
    EXPECT_EQ(work.read("out.bin"), ByteVector(region.begin(), region.end()));
    ASSERT_EQ(sign_for_mcuboot(work, {"--vector-to-sign", "digest"}).exit_code, 0);
    EXPECT_EQ(work.read("out.bin"), digest(region, 32));
    ASSERT_EQ(sign_for_mcuboot(work, {"--vector-to-sign", "digest", "--sha", "512"}).exit_code, 0);
    EXPECT_EQ(work.read("out.bin"), digest(region, 64));
    EXPECT_EQ(sign_for_mcuboot(work, {"--vector-to-sign", "digest", "--pure"}).exit_code, 2);
}

TEST(OutsideSignature, one_that_does_not_fit_is_refused) {
    Workspace work;
    ASSERT_EQ(sign_outside(work, "sign-ecdsa-p256", "digest", {"-s", "3"}).exit_code, 0);
    std::filesystem::remove(work.path("out.bin"));
    const std::vector<std::string> given{"--fix-sig", "signature", "--fix-sig-pubkey", "public.pem"};
    auto other = given;
    other.insert(other.end(), {"-s", "4"});
    const auto ran = sign_for_mcuboot(work, other);
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("the given signature doesn't fit")) << ran.err;
    work.write("signature", std::string("not base64!"));
    EXPECT_TRUE(sign_for_mcuboot(work, given).says("doesn't hold a signature in base64"));
    EXPECT_EQ(sign_for_mcuboot(work, {"--fix-sig", "signature"}).exit_code, 2);
    EXPECT_EQ(sign_for_mcuboot(work, {"--fix-sig-pubkey", "public.pem"}).exit_code, 2);
    EXPECT_FALSE(work.has("out.bin"));
}

TEST(OutsideSignature, the_signature_given_out_is_the_one_inside) {
    for (const auto& [key, type] : {std::pair{"sign-ecdsa-p256", tlv::ecdsa}, {"sign-rsa-3072", tlv::rsa3072_pss}}) {
        Workspace work;
        ASSERT_EQ(sign_for_mcuboot(work, {"-k", key_file(key), "--sig-out", "signature"}).exit_code, 0);
        const auto image = ImageFile::parse(work.read("out.bin"));
        EXPECT_EQ(from_base64(work.text("signature")), image.find(type, false)->value);
    }
    Workspace work;
    EXPECT_TRUE(sign_for_mcuboot(work, {"--sig-out", "signature"}).says("--sig-out: there is no signature"));
    EXPECT_FALSE(work.has("signature"));
}

// A DER signature has 70 to 72 bytes, and of a P-384 key 102 to 104; padding makes most of them equally long.
TEST(OutsideSignature, padded_ones_are_equally_long) {
    for (const auto& [key, longest] : {std::pair{"sign-ecdsa-p256", 72U}, {"sign-ecdsa-p384", 103U}}) {
        for (int round = 0; round < 8; ++round) {
            Workspace work;
            ASSERT_EQ(sign_for_mcuboot(work, {"-k", key_file(key), "--pad-sig"}).exit_code, 0);
            const auto image = ImageFile::parse(work.read("out.bin"));
            EXPECT_GE(image.find(tlv::ecdsa, false)->value.size(), longest);
            EXPECT_LE(image.find(tlv::ecdsa, false)->value.size(), longest + (longest == 103 ? 1 : 0));
            EXPECT_EQ(work.outboot({"verify", "-k", key_file(key), "out.bin"}).exit_code, 0);
        }
    }
}

} // namespace outboot::tool
