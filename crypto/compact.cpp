#include "crypto/compact.hpp"

#include "crypto/ecdsa_der.hpp"

namespace outboot::crypto {

void Compact::ecdsa_verify(core::Verdict& verdict, std::span<const std::uint8_t, p256_point_bytes> public_key,
                           std::span<const std::uint8_t, 32> hash, Bytes der_signature) {
    verdict.reject();
    std::array<std::uint8_t, p256_signature_bytes> signature{};
    if (decode_ecdsa_der(der_signature, signature)) crypto::ecdsa_verify(verdict, public_key, hash, signature);
}

} // namespace outboot::crypto
