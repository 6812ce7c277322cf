// The keys that payloads are encrypted under: the one that came with an image, and the one for the way out.
#pragma once

#include "crypto/bytes.hpp"
#include "crypto/p256.hpp"

namespace outboot::crypto {

inline constexpr std::size_t image_key_bytes = 16;

// Unwraps the value of an ENC_EC256 TLV (MCUboot docs/encrypted_images.md: ephemeral point 65, HMAC tag 32, wrapped key
// 16, so 113 bytes) with the device's private scalar. The tag is compared in constant time before anything is
// decrypted. False, with `image_key` all zero, if the length, the point or the tag is wrong.
[[nodiscard]] bool unwrap(std::span<std::uint8_t, image_key_bytes> image_key,
                          std::span<const std::uint8_t, p256_scalar_bytes> device_private, Bytes wrapped);

// The key for what leaves the internal flash: HKDF-SHA256(IKM device_private, salt image_hash, "outboot way out v1").
// `image_hash` is SHA-256 of the image's signed region in clear, so no two images share a keystream.
void way_out_key(std::span<std::uint8_t, image_key_bytes> key,
                 std::span<const std::uint8_t, p256_scalar_bytes> device_private,
                 std::span<const std::uint8_t, 32> image_hash);

} // namespace outboot::crypto
