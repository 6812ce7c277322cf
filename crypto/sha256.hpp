// SHA-256 (FIPS 180-4).
#pragma once

#include <array>

#include "crypto/bytes.hpp"

namespace outboot::crypto {

// Copy it to hash several messages that begin alike. After finish() nothing of the message is left in the object, and
// it is ready for another. Messages up to 2^32 - 1 bytes, more than any memory this is made for.
class Sha256 {
  public:
    static constexpr std::size_t digest_bytes = 32;
    static constexpr std::size_t block_bytes = 64;

    Sha256() { start(); }

    void update(Bytes data) { absorb(data.data(), data.size()); }
    void finish(std::span<std::uint8_t, digest_bytes> digest);

    [[nodiscard]] std::uint32_t length_bytes() const { return length_bytes_; } // of the message so far

  private:
    void start();
    void absorb(const std::uint8_t* data, std::size_t size_bytes);

    std::array<std::uint32_t, 8> state_;
    std::uint32_t length_bytes_;
    std::array<std::uint32_t, block_bytes / 4> block_; // its bytes in message order
};

} // namespace outboot::crypto
