#include "tool/keys.hpp"

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "tests/tool/product.hpp"
#include "tool/failure.hpp"

namespace outboot::tool {
namespace {

const ByteVector image_key(16, 0x5a);

} // namespace

TEST(Keys, a_wrapped_key_is_unwrapped_by_its_device_only) {
    const auto device = P256Key::load(device_key, "key");
    const auto other = P256Key::load(other_device_key, "key");
    for (const std::size_t length : {16u, 32u}) {
        const ByteVector secret(length, 0x33);
        const auto tlv = P256Key::load(device_public_key, "key").wrap(secret);
        EXPECT_EQ(tlv.size(), 97 + length);
        EXPECT_EQ(device.unwrap(tlv), secret);
        EXPECT_TRUE(other.unwrap(tlv).empty());
    }
}

TEST(Keys, any_changed_bit_of_a_wrapped_key_is_noticed) {
    const auto device = P256Key::load(device_key, "key");
    const auto tlv = device.wrap(image_key);
    for (std::size_t bit = 0; bit < tlv.size() * 8; bit += 5) {
        auto changed = tlv;
        changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ 1 << bit % 8);
        EXPECT_TRUE(device.unwrap(changed).empty()) << "bit " << bit;
    }
    EXPECT_TRUE(device.unwrap(ByteSpan(tlv).first(tlv.size() - 1)).empty());
    EXPECT_TRUE(device.unwrap({}).empty());
}

TEST(Keys, the_same_key_is_never_wrapped_twice_alike) {
    const auto device = P256Key::load(device_key, "key");
    EXPECT_NE(device.wrap(image_key), device.wrap(image_key));
}

TEST(Keys, a_signature_may_be_padded_with_zeros_only) {
    const auto key = P256Key::load(sign_key, "key");
    const auto digest = sha256(image_key);
    auto signature = key.sign(digest);
    EXPECT_TRUE(key.verify(digest, signature));
    signature.resize(signature.size() + 2, 0);
    EXPECT_TRUE(key.verify(digest, signature));
    signature.back() = 1;
    EXPECT_FALSE(key.verify(digest, signature));
    EXPECT_FALSE(key.verify(digest, {}));
}

