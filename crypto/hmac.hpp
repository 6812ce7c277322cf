// HMAC-SHA256 (RFC 2104) and HKDF-SHA256 (RFC 5869).
#pragma once

#include "crypto/sha256.hpp"

namespace outboot::crypto {

// Keys of any length; `key` must stay what and where it is until finish(), which clears the object.
class Hmac {
  public:
    static constexpr std::size_t tag_bytes = Sha256::digest_bytes;

    explicit Hmac(Bytes key) : key_(key) { start(0x36); }

    void update(Bytes data) { hash_.update(data); }
    void finish(std::span<std::uint8_t, tag_bytes> tag);

  private:
    void start(unsigned mask);

    Sha256 hash_;
    Bytes key_;
};

// Extract and expand. `salt` may be empty (RFC 5869 then takes 32 zero bytes). `out`: at most 255 * 32 bytes.
void hkdf(Bytes salt, Bytes input_key, Bytes info, MutableBytes out);

} // namespace outboot::crypto
