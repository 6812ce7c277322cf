// What the core asks of its cryptography: one type that names the primitives. `Compact` (crypto/compact.hpp) is ours;
// another backend is another type.
#pragma once

#include <concepts>

#include "core/hardened.hpp"
#include "crypto/bytes.hpp"

namespace outboot::crypto {

template <class T>
concept Hash256 = std::copyable<T> && std::default_initializable<T> &&
    requires(T hash, Bytes data, std::span<std::uint8_t, 32> digest) {
    { hash.update(data) } -> std::same_as<void>;
    { hash.finish(digest) } -> std::same_as<void>;
};

// Counter mode with a counter block that is zero for byte 0.
template <class T>
concept CtrCipher128 = std::constructible_from<T, std::span<const std::uint8_t, 16>> &&
    requires(const T cipher, std::uint32_t position, MutableBytes data) {
    { cipher.apply(position, data) } -> std::same_as<void>;
};

template <class C>
concept Crypto = Hash256<typename C::Sha256> && CtrCipher128<typename C::AesCtr> &&
    requires(core::Verdict& verdict, std::span<const std::uint8_t, 64> public_key,
             std::span<const std::uint8_t, 32> hash, Bytes bytes, std::span<const std::uint8_t, 32> device_private,
             std::span<std::uint8_t, 16> key) {
    // Verdict good only if `bytes`, an ECDSA-Sig-Value in DER, signs `hash` under the point X || Y.
    { C::ecdsa_verify(verdict, public_key, hash, bytes) } -> std::same_as<void>;
    // The image key out of an ENC_EC256 TLV's value; false and a key of zeros if it isn't for this device.
    { C::unwrap(key, device_private, bytes) } -> std::same_as<bool>;
    // The key for what leaves the internal flash, from the device's key and the image's hash.
    { C::way_out_key(key, device_private, hash) } -> std::same_as<void>;
};

} // namespace outboot::crypto
