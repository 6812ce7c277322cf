// What the bootloader ships with, and the other half of it: what signs and wraps.
#pragma once

#include "crypto/compact.hpp"

namespace outboot::explore {

using crypto::Bytes;
using crypto::MutableBytes;

struct RealCrypto {
    using Sha256 = crypto::Sha256;
    using AesCtr = crypto::AesCtr;

    static constexpr std::size_t signature_bytes = 72; // DER's longest; shorter ones are filled up with zeros
    static constexpr std::size_t wrapped_bytes = 113;

    // The point that sign() signs for.
    static std::array<std::uint8_t, 64> signer();
    static std::array<std::uint8_t, signature_bytes> sign(Bytes signer, Bytes hash);
    static std::array<std::uint8_t, wrapped_bytes> wrap(Bytes image_key, Bytes device_private);

    // An exploration asks the same questions of a few images millions of times: each answer on P-256 is computed once.
    static void ecdsa_verify(core::Verdict& verdict, std::span<const std::uint8_t, 64> public_key,
                             std::span<const std::uint8_t, 32> hash, Bytes signature);
    static bool unwrap(std::span<std::uint8_t, 16> key, std::span<const std::uint8_t, 32> device_private,
                       Bytes wrapped);

    static void way_out_key(std::span<std::uint8_t, 16> key, std::span<const std::uint8_t, 32> device_private,
                            std::span<const std::uint8_t, 32> hash) {
        crypto::way_out_key(key, device_private, hash);
    }

    struct Computed {
        std::size_t good = 0, bad = 0;
    };
    static Computed signatures_verified();
    static Computed keys_unwrapped();
};
static_assert(crypto::Crypto<RealCrypto>);

} // namespace outboot::explore