TEST(Keygen, it_makes_a_secret_file_that_signs_and_decrypts) {
    Workspace work;
    ASSERT_EQ(work.outboot({"keygen", "-k", "new.pem", "-t", "ecdsa-p256"}).exit_code, 0);
    struct stat status {};
    ASSERT_EQ(stat(work.path("new.pem").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
    EXPECT_TRUE(work.text("new.pem").starts_with("-----BEGIN PRIVATE KEY-----"));
    const auto key = P256Key::load(work.path("new.pem"), "key");
    EXPECT_TRUE(key.has_private());
    EXPECT_TRUE(key.verify(sha256(image_key), key.sign(sha256(image_key))));
}

TEST(Keygen, an_existing_file_is_never_replaced) {
    Workspace work;
    work.write("old.pem", "precious");
    const auto ran = work.outboot({"keygen", "-k", "old.pem", "-t", "ecdsa-p256"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("old.pem exists already")) << ran.err;
    EXPECT_EQ(work.text("old.pem"), "precious");
    EXPECT_EQ(work.files(), std::vector<std::string>{"old.pem"});
}

TEST(Keygen, two_keys_differ) {
    Workspace work;
    ASSERT_EQ(work.outboot({"keygen", "-k", "a.pem", "-t", "ecdsa-p256"}).exit_code, 0);
    ASSERT_EQ(work.outboot({"keygen", "-k", "b.pem", "-t", "ecdsa-p256"}).exit_code, 0);
    EXPECT_NE(work.text("a.pem"), work.text("b.pem"));
}

TEST(Keygen, an_unknown_type_is_wrong_usage) {
    Workspace work;
    EXPECT_EQ(work.outboot({"keygen", "-k", "a.pem", "-t", "ecdsa-p257"}).exit_code, 2);
    EXPECT_FALSE(work.has("a.pem"));
}

TEST(Getpub, its_forms_hold_the_public_key_and_nothing_secret) {
    Workspace work;
    const auto key = P256Key::load(sign_key, "key");
    ASSERT_EQ(work.outboot({"getpub", "-k", sign_key, "-e", "pem", "-o", "p.pem"}).exit_code, 0);
    EXPECT_FALSE(P256Key::load(work.path("p.pem"), "key").has_private());
    EXPECT_EQ(work.text("p.pem"), work.text(OUTBOOT_IMAGES "/keys/sign-ecdsa-p256.pub.pem"));
    ASSERT_EQ(work.outboot({"getpub", "-k", sign_key, "-e", "raw", "-o", "p.der"}).exit_code, 0);
    EXPECT_EQ(work.read("p.der"), key.public_der());
    const auto c = work.outboot({"getpub", "-k", sign_key});
    EXPECT_TRUE(c.says("ecdsa_pub_key_len = 91;")) << c.out;
}

TEST(KeyFiles, a_key_of_another_type_is_named) {
    Workspace work;
    work.write("p.bin", program());
    for (const auto& [file, kind] : {std::pair{"sign-rsa-2048.pem", "rsa-2048"},
                                     {"sign-ecdsa-p384.pem", "ecdsa-p384"},
                                     {"sign-ed25519.pem", "ed25519"}}) {
        const auto ran = work.outboot({"sign", "--layout", layout_file, "-v", "1.0.0", "-k",
                                       std::string(OUTBOOT_IMAGES "/keys/") + file, "p.bin", "o.bin"});
        EXPECT_EQ(ran.exit_code, 1);
        EXPECT_TRUE(ran.says("wrong type")) << ran.err;
        EXPECT_TRUE(ran.says(kind)) << ran.err;
        EXPECT_FALSE(work.has("o.bin"));
    }
}

TEST(KeyFiles, a_public_key_cannot_sign) {
    Workspace work;
    work.write("p.bin", program());
    const auto ran = work.outboot({"sign", "--layout", layout_file, "-v", "1.0.0", "-k",
                                   OUTBOOT_IMAGES "/keys/sign-ecdsa-p256.pub.pem", "p.bin", "o.bin"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("is a public key")) << ran.err;
}

TEST(KeyFiles, a_missing_key_and_a_file_that_is_no_key_are_named) {
    Workspace work;
    work.write("p.bin", program());
    work.write("nokey.pem", "hello");
    const auto missing =
        work.outboot({"sign", "--layout", layout_file, "-v", "1.0.0", "-k", "absent.pem", "p.bin", "o.bin"});
    EXPECT_EQ(missing.exit_code, 1);
    EXPECT_TRUE(missing.says("can't read the signing key absent.pem: No such file")) << missing.err;
    const auto wrong =
        work.outboot({"sign", "--layout", layout_file, "-v", "1.0.0", "-k", "nokey.pem", "p.bin", "o.bin"});
    EXPECT_EQ(wrong.exit_code, 1);
    EXPECT_TRUE(wrong.says("isn't a key in PEM form")) << wrong.err;
    EXPECT_FALSE(work.has("o.bin"));
}

TEST(KeyTypes, the_public_half_and_its_hash_are_imgtools) {
    Workspace work;
    for (const char* name : {"sign-rsa-2048", "sign-rsa-3072", "sign-ecdsa-p256", "sign-ecdsa-p384", "sign-ed25519",
                             "enc-rsa2048", "enc-ec256", "enc-x25519"}) {
        SCOPED_TRACE(name);
        const auto file = std::string(OUTBOOT_IMAGES "/keys/") + name;
        ASSERT_EQ(work.outboot({"getpub", "-k", file + ".pem", "-e", "raw", "-o", "pub"}).exit_code, 0);
        EXPECT_EQ(work.read("pub"), read_bytes(file + ".pub.bin"));
        ASSERT_EQ(work.outboot({"getpub", "-k", file + ".pem", "-e", "pem", "-o", "pub"}).exit_code, 0);
        EXPECT_EQ(work.read("pub"), read_bytes(file + ".pub.pem"));
        ASSERT_EQ(work.outboot({"getpubhash", "-k", file + ".pem", "-e", "raw", "-o", "hash"}).exit_code, 0);
        EXPECT_EQ(work.read("hash"), read_bytes(file + ".pubhash.bin"));
    }
}

TEST(KeyTypes, each_is_generated_and_named) {
    Workspace work;
    for (const char* type : {"rsa-2048", "rsa-3072", "ecdsa-p256", "ecdsa-p384", "ed25519", "x25519"}) {
        SCOPED_TRACE(type);
        const auto file = std::string(type) + ".pem";
        ASSERT_EQ(work.outboot({"keygen", "-k", file, "-t", type}).exit_code, 0);
        const auto info = work.outboot({"keyinfo", "-k", file, "--require", "private"});
        EXPECT_EQ(info.exit_code, 0) << info.err;
        EXPECT_TRUE(info.says(type)) << info.out;
        EXPECT_EQ(work.outboot({"keyinfo", "-k", file, "--require", "public"}).exit_code, 1);
        EXPECT_TRUE(work.outboot({"getpriv", "-k", file}).says("enc_priv_key_len = "));
    }
}

TEST(KeyTypes, an_encryption_key_of_p384_is_refused) {
    Workspace work;
    work.write("p.bin", program());
    const auto ran = work.outboot({"sign", "-H", "0x200", "-S", "0x20000", "--pad-header", "-v", "1.0.0", "-E",
                                   OUTBOOT_IMAGES "/keys/sign-ecdsa-p384.pem", "p.bin", "o.bin"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("no image key can be wrapped for ecdsa-p384")) << ran.err;
    EXPECT_FALSE(work.has("o.bin"));
}

TEST(Passwords, a_protected_key_opens_with_its_password_only) {
    Workspace work;
    setenv("OUTBOOT_PASSWORD", "correct horse", 1);
    EXPECT_EQ(work.outboot({"keygen", "-k", "k.pem", "-t", "ecdsa-p256", "-p"}).exit_code, 0);
    EXPECT_TRUE(work.text("k.pem").starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    EXPECT_EQ(work.outboot({"keyinfo", "-k", "k.pem"}).exit_code, 0);
    setenv("OUTBOOT_PASSWORD", "wrong horse", 1);
    const auto wrong = work.outboot({"keyinfo", "-k", "k.pem"});
    unsetenv("OUTBOOT_PASSWORD");
    EXPECT_EQ(wrong.exit_code, 1);
    EXPECT_TRUE(wrong.says("the password of the key k.pem is wrong")) << wrong.err;
}

} // namespace outboot::tool
