// Images as the vendor's build would make them, of any size, with a payload that can't be mistaken.
#pragma once

#include <optional>

#include "rig/product.hpp"
#include "tool/image_builder.hpp"

namespace outboot::rig {

struct ImageSpec {
    int version = 1;           // 1 and 2 are different programs; higher ones are 2 with another number
    std::uint32_t bytes = 0;   // header to last TLV, at most, to 16 bytes; 0: the program alone
    std::uint32_t counter = 1; // security counter
    bool encrypted = true;
    std::optional<layouts::Fingerprint> fingerprint{}; // instead of the product's
    bool no_fingerprint = false;
    std::uint32_t services = 0; // that it says it needs
    bool signed_by_stranger = false;
    bool encrypted_for_stranger = false;
    std::optional<std::uint32_t> reset_vector{}; // instead of the program's
    tool::ByteVector program{};                  // instead of the application's; empty: the application
};

struct Image {
    ImageSpec spec;
    tool::ByteVector staged; // as it is sent to a device
    tool::ByteVector clear;  // the same with its payload in clear: as it stands in the primary slot
    std::uint32_t payload_bytes = 0;
    tool::ByteVector image_key;   // empty if it isn't encrypted
    tool::ByteVector way_out_key; // of its backup on a device of this product

    [[nodiscard]] tool::ByteSpan payload() const; // in clear
};

// The program, then random bytes. The randomness depends on `spec` alone.
Image make_image(const Product& product, const ImageSpec& spec);

// The largest image the slot takes.
std::uint32_t largest_image(const Product& product);

// Bytes of an image that reaches `count` chunks of the slot, counted from its bottom, and fills the last one halfway.
std::uint32_t image_of_chunks(const Product& product, std::uint32_t count);

// What the bootloader derives for a backup (crypto/compact.cpp states it; this is another implementation).
tool::ByteVector way_out_key(const tool::P256Key& device_key, const tool::Sha256Digest& image_hash);

} // namespace outboot::rig
