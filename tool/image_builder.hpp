// Builds an image: header, payload, TLVs in imgtool's order, hash, signature, compression, encryption. Format:
// MCUboot's docs/design.md; what imgtool does where that is silent was found by comparing bytes
// (tests/tool/vectors_test.cpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "format/image.hpp"
#include "tool/byte_order.hpp"
#include "tool/compression.hpp"
#include "tool/keys.hpp"
#include "tool/primitives.hpp"
#include "tool/uuid.hpp"

namespace outboot::tool {

struct Dependency {
    std::uint8_t image = 0;
    format::Version least;
};

struct ImagePlan {
    ByteOrder order = ByteOrder::little;
    std::uint16_t header_size = 0;   // bytes
    std::uint8_t header_fill = 0xff; // what the header is padded with
    std::uint32_t flags = 0;         // but those of encryption and compression, which follow from what is asked below
    std::uint32_t load_address = 0;
    format::Version version;
    std::optional<std::uint32_t> security_counter;
    std::optional<std::string> boot_record; // its software type
    std::vector<Dependency> dependencies;
    std::optional<Uuid> vendor;
    std::optional<Uuid> device_class;
    std::vector<std::pair<std::uint16_t, ByteVector>> custom_tlvs; // protected, in this order

    std::size_t hash_bytes = 32;         // SHA-256, -384 or -512: see default_hash_bytes()
    bool pure = false;                   // sign the image itself, not its hash
    const Key* signing_key = nullptr;    // nullptr: hash only
    std::optional<ByteVector> signature; // made elsewhere: then the public half of the key is enough
    bool public_key_inside = false;      // PUBKEY instead of KEYHASH
    bool pad_signature = false;          // ECDSA: to its greatest usual length, with zeros
    const Key* encryption_key = nullptr; // public is enough; nullptr: not encrypted
    std::size_t image_key_bytes = 16;    // 16 or 32
    std::size_t wrap_hash_bytes = 32;    // of ECIES; 64: X25519 only
    bool clear = false; // encryption flag and key TLV, but the payload in clear: for programming the primary slot
    Compression compression = Compression::none;
};

// The whole image, header to last TLV. A payload that compression doesn't make smaller is left as it is. Throws Failure
// if something exceeds the format's fields, or if a given signature doesn't fit.
ByteVector build_image(const ImagePlan& plan, ByteSpan payload);

// What hash and signature are of: everything from the header to the protected TLVs, in clear.
ByteVector signed_region(const ImagePlan& plan, ByteSpan payload);

// The hash that goes with a kind of key: SHA-384 with P-384, SHA-512 with pure signatures, else SHA-256.
std::size_t default_hash_bytes(const Key* signing_key, bool pure);

// Do bootloaders know this pair?
bool hash_fits_key(std::size_t hash_bytes, const Key* signing_key, bool pure);

// TLV of the image hash by its length, and of the signature by the key.
std::uint16_t hash_type(std::size_t hash_bytes);
std::uint16_t signature_type(KeyKind kind);

// "1", "1.2", "1.2.3", "1.2.3+4" as imgtool reads them; nullopt if it isn't a version or a part is too large.
std::optional<format::Version> parse_version(std::string_view text);

// --security-counter auto
constexpr std::uint32_t counter_from(const format::Version& version) {
    return static_cast<std::uint32_t>(version.major) << 24 | static_cast<std::uint32_t>(version.minor) << 16 |
           version.revision;
}

} // namespace outboot::tool
