// The bootloader's cryptography for C++ applications: app/outboot_crypto.h with spans, and contexts that clean up after
// themselves. Statuses are those of the C functions; contexts keep the first bad one.
#pragma once

#include <cstdint>
#include <span>

#include "app/outboot_crypto.h"

namespace outboot::service {

using Bytes = std::span<const std::uint8_t>;
using Status = int; // outboot_crypto_status, outboot_crypto_ok if good

class Sha256 {
  public:
    Sha256() : status_(outboot_sha256_init(&context_)) {}
    Sha256(const Sha256&) = default; // goes on from here on its own
    Sha256& operator=(const Sha256&) = default;
    ~Sha256() {
        for (volatile std::uint32_t& word : context_.words) word = 0;
    }

    void update(Bytes data) {
        if (status_ == outboot_crypto_ok) status_ = outboot_sha256_update(&context_, data.data(), data.size());
    }
    // `digest` means something only if this says ok. Ready for another message afterwards.
    [[nodiscard]] Status finish(std::span<std::uint8_t, 32> digest) {
        if (status_ != outboot_crypto_ok) return status_;
        return outboot_sha256_finish(&context_, digest.data());
    }

  private:
    outboot_sha256 context_;
    Status status_;
};

class Hmac {
  public:
    explicit Hmac(Bytes key) : status_(outboot_hmac_init(&context_, key.data(), key.size())) {}
    Hmac(const Hmac&) = delete;
    Hmac& operator=(const Hmac&) = delete;
    ~Hmac() {
        for (volatile std::uint32_t& word : context_.words) word = 0;
    }

    void update(Bytes data) {
        if (status_ == outboot_crypto_ok) status_ = outboot_hmac_update(&context_, data.data(), data.size());
    }
    [[nodiscard]] Status finish(std::span<std::uint8_t, 32> tag) {
        if (status_ != outboot_crypto_ok) return status_;
        status_ = outboot_crypto_bad_argument; // the key is gone
        return outboot_hmac_finish(&context_, tag.data());
    }

  private:
    outboot_hmac context_;
    Status status_;
};

// Key of 16 or 32 bytes. Data is whole blocks of 16 bytes, input and output of one size; they may be the same.
class Aes {
  public:
    explicit Aes(Bytes key) : status_(outboot_aes_init(&context_, key.data(), key.size())) {}
    Aes(const Aes&) = delete;
    Aes& operator=(const Aes&) = delete;
    ~Aes() {
        for (volatile std::uint32_t& word : context_.words) word = 0;
    }

    [[nodiscard]] Status encrypt(Bytes in, std::span<std::uint8_t> out) const {
        if (const Status status = check(in, out); status != outboot_crypto_ok) return status;
        return outboot_aes_encrypt(&context_, in.data(), out.data(), in.size() / 16);
    }
    [[nodiscard]] Status decrypt(Bytes in, std::span<std::uint8_t> out) const {
        if (const Status status = check(in, out); status != outboot_crypto_ok) return status;
        return outboot_aes_decrypt(&context_, in.data(), out.data(), in.size() / 16);
    }
    [[nodiscard]] Status ctr(std::span<std::uint8_t, 16> counter, Bytes in, std::span<std::uint8_t> out) const {
        if (const Status status = check(in, out); status != outboot_crypto_ok) return status;
        return outboot_aes_ctr(&context_, counter.data(), in.data(), out.data(), in.size() / 16);
    }

  private:
    [[nodiscard]] Status check(Bytes in, std::span<std::uint8_t> out) const {
        if (in.size() % 16 != 0 || in.size() != out.size()) return outboot_crypto_bad_argument;
        return status_;
    }

    outboot_aes context_;
    Status status_;
};

[[nodiscard]] inline Status hkdf(Bytes salt, Bytes key, Bytes info, std::span<std::uint8_t> out) {
    return outboot_hkdf(salt.data(), salt.size(), key.data(), key.size(), info.data(), info.size(), out.data(),
                        out.size());
}

[[nodiscard]] inline Status ecdsa_verify(std::span<const std::uint8_t, 64> point,
                                         std::span<const std::uint8_t, 32> hash,
                                         std::span<const std::uint8_t, 64> signature) {
    return outboot_ecdsa_verify(point.data(), hash.data(), signature.data());
}

[[nodiscard]] inline Status ecdh(std::span<std::uint8_t, 32> secret, std::span<const std::uint8_t, 32> private_key,
                                 std::span<const std::uint8_t, 64> peer) {
    return outboot_ecdh(secret.data(), private_key.data(), peer.data());
}

} // namespace outboot::service
