// imgtool's options by their effect: byte order, hashes, pure signatures, signatures made elsewhere, wrapping schemes.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/tool/product.hpp"
#include "tool/image_builder.hpp"
#include "tool/image_check.hpp"

namespace outboot::tool {
namespace {

namespace tlv = format::tlv;

ImageFile made(const Workspace& work, const std::string& name = "out.bin") {
    return ImageFile::parse(work.read(name));
}

// The public half of a key, in a file of this workspace.
std::string public_half(const Workspace& work, const std::string& key) {
    EXPECT_EQ(work.outboot({"getpub", "-e", "pem", "-k", key_file(key), "-o", key + ".pub"}).exit_code, 0);
    return work.path(key + ".pub");
}

// Accepted with its key, refused with another and when a byte is changed.
void expect_signed(const Workspace& work, const std::string& key, const std::string& other) {
    const auto public_key = public_half(work, key);
    EXPECT_EQ(work.outboot({"verify", "-k", public_key, "out.bin"}).exit_code, 0);
    EXPECT_EQ(work.outboot({"verify", "-k", key_file(other), "out.bin"}).exit_code, 1);
    auto changed = work.read("out.bin");
    changed[changed.size() / 2] ^= 1;
    work.write("changed.bin", changed);
    EXPECT_EQ(work.outboot({"verify", "-k", public_key, "changed.bin"}).exit_code, 1);
}

} // namespace

TEST(SignSchemes, each_key_signs_with_the_hash_that_goes_with_it) {
    struct Scheme {
        const char* key;
        const char* other;
        std::vector<std::string> options;
        std::uint16_t hash;
        std::uint16_t signature;
    };
    const Scheme schemes[]{
        {"sign-rsa-2048", "other-rsa-2048", {}, tlv::sha256, tlv::rsa2048_pss},
        {"sign-rsa-3072", "other-rsa-3072", {"--sha", "256"}, tlv::sha256, tlv::rsa3072_pss},
        {"sign-ecdsa-p256", "other-ecdsa-p256", {}, tlv::sha256, tlv::ecdsa},
        {"sign-ecdsa-p384", "other-ecdsa-p384", {}, tlv::sha384, tlv::ecdsa},
        {"sign-ecdsa-p384", "other-ecdsa-p384", {"--sha", "384"}, tlv::sha384, tlv::ecdsa},
        {"sign-ed25519", "other-ed25519", {}, tlv::sha256, tlv::ed25519},
        {"sign-ed25519", "other-ed25519", {"--sha", "512"}, tlv::sha512, tlv::ed25519},
        {"sign-ed25519", "other-ed25519", {"--pure"}, tlv::sha512, tlv::ed25519},
    };
    for (const auto& scheme : schemes) {
        for (const char* order : {"little", "big"}) {
            SCOPED_TRACE(fmt::format("{} {} {}", scheme.key, fmt::join(scheme.options, " "), order));
            Workspace work;
            std::vector<std::string> options{"-k", key_file(scheme.key), "-e", order};
            options.insert(options.end(), scheme.options.begin(), scheme.options.end());
            ASSERT_EQ(sign_for_mcuboot(work, options).exit_code, 0);
            const auto image = made(work);
            EXPECT_NE(image.find(scheme.hash, false), nullptr);
            EXPECT_NE(image.find(scheme.signature, false), nullptr);
            expect_signed(work, scheme.key, scheme.other);
        }
    }
}

TEST(SignSchemes, a_hash_that_no_bootloader_pairs_with_the_key_is_refused) {
    for (const auto& [key, hash] : {std::pair{"sign-ecdsa-p256", "384"},
                                    {"sign-ecdsa-p384", "256"},
                                    {"sign-ed25519", "384"},
                                    {"sign-rsa-2048", "512"}}) {
        Workspace work;
        const auto ran = sign_for_mcuboot(work, {"-k", key_file(key), "--sha", hash});
        EXPECT_EQ(ran.exit_code, 1) << key;
        EXPECT_TRUE(ran.says("leave --sha out")) << ran.err;
        EXPECT_FALSE(work.has("out.bin"));
    }
    for (const auto& [hash, type] : {std::pair{"256", tlv::sha256}, {"384", tlv::sha384}, {"512", tlv::sha512}}) {
        Workspace work; // without a key any hash will do
        ASSERT_EQ(sign_for_mcuboot(work, {"--sha", hash}).exit_code, 0);
        EXPECT_NE(made(work).find(type, false), nullptr);
    }
}

TEST(SignSchemes, a_pure_signature_is_of_the_image_and_not_of_its_hash) {
    Workspace work;
    ASSERT_EQ(sign_for_mcuboot(work, {"-k", key_file("sign-ed25519"), "--pure"}).exit_code, 0);
    const auto image = made(work);
    const auto key = Key::load(key_file("sign-ed25519"), "key");
    const auto* pure = image.find(tlv::signature_pure, false);
    ASSERT_NE(pure, nullptr);
    EXPECT_EQ(pure->value, ByteVector{1});
    const auto& signature = image.find(tlv::ed25519, false)->value;
    EXPECT_TRUE(key.verify(image.signed_region(), signature));
    EXPECT_FALSE(key.verify(digest(image.signed_region(), 64), signature));
    EXPECT_EQ(sign_for_mcuboot(work, {"-k", sign_key, "--pure"}).exit_code, 1);
}

TEST(SignSchemes, big_endian_turns_every_number_and_nothing_else) {
    Workspace work;
    const std::vector<std::string> options{
        "-s", "0x01020304", "-d", "(1, 1.2.772+4)", "--load-addr", "0x20000000", "-e", "big", "--confirm", "--align",
        "16", "-M",         "4",  "--custom-tlv",   "0xa0",        "0x0102"};
    ASSERT_EQ(sign_for_mcuboot(work, options).exit_code, 0);
    const auto bytes = work.read("out.bin");
    const auto expect_at = [&](std::size_t at, const ByteVector& expected) {
        EXPECT_TRUE(std::equal(expected.begin(), expected.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at)))
            << "at " << at << ": " << to_hex(ByteSpan(bytes).subspan(at, expected.size()));
    };
    expect_at(0, {0x96, 0xf3, 0xb8, 0x3d});
    expect_at(4, {0x20, 0, 0, 0});                                   // load address
    expect_at(8, {0x02, 0x00});                                      // header size
    expect_at(12, {0, 0, 0x03, 0xe8});                               // 1,000 bytes
    expect_at(16, {0, 0, 0, 0x20});                                  // RAM_LOAD
    expect_at(20, {1, 2, 0, 3});                                     // 1.2.3
    const std::size_t area = 0x200 + 1000;                           // protected: 4 + 8 + 16 + 6 bytes
    expect_at(area, {0x69, 0x08, 0, 34, 0, 0x50, 0, 4, 1, 2, 3, 4}); // counter
    expect_at(area + 12, {0, 0x40, 0, 12, 1, 0, 0, 0, 1, 2, 0x03, 0x04, 0, 0, 0, 4});
    expect_at(area + 28, {0, 0xa0, 0, 2, 1, 2}); // bytes are no number
    expect_at(area + 34, {0x69, 0x07, 0, 40, 0, 0x10, 0, 32});
    expect_at(bytes.size() - 16, {0x00, 0x10, 0x2d, 0xe1}); // alignment 16 in the trailer's magic
    EXPECT_EQ(work.outboot({"verify", "out.bin"}).exit_code, 0);
    const auto info = nlohmann::json::parse(work.outboot({"dumpinfo", "--json", "out.bin"}).out);
    EXPECT_EQ(info.at("header").at("load_address"), 0x20000000);
    EXPECT_EQ(info.at("trailer").at("alignment"), 16);
    EXPECT_TRUE(work.outboot({"dumpinfo", "out.bin"}).says("big-endian"));
}

