// Builds an image: header, payload, TLVs in imgtool's order, hash, signature, encryption. Format: MCUboot's
// docs/design.md; what imgtool does where that is silent was found by comparing bytes (tests/tool/vectors_test.cpp).
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "format/image.hpp"
#include "tool/keys.hpp"
#include "tool/primitives.hpp"

namespace outboot::tool {

struct Dependency {
    std::uint8_t image = 0;
    format::Version least;
};

struct ImagePlan {
    std::uint16_t header_size = 0;   // bytes
    std::uint8_t header_fill = 0xff; // what the header is padded with
    std::uint32_t flags = 0;         // but the encryption flags, which follow from `encryption_key`
    std::uint32_t load_address = 0;
    format::Version version;
    std::optional<std::uint32_t> security_counter;
    std::vector<Dependency> dependencies;
    std::vector<std::pair<std::uint16_t, ByteVector>> custom_tlvs; // protected, in this order
    const P256Key* signing_key = nullptr;                          // nullptr: hash only
    bool pad_signature = false;                                    // to 72 bytes, with zeros
    const P256Key* encryption_key = nullptr;                       // public is enough; nullptr: not encrypted
    std::size_t image_key_bytes = 16;                              // 16 or 32
    bool clear = false; // encryption flag and key TLV, but the payload in clear: for programming the primary slot
};

// The whole image, header to last TLV. Throws Failure if something exceeds the format's fields.
ByteVector build_image(const ImagePlan& plan, ByteSpan payload);

// "1", "1.2", "1.2.3", "1.2.3+4" as imgtool reads them; nullopt if it isn't a version or a part is too large.
std::optional<format::Version> parse_version(std::string_view text);

// --security-counter auto
constexpr std::uint32_t counter_from(const format::Version& version) {
    return static_cast<std::uint32_t>(version.major) << 24 | static_cast<std::uint32_t>(version.minor) << 16 |
           version.revision;
}

} // namespace outboot::tool
