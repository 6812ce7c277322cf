// What the tests compare with: OpenSSL's implementations, and random inputs that are the same in every run.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <random>
#include <span>
#include <string_view>
#include <vector>

#include <openssl/evp.h>

namespace outboot::crypto::test {

using Data = std::vector<std::uint8_t>;

Data from_hex(std::string_view hex);

// Big-endian number to exactly `size` bytes: leading zeros are added or dropped. Fails the test if it doesn't fit.
Data to_size(const Data& number, std::size_t size);

class Random {
  public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}
    Data bytes(std::size_t size);
    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(engine_); }

  private:
    std::mt19937_64 engine_;
};

namespace openssl {

Data sha256(const Data& message);
Data hmac(const Data& key, const Data& message);
Data hkdf(const Data& salt, const Data& input_key, const Data& info, std::size_t size);
// Counter mode with a counter block that is zero for byte 0.
Data aes_ctr(const Data& key, const Data& data);

// A P-256 key pair.
class KeyPair {
  public:
    KeyPair(); // random
    explicit KeyPair(const Data& private_scalar);

    [[nodiscard]] Data private_scalar() const;     // 32 bytes
    [[nodiscard]] Data uncompressed_point() const; // 65 bytes
    [[nodiscard]] Data point() const;              // 64 bytes
    [[nodiscard]] Data sign_der(const Data& hash) const;
    [[nodiscard]] Data ecdh(const KeyPair& peer) const;

  private:
    std::shared_ptr<EVP_PKEY> key_;
};

// r || s of a DER signature; a DER signature of r || s.
Data raw_signature(const Data& der);
Data der_signature(const Data& raw);

} // namespace openssl
} // namespace outboot::crypto::test
