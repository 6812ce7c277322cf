// ECDSA-Sig-Value (RFC 3279, 2.2.3): SEQUENCE { r INTEGER, s INTEGER }, in DER, for 256-bit curves.
#pragma once

#include <cstring>

#include "crypto/bytes.hpp"

namespace outboot::crypto {

inline constexpr std::size_t ecdsa_der_max_bytes = 72; // 2 + 2 * (2 + 33)

// Writes r || s. False if `der` isn't strictly such a value: one length byte each, integers positive and without
// needless zeros, nothing left over. The one liberty is what imgtool's --pad-sig makes: zero bytes after the SEQUENCE,
// up to 72 bytes in all. Ranges of r and s are for ecdsa_verify to check.
inline bool decode_ecdsa_der(const std::uint8_t* der, std::size_t size_bytes, std::uint8_t* signature) {
    std::memset(signature, 0, 64);
    if (size_bytes < 2 || size_bytes > ecdsa_der_max_bytes || der[0] != 0x30 || der[1] > size_bytes - 2) return false;
    const std::uint8_t* at = der + 2;
    const std::uint8_t* const end = at + der[1];
    for (std::uint8_t* out = signature; out != signature + 64;) {
        if (end - at < 3 || at[0] != 0x02) return false;
        std::size_t length = at[1];
        at += 2;
        if (length == 0 || length > static_cast<std::size_t>(end - at)) return false;
        if (at[0] >= 0x80) return false; // negative
        if (at[0] == 0 && length > 1) {
            ++at, --length;
            if (at[0] < 0x80) return false; // this zero wasn't needed
        }
        if (length > 32) return false;
        out += 32;
        std::memcpy(out - length, at, length);
        at += length;
    }
    if (at != end) return false;
    for (; at != der + size_bytes; ++at) {
        if (*at != 0) return false;
    }
    return true;
}

inline bool decode_ecdsa_der(Bytes der, std::span<std::uint8_t, 64> signature) {
    return decode_ecdsa_der(der.data(), der.size(), signature.data());
}

} // namespace outboot::crypto
