// AES-128 (FIPS 197) in counter mode (NIST SP 800-38A), as MCUboot encrypts payloads.
#pragma once

#include <array>

#include "crypto/bytes.hpp"

namespace outboot::crypto {

// A keystream that can be entered at any byte: the counter block of byte p is p / 16, as a 128-bit big-endian number.
// Encrypting and decrypting are the same. Constant-time: bitsliced, no branch and no address depends on key or data.
// Two blocks are made at a time; pieces that begin and end at multiples of 32 bytes waste nothing.
class AesCtr {
  public:
    static constexpr std::size_t key_bytes = 16;

    explicit AesCtr(std::span<const std::uint8_t, key_bytes> key);
    AesCtr(const AesCtr&) = delete;
    AesCtr& operator=(const AesCtr&) = delete;
    ~AesCtr();

    // XORs the keystream from byte `position` on over `data`. position + data.size() <= 2^32.
    void apply(std::uint32_t position, MutableBytes data) const { apply(position, data.data(), data.size()); }

  private:
    void apply(std::uint32_t position, std::uint8_t* data, std::size_t size_bytes) const;

    static constexpr std::size_t rounds = 10;
    std::array<std::uint32_t, (rounds + 1) * 8> round_keys_; // bitsliced, each for two blocks
};

} // namespace outboot::crypto
