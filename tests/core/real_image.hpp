// Images as MCUboot's docs/design.md and docs/encrypted_images.md describe them, made with OpenSSL and nothing of ours:
// what the bootloader accepts is tested against these, and against what can be wrong with them.
#pragma once

#include <functional>
#include <optional>

#include "core/key_block.hpp"
#include "tests/crypto/reference.hpp"

namespace outboot::core {

using crypto::test::Data;
using crypto::test::openssl::KeyPair;

struct RawTlv {
    std::uint16_t type = 0;
    Data value;
};

// Everything about an image, each part of it open to being wrong.
struct RealImage {
    std::uint32_t magic = 0x96f3b83d;
    std::uint32_t load_address = 0;
    std::uint16_t header_size = 0x200;
    std::uint32_t flags = 0;
    Data payload;
    std::vector<RawTlv> signed_tlvs;
    Data signed_tail;                     // bytes after the last signed entry, inside its area
    std::int32_t signed_area_says = 0;    // added to the total in the area's info record
    std::int32_t header_says_signed = 0;  // added to the size in the header
    std::int32_t header_says_payload = 0; // likewise
    std::uint16_t signed_magic = 0x6908;
    std::uint16_t unsigned_magic = 0x6907;
    std::function<void(std::vector<RawTlv>&)> change_unsigned; // after sealing
    Data unsigned_tail;
    std::int32_t unsigned_area_says = 0;
    std::optional<Data> image_key; // encrypted with it if given
};

struct TestKeys {
    KeyPair signer;
    KeyPair device;
};

inline Data key_hash(const KeyPair& key) {
    // DER of a P-256 SubjectPublicKeyInfo (RFC 5480) up to the point.
    Data der = crypto::test::from_hex("3059301306072a8648ce3d020106082a8648ce3d030107034200");
    const Data point = key.uncompressed_point();
    der.insert(der.end(), point.begin(), point.end());
    return crypto::test::openssl::sha256(der);
}

inline Data ecies_wrap(const KeyPair& device, const Data& image_key) {
    namespace ssl = crypto::test::openssl;
    const KeyPair ephemeral;
    const std::string_view info = "MCUBoot_ECIES_v1";
    const Data keys = ssl::hkdf({}, ephemeral.ecdh(device), Data(info.begin(), info.end()), 48);
    const Data encrypted = ssl::aes_ctr(Data(keys.begin(), keys.begin() + 16), image_key);
    const Data tag = ssl::hmac(Data(keys.begin() + 16, keys.end()), encrypted);
    Data wrapped = ephemeral.uncompressed_point();
    wrapped.insert(wrapped.end(), tag.begin(), tag.end());
    wrapped.insert(wrapped.end(), encrypted.begin(), encrypted.end());
    return wrapped;
}

// The key block of a device, as FORMAT.md has it.
inline Data make_key_block(const TestKeys& keys) {
    namespace kb = key_block;
    Data block(kb::size_bytes, 0xff);
    const Data head = crypto::test::from_hex("4f424b59010101");
    std::ranges::copy(head, block.begin());
    std::ranges::copy(key_hash(keys.signer), block.begin() + kb::first_signer_at + kb::signer_hash_at);
    std::ranges::copy(keys.signer.point(), block.begin() + kb::first_signer_at + kb::signer_point_at);
    std::ranges::copy(keys.device.private_scalar(), block.begin() + kb::device_private_at);
    const Data check = crypto::test::openssl::sha256(Data(block.begin(), block.begin() + kb::check_at));
    std::copy_n(check.begin(), 8, block.begin() + kb::check_at);
    return block;
}

// `in_clear`: as it stands in the primary slot.
Data build(const RealImage& image, const TestKeys& keys, bool in_clear = false);

} // namespace outboot::core
