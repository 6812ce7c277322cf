// The device's keys: one 256-byte block at a place the layout names, written by `outboot provision`, never by a device.
//
// Byte by byte in FORMAT.md. The bootloader reads it in place; the host tool builds it from the same offsets.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace outboot::core::key_block {

inline constexpr std::size_t size_bytes = 256;
inline constexpr std::uint32_t magic = 0x594b424f; // "OBKY"
inline constexpr std::uint8_t version = 1;
inline constexpr std::size_t max_signers = 2;

// Offsets inside the block.
inline constexpr std::size_t magic_at = 0;      // u32
inline constexpr std::size_t version_at = 4;    // u8
inline constexpr std::size_t signers_at = 5;    // u8: trusted signature keys, 1 or 2
inline constexpr std::size_t device_key_at = 6; // u8: 1 if the device has a private key, else 0
inline constexpr std::size_t first_signer_at = 16;
inline constexpr std::size_t device_private_at = 208; // P-256 scalar, 32 bytes, big-endian; all 0xff if there is none
inline constexpr std::size_t check_at = 248;          // first 8 bytes of SHA-256 over bytes [0, 248)

// One trusted signature key: SHA-256 of its DER SubjectPublicKeyInfo (as in the KEYHASH TLV), then X and Y.
inline constexpr std::size_t signer_bytes = 96;
inline constexpr std::size_t signer_hash_at = 0;
inline constexpr std::size_t signer_point_at = 32;

static_assert(first_signer_at + max_signers * signer_bytes == device_private_at);

} // namespace outboot::core::key_block
