#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include <nlohmann/json.hpp>

#include "crypto/compact.hpp"
#include "tests/crypto/reference.hpp"

namespace outboot::crypto::test {
namespace {

struct Unwrapped {
    bool good = false;
    Data key;
};

Unwrapped unwrap(const Data& device_private, const Data& wrapped) {
    Unwrapped result{.good = false, .key = Data(16, 0xee)};
    result.good = Compact::unwrap(std::span(result.key).first<16>(), std::span(device_private).first<32>(), wrapped);
    return result;
}

const Data no_key(16);

// As MCUboot's docs/encrypted_images.md describes it, with OpenSSL.
Data wrap(const openssl::KeyPair& device, const Data& image_key) {
    const openssl::KeyPair ephemeral;
    const std::string_view text = "MCUBoot_ECIES_v1";
    const Data keys = openssl::hkdf({}, ephemeral.ecdh(device), Data(text.begin(), text.end()), 48);
    const Data cipher_key(keys.begin(), keys.begin() + 16), mac_key(keys.begin() + 16, keys.end());
    const Data encrypted = openssl::aes_ctr(cipher_key, image_key);
    const Data tag = openssl::hmac(mac_key, encrypted);
    Data wrapped = ephemeral.uncompressed_point();
    wrapped.insert(wrapped.end(), tag.begin(), tag.end());
    wrapped.insert(wrapped.end(), encrypted.begin(), encrypted.end());
    return wrapped;
}

TEST(Unwrap, gives_the_key_that_openssl_wrapped) {
    Random random(1);
    for (int round = 0; round < 20; ++round) {
        const openssl::KeyPair device;
        const Data image_key = random.bytes(16);
        const Unwrapped result = unwrap(device.private_scalar(), wrap(device, image_key));
        EXPECT_TRUE(result.good);
        EXPECT_EQ(result.key, image_key);
    }
}

TEST(Unwrap, refuses_a_change_in_any_byte_and_gives_no_key) {
    const openssl::KeyPair device;
    const Data wrapped = wrap(device, Data(16, 0x42));
    for (std::size_t at = 0; at < wrapped.size(); ++at) {
        Data changed = wrapped;
        changed[at] ^= 0x10;
        const Unwrapped result = unwrap(device.private_scalar(), changed);
        EXPECT_FALSE(result.good) << at;
        EXPECT_EQ(result.key, no_key) << at;
    }
}

// The tag doesn't cover the point; what protects it is that another point gives another secret. Its negative doesn't:
// ECDH uses x alone. MCUboot's format has this, and it is harmless: the same key comes out.
TEST(Unwrap, accepts_the_negative_of_the_point_as_the_format_implies) {
    const openssl::KeyPair device;
    Data wrapped = wrap(device, Data(16, 0x42));
    const Data p = from_hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
    int borrow = 0;
    for (std::size_t i = 32; i-- > 0;) {
        const int difference = p[i] - wrapped[33 + i] - borrow;
        borrow = difference < 0 ? 1 : 0;
        wrapped[33 + i] = static_cast<std::uint8_t>(difference);
    }
    const Unwrapped result = unwrap(device.private_scalar(), wrapped);
    EXPECT_TRUE(result.good);
    EXPECT_EQ(result.key, Data(16, 0x42));
}

TEST(Unwrap, refuses_any_other_length) {
    const openssl::KeyPair device;
    const Data wrapped = wrap(device, Data(16, 0x42));
    for (const std::size_t size : {0U, 1U, 65U, 97U, 112U, 114U, 129U}) {
        Data other = wrapped;
        other.resize(size);
        EXPECT_FALSE(unwrap(device.private_scalar(), other).good) << size;
    }
}

TEST(Unwrap, refuses_what_was_wrapped_for_another_device) {
    const openssl::KeyPair device, other;
    const Unwrapped result = unwrap(device.private_scalar(), wrap(other, Data(16, 0x42)));
    EXPECT_FALSE(result.good);
    EXPECT_EQ(result.key, no_key);
}

TEST(Unwrap, refuses_when_the_device_key_is_no_key) {
    const Data wrapped = wrap(openssl::KeyPair(), Data(16, 0x42));
    EXPECT_FALSE(unwrap(Data(32), wrapped).good);
    EXPECT_FALSE(unwrap(Data(32, 0xff), wrapped).good); // an unprogrammed key block
}

TEST(Unwrap, agrees_with_imgtool) {
    std::ifstream file(OUTBOOT_TEST_DATA "/crypto/imgtool_tlvs.json");
    const auto vectors = nlohmann::json::parse(file);
    const Data device_private = from_hex(vectors["device_private"].get<std::string>());
    std::size_t good = 0, bad = 0;
    for (const auto& entry : vectors["wrapped_keys"]) {
        const Unwrapped result = unwrap(device_private, from_hex(entry["wrapped"].get<std::string>()));
        EXPECT_EQ(result.good, !entry["key"].is_null()) << entry["image"];
        EXPECT_EQ(result.key, entry["key"].is_null() ? no_key : from_hex(entry["key"].get<std::string>()))
            << entry["image"];
        ++(result.good ? good : bad);
    }
    EXPECT_GE(good, 3U);
    EXPECT_GE(bad, 4U);
}

TEST(WayOutKey, is_hkdf_of_device_key_and_image_hash) {
    Random random(2);
    const std::string_view info = "outboot way out v1";
    for (int round = 0; round < 20; ++round) {
        const Data device_private = random.bytes(32), hash = random.bytes(32);
        Data key(16);
        Compact::way_out_key(std::span(key).first<16>(), std::span(device_private).first<32>(),
                             std::span(hash).first<32>());
        EXPECT_EQ(key, openssl::hkdf(hash, device_private, Data(info.begin(), info.end()), 16));
    }
}

// Published here so that a backup can be decrypted by other means: FORMAT.md's example.
TEST(WayOutKey, does_not_change_between_releases) {
    Data device_private(32), hash(32), key(16);
    for (std::size_t i = 0; i < 32; ++i) {
        device_private[i] = static_cast<std::uint8_t>(i + 1);
        hash[i] = static_cast<std::uint8_t>(0xa0 + i);
    }
    Compact::way_out_key(std::span(key).first<16>(), std::span(device_private).first<32>(),
                         std::span(hash).first<32>());
    EXPECT_EQ(key, from_hex("a383ea6daa4a74dbcce79e2a284ccc99"));
}

TEST(Ecdh, agrees_with_openssl) {
    for (int round = 0; round < 20; ++round) {
        const openssl::KeyPair device, peer;
        const Data device_private = device.private_scalar(), point = peer.uncompressed_point();
        Data secret(32);
        EXPECT_TRUE(
            ecdh(std::span(secret).first<32>(), std::span(device_private).first<32>(), std::span(point).first<65>()));
        EXPECT_EQ(secret, device.ecdh(peer));
    }
}

TEST(Ecdh, refuses_what_is_no_uncompressed_point_of_the_curve) {
    const openssl::KeyPair device;
    const Data device_private = device.private_scalar();
    const Data good = openssl::KeyPair().uncompressed_point();
    const auto refused = [&](const Data& point) {
        Data secret(32, 0xee);
        return !ecdh(std::span(secret).first<32>(), std::span(device_private).first<32>(),
                     std::span(point).first<65>()) &&
               secret == Data(32);
    };
    for (const unsigned tag : {0x00U, 0x02U, 0x03U, 0x05U, 0x06U, 0x07U}) {
        Data point = good;
        point[0] = static_cast<std::uint8_t>(tag);
        EXPECT_TRUE(refused(point)) << tag;
    }
    Data point = good;
    point[64] ^= 1;
    EXPECT_TRUE(refused(point));
    Data infinity(65);
    infinity[0] = 0x04;
    EXPECT_TRUE(refused(infinity));
    Data not_reduced(65, 0xff); // both coordinates above p
    not_reduced[0] = 0x04;
    EXPECT_TRUE(refused(not_reduced));
}

} // namespace
} // namespace outboot::crypto::test