TEST(SignSchemes, what_is_wrapped_for_a_key_it_alone_unwraps) {
    struct Scheme {
        const char* key;
        const char* other;
        std::vector<std::string> options;
        std::uint16_t type;
        std::size_t around; // bytes of the TLV besides the image key; 0: the TLV has a length of its own
    };
    const Scheme schemes[]{
        {"enc-ec256", "other-enc-ec256", {}, tlv::enc_ec256, 97},
        {"enc-x25519", "other-enc-x25519", {}, tlv::enc_x25519, 64},
        {"enc-x25519", "other-enc-x25519", {"--hmac-sha", "256"}, tlv::enc_x25519, 64},
        {"enc-x25519", "other-enc-x25519", {"--hmac-sha", "512"}, tlv::enc_x25519_sha512, 96},
        {"enc-rsa2048", "other-enc-rsa2048", {}, tlv::enc_rsa2048, 0},
    };
    for (const auto& scheme : schemes) {
        for (const std::size_t bits : {128U, 256U}) {
            for (const char* order : {"little", "big"}) {
                SCOPED_TRACE(fmt::format("{} {} {} {}", scheme.key, fmt::join(scheme.options, " "), bits, order));
                Workspace work;
                std::vector<std::string> options{
                    "-E", public_half(work, scheme.key), "--encrypt-keylen", fmt::format("{}", bits), "-e", order};
                options.insert(options.end(), scheme.options.begin(), scheme.options.end());
                ASSERT_EQ(sign_for_mcuboot(work, options, 1001).exit_code, 0);
                const auto image = made(work);
                const auto* wrapped = image.find(scheme.type, false);
                ASSERT_NE(wrapped, nullptr);
                EXPECT_EQ(wrapped->value.size(), scheme.around ? scheme.around + bits / 8 : 256);
                const auto opened = work.outboot(
                    {"verify", "--decrypt-key", key_file(scheme.key), "--payload-out", "clear.bin", "out.bin"});
                EXPECT_EQ(opened.exit_code, 0) << opened.err;
                auto clear = work.read("clear.bin");
                clear.resize(1001);
                EXPECT_EQ(clear, program(1001));
                EXPECT_EQ(work.outboot({"verify", "--decrypt-key", key_file(scheme.other), "out.bin"}).exit_code, 1);
            }
        }
    }
    Workspace work;
    const auto ran = sign_for_mcuboot(work, {"-E", device_public_key, "--hmac-sha", "512"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("--hmac-sha 512 goes with X25519 only")) << ran.err;
}

TEST(SignSchemes, an_image_is_compressed_and_then_encrypted) {
    for (const char* method : {"lzma2", "lzma2armthumb"}) {
        for (const char* order : {"little", "big"}) {
            SCOPED_TRACE(fmt::format("{} {}", method, order));
            Workspace work;
            const ByteVector even(5000, 0x5a);
            work.write("even.bin", even);
            ASSERT_EQ(
                work.outboot({"sign", "-H", "0x200", "-S", "0x20000", "--pad-header", "-v", "1.0.0", "-k", sign_key,
                              "-E", device_public_key, "--compression", method, "-e", order, "even.bin", "out.bin"})
                    .exit_code,
                0);
            const auto image = made(work);
            EXPECT_TRUE(image.compressed());
            EXPECT_LT(image.header().payload_bytes, 200U);
            EXPECT_EQ(image.header().payload_bytes % 16, 0U);
            const auto* packed = image.find(tlv::comp_dec_size, true);
            ASSERT_NE(packed, nullptr);
            EXPECT_LE(get32(packed->value.data(), image.order()), image.header().payload_bytes);
            const auto opened = work.outboot(
                {"verify", "-k", sign_key, "--decrypt-key", device_key, "--payload-out", "clear.bin", "out.bin"});
            EXPECT_EQ(opened.exit_code, 0) << opened.err;
            EXPECT_EQ(work.read("clear.bin"), even);
        }
    }
}

TEST(SignSchemes, a_trailer_for_wrapped_keys_has_room_for_two) {
    Workspace work;
    const std::size_t fixed = 128 * 3 * 8 + 4 * 8 + 16;
    const std::pair<std::vector<std::string>, std::size_t> cases[]{
        {{}, 2 * 16}, {{"--save-enctlv"}, 2 * 120}}; // a TLV of 113 bytes in cells of 8
    for (const auto& [more, keys] : cases) {
        std::vector<std::string> options{"--align", "8", "-E", device_public_key};
        options.insert(options.end(), more.begin(), more.end());
        const std::size_t room = 0x20000 - fixed - keys;
        const std::size_t payload = (room - 0x200 - 4 - 36 - 117) / 16 * 16;
        EXPECT_EQ(sign_for_mcuboot(work, options, payload).exit_code, 0);
        const auto refused = sign_for_mcuboot(work, options, payload + 1);
        EXPECT_EQ(refused.exit_code, 1);
        EXPECT_TRUE(refused.says(fmt::format("has room for {}", room))) << refused.err;
    }
}

} // namespace outboot::tool
