// AES-128 and AES-256 (FIPS 197) on whole blocks, for applications: encryption, decryption and counter mode.
#pragma once

#include <array>

#include "crypto/bytes.hpp"

namespace outboot::crypto {

// Constant-time: bitsliced, no branch and no address depends on key or data. Two blocks are worked on at a time.
// Trivial to copy; holds the key, so it is for the owner to clear.
class Aes {
  public:
    static constexpr std::size_t block_bytes = 16;

    // 16 or 32 bytes of key.
    void start(const std::uint8_t* key, std::size_t key_bytes);

    // Of memory that may not be an Aes yet: could what stands there come from start?
    [[nodiscard]] bool started() const { return rounds_ == 10 || rounds_ == 14; }

    // Input and output may be the same.
    void encrypt(const std::uint8_t* in, std::uint8_t* out, std::size_t blocks) const;
    void decrypt(const std::uint8_t* in, std::uint8_t* out, std::size_t blocks) const;

    // XORs the keystream that begins with `counter`, a 128-bit big-endian number, and moves that on.
    void ctr(std::uint8_t* counter, const std::uint8_t* in, std::uint8_t* out, std::size_t blocks) const;

  private:
    std::uint32_t rounds_;
    std::array<std::uint32_t, std::size_t{15} * 8> round_keys_; // bitsliced, each for two blocks
};

} // namespace outboot::crypto
