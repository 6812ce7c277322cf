// Our smallest backend: p256-m underneath P-256, everything else our own compact, constant-time code.
#pragma once

#include "crypto/aes128.hpp"
#include "crypto/concept.hpp"
#include "crypto/ecies.hpp"
#include "crypto/hmac.hpp"
#include "crypto/p256.hpp"
#include "crypto/sha256.hpp"

namespace outboot::crypto {

struct Compact {
    using Sha256 = crypto::Sha256;
    using AesCtr = crypto::AesCtr;

    static void ecdsa_verify(core::Verdict& verdict, std::span<const std::uint8_t, p256_point_bytes> public_key,
                             std::span<const std::uint8_t, 32> hash, Bytes der_signature) {
        crypto::ecdsa_verify_der(verdict, public_key, hash, der_signature);
    }

    [[nodiscard]] static bool unwrap(std::span<std::uint8_t, image_key_bytes> image_key,
                                     std::span<const std::uint8_t, p256_scalar_bytes> device_private, Bytes wrapped) {
        return crypto::unwrap(image_key, device_private, wrapped);
    }

    static void way_out_key(std::span<std::uint8_t, image_key_bytes> key,
                            std::span<const std::uint8_t, p256_scalar_bytes> device_private,
                            std::span<const std::uint8_t, 32> image_hash) {
        crypto::way_out_key(key, device_private, image_hash);
    }
};
static_assert(Crypto<Compact>);

} // namespace outboot::crypto
