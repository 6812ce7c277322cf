// The host's cryptography: OpenSSL 3 behind a few plain functions. All of them throw Failure if OpenSSL does.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace outboot::tool {

using ByteVector = std::vector<std::uint8_t>;
using ByteSpan = std::span<const std::uint8_t>;
using Sha256Digest = std::array<std::uint8_t, 32>;

Sha256Digest sha256(ByteSpan data);

// SHA-256, -384 or -512, by its length in bytes: 32, 48, 64.
ByteVector digest(ByteSpan data, std::size_t digest_bytes);

// HMAC with the SHA-2 of that many bytes.
ByteVector hmac(ByteSpan key, ByteSpan data, std::size_t hash_bytes);
ByteVector hmac_sha256(ByteSpan key, ByteSpan data);

// HKDF without salt (RFC 5869: as many zero bytes as the hash is long).
ByteVector hkdf(ByteSpan input_key, const std::string& info, std::size_t output_bytes, std::size_t hash_bytes);

// AES-CTR with a big-endian counter that starts at zero; the key's length, 16 or 32 bytes, chooses the cipher. The
// same call encrypts and decrypts.
ByteVector aes_ctr(ByteSpan key, ByteSpan data);

ByteVector random_bytes(std::size_t count);

// In time that doesn't depend on the contents.
bool equal_secrets(ByteSpan a, ByteSpan b);

// Small hexadecimal digits.
std::string to_hex(ByteSpan data);

std::string to_base64(ByteSpan data);
std::optional<ByteVector> from_base64(const std::string& text); // white space around it is allowed

} // namespace outboot::tool
