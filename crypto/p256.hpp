// ECDSA verification and ECDH on P-256, with parts of p256-m (third-party, part of Mbed TLS).
#pragma once

#include "core/hardened.hpp"
#include "crypto/bytes.hpp"

namespace outboot::crypto {

inline constexpr std::size_t p256_scalar_bytes = 32;       // big-endian
inline constexpr std::size_t p256_point_bytes = 64;        // X || Y, big-endian
inline constexpr std::size_t p256_uncompressed_bytes = 65; // 0x04 || X || Y (SEC 1, 2.3.3)
inline constexpr std::size_t p256_signature_bytes = 64;    // r || s, big-endian

// Is r || s the signature of `hash` under `public_key` (SEC 1, 4.1.4)? The answer is in `verdict` and nowhere else.
//
// No single skipped instruction outside the field arithmetic makes a bad signature good; how is said in p256.cpp.
// Variable time: all inputs are public. `public_key` is trusted to be a point of the curve that nobody knows the
// logarithm of; a point that isn't on the curve is rejected. A hash that is 0 modulo the group's order is rejected
// too: anybody can sign that one.
void ecdsa_verify(core::Verdict& verdict, std::span<const std::uint8_t, p256_point_bytes> public_key,
                  std::span<const std::uint8_t, 32> hash,
                  std::span<const std::uint8_t, p256_signature_bytes> signature);

// The same for a signature in DER, decoded as crypto/ecdsa_der.hpp says. Anything that doesn't decode is bad.
void ecdsa_verify_der(core::Verdict& verdict, std::span<const std::uint8_t, p256_point_bytes> public_key,
                      std::span<const std::uint8_t, 32> hash, Bytes der_signature);

// The x-coordinate of private_key * peer. False, with `secret` all zero, if private_key isn't in [1, n-1] or the peer
// isn't an uncompressed point of the curve. Constant-time in private_key. What it leaves on the stack is for the caller
// to clear, with clear_stack_below().
[[nodiscard]] bool ecdh(std::span<std::uint8_t, 32> secret,
                        std::span<const std::uint8_t, p256_scalar_bytes> private_key,
                        std::span<const std::uint8_t, p256_uncompressed_bytes> peer);

// Is X || Y a point of the curve?
[[nodiscard]] bool on_curve(std::span<const std::uint8_t, p256_point_bytes> point);

// What follows is constant-time in private keys and nonces, and what it leaves on the stack is for the caller to clear.

// The point of a private key. False, with zeros, if that isn't in [1, n-1].
[[nodiscard]] bool p256_public_key(std::span<std::uint8_t, p256_point_bytes> point,
                                   std::span<const std::uint8_t, p256_scalar_bytes> private_key);

// Random bytes as they are wanted for a scalar.
struct Draw {
    int (*random)(void* context, std::uint8_t* bytes, std::size_t size_bytes); // 0 if it could
    void* context;

    [[nodiscard]] bool operator()(std::span<std::uint8_t, p256_scalar_bytes> scalar) const {
        return random(context, scalar.data(), scalar.size()) == 0;
    }
};

enum class Signing : std::uint8_t { done, bad_key, no_random };

// ECDSA with a random nonce. `signature` means something only if this says done.
[[nodiscard]] Signing ecdsa_sign(std::span<std::uint8_t, p256_signature_bytes> signature,
                                 std::span<const std::uint8_t, p256_scalar_bytes> private_key,
                                 std::span<const std::uint8_t, 32> hash, const Draw& draw);

} // namespace outboot::crypto
