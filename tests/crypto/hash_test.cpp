#include <gtest/gtest.h>

#include <cstring>
#include <type_traits>

#include "crypto/hmac.hpp"
#include "tests/crypto/reference.hpp"

namespace outboot::crypto::test {
namespace {

Data sha256(const Data& message) {
    Sha256 hash;
    hash.update(message);
    Data digest(32);
    hash.finish(std::span(digest).first<32>());
    return digest;
}

Data hmac(const Data& key, const Data& message) {
    Hmac mac(key);
    mac.update(message);
    Data tag(32);
    mac.finish(std::span(tag).first<32>());
    return tag;
}

Data derive(const Data& salt, const Data& input_key, const Data& info, std::size_t size) {
    Data out(size);
    hkdf(salt, input_key, info, out);
    return out;
}

Data ascii(std::string_view text) {
    return {text.begin(), text.end()};
}

// NIST's examples for FIPS 180-4 (CSRC, "Cryptographic Standards and Guidelines: SHA-256").
TEST(Sha256, computes_the_published_examples) {
    EXPECT_EQ(sha256(ascii("abc")), from_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    EXPECT_EQ(sha256({}), from_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    EXPECT_EQ(sha256(ascii("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
              from_hex("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"));
    EXPECT_EQ(sha256(Data(1'000'000, 'a')),
              from_hex("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
}

TEST(Sha256, agrees_with_openssl_at_every_length_around_two_blocks) {
    Random random(1);
    for (std::size_t size = 0; size <= 2 * Sha256::block_bytes + 9; ++size) {
        const Data message = random.bytes(size);
        EXPECT_EQ(sha256(message), openssl::sha256(message)) << size;
    }
}

TEST(Sha256, does_not_care_how_a_message_is_cut) {
    Random random(2);
    for (int round = 0; round < 200; ++round) {
        const Data message = random.bytes(random.below(5000));
        Sha256 hash;
        for (Bytes rest = message; !rest.empty();) {
            const Bytes piece = rest.first(random.below(rest.size()) + 1);
            hash.update(piece);
            rest = rest.subspan(piece.size());
        }
        Data digest(32);
        hash.finish(std::span(digest).first<32>());
        EXPECT_EQ(digest, openssl::sha256(message));
    }
}

TEST(Sha256, a_copy_goes_its_own_way) {
    const Data common = ascii("the beginning that both share"), left = ascii(" left"), right = ascii(" right");
    Sha256 one;
    one.update(common);
    Sha256 other = one;
    one.update(left);
    other.update(right);
    Data digest(32);
    one.finish(std::span(digest).first<32>());
    EXPECT_EQ(digest, sha256(ascii("the beginning that both share left")));
    other.finish(std::span(digest).first<32>());
    EXPECT_EQ(digest, sha256(ascii("the beginning that both share right")));
}

TEST(Sha256, is_as_new_after_a_digest_with_nothing_of_the_message_left) {
    Sha256 hash;
    hash.update(ascii("secret"));
    Data digest(32);
    hash.finish(std::span(digest).first<32>());
    const Sha256 fresh;
    static_assert(std::has_unique_object_representations_v<Sha256>);
    EXPECT_EQ(std::memcmp(&hash, &fresh, sizeof hash), 0);

    hash.update(ascii("abc"));
    hash.finish(std::span(digest).first<32>());
    EXPECT_EQ(digest, sha256(ascii("abc")));
}

// RFC 4231, test cases 1, 2 and 6 (a key longer than a block).
TEST(Hmac, computes_the_published_examples) {
    EXPECT_EQ(hmac(Data(20, 0x0b), ascii("Hi There")),
              from_hex("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"));
    EXPECT_EQ(hmac(ascii("Jefe"), ascii("what do ya want for nothing?")),
              from_hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
    EXPECT_EQ(hmac(Data(131, 0xaa), ascii("Test Using Larger Than Block-Size Key - Hash Key First")),
              from_hex("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
}

TEST(Hmac, agrees_with_openssl_for_keys_of_any_length) {
    Random random(3);
    for (std::size_t size = 0; size <= 140; ++size) {
        const Data key = random.bytes(size), message = random.bytes(random.below(300));
        EXPECT_EQ(hmac(key, message), openssl::hmac(key, message)) << size;
    }
}

// RFC 5869, test cases 1 and 3 (no salt, no info).
TEST(Hkdf, computes_the_published_examples) {
    EXPECT_EQ(derive(from_hex("000102030405060708090a0b0c"), Data(22, 0x0b), from_hex("f0f1f2f3f4f5f6f7f8f9"), 42),
              from_hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"));
    EXPECT_EQ(derive({}, Data(22, 0x0b), {}, 42),
              from_hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"));
}

TEST(Hkdf, agrees_with_openssl) {
    Random random(4);
    for (int round = 0; round < 200; ++round) {
        const Data salt = random.bytes(random.below(70)), input_key = random.bytes(1 + random.below(70));
        const Data info = random.bytes(random.below(40));
        const std::size_t size = 1 + random.below(200);
        EXPECT_EQ(derive(salt, input_key, info, size), openssl::hkdf(salt, input_key, info, size));
    }
}

} // namespace
} // namespace outboot::crypto::test
