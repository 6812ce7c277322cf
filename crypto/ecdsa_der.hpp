// ECDSA-Sig-Value (RFC 3279, 2.2.3): SEQUENCE { r INTEGER, s INTEGER }, in DER, for 256-bit curves.
#pragma once

#include "crypto/bytes.hpp"

namespace outboot::crypto {

inline constexpr std::size_t ecdsa_der_max_bytes = 72; // 2 + 2 * (2 + 33)

// Writes r || s. False if `der` isn't strictly such a value: one length byte each, integers positive and without
// needless zeros, nothing left over. The one liberty is what imgtool's --pad-sig makes: zero bytes after the SEQUENCE,
// up to 72 bytes in all. Ranges of r and s are for ecdsa_verify to check.
constexpr bool decode_ecdsa_der(Bytes der, std::span<std::uint8_t, 64> signature) {
    if (der.size() < 2 || der.size() > ecdsa_der_max_bytes || der[0] != 0x30 || der[1] > der.size() - 2) return false;
    const std::uint8_t* at = der.data() + 2;
    const std::uint8_t* const end = at + der[1];
    for (std::uint8_t* out = signature.data(); out != signature.data() + signature.size();) {
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
        for (std::size_t left = 32; left != 0; --left) *out++ = left <= length ? *at++ : std::uint8_t{0};
    }
    if (at != end) return false;
    for (; at != der.data() + der.size(); ++at) {
        if (*at != 0) return false;
    }
    return true;
}

} // namespace outboot::crypto
