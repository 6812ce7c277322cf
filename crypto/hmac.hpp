// HMAC-SHA256 (RFC 2104) and HKDF-SHA256 (RFC 5869).
#pragma once

#include "crypto/sha256.hpp"

namespace outboot::crypto {

// Keys of any length. After finish() the object is cleared.
class Hmac {
  public:
    static constexpr std::size_t tag_bytes = Sha256::digest_bytes;

    explicit Hmac(Bytes key);

    void update(Bytes data) { inner_.update(data); }
    void finish(std::span<std::uint8_t, tag_bytes> tag);

  private:
    Sha256 inner_;
    Sha256 outer_;
};

// Extract and expand. `salt` may be empty (RFC 5869 then takes 32 zero bytes). `out`: at most 255 * 32 bytes.
void hkdf(Bytes salt, Bytes input_key, Bytes info, MutableBytes out);

} // namespace outboot::crypto
