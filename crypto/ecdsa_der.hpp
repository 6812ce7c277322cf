// ECDSA-Sig-Value (RFC 3279, 2.2.3): SEQUENCE { r INTEGER, s INTEGER }, in DER, for 256-bit curves.
#pragma once

#include <algorithm>

#include "crypto/bytes.hpp"

namespace outboot::crypto {

inline constexpr std::size_t ecdsa_der_max_bytes = 72; // 2 + 2 * (2 + 33)

namespace detail {

// Takes one INTEGER off the front of `der` and writes it as 32 big-endian bytes. DER: positive, at most one leading
// zero byte and only where the sign bit needs it, one length byte.
constexpr bool take_integer(Bytes& der, std::span<std::uint8_t, 32> out) {
    if (der.size() < 3 || der[0] != 0x02) return false;
    std::size_t length = der[1];
    if (length == 0 || length > der.size() - 2) return false;
    Bytes value = der.subspan(2, length);
    der = der.subspan(2 + length);
    if (value[0] >= 0x80) return false; // negative
    if (value[0] == 0 && length > 1) {
        if (value[1] < 0x80) return false; // not minimal
        value = value.subspan(1);
    }
    if (value.size() > out.size()) return false;
    std::fill(out.begin(), out.end(), std::uint8_t{0});
    std::copy(value.begin(), value.end(), out.end() - static_cast<std::ptrdiff_t>(value.size()));
    return true;
}

} // namespace detail

// Writes r || s. False if `der` isn't strictly such a value; the one liberty is what imgtool's --pad-sig makes: zero
// bytes after the SEQUENCE, up to 72 bytes in all. Ranges of r and s are for ecdsa_verify to check.
constexpr bool decode_ecdsa_der(Bytes der, std::span<std::uint8_t, 64> signature) {
    if (der.size() < 2 || der.size() > ecdsa_der_max_bytes || der[0] != 0x30) return false;
    const std::size_t length = der[1];
    if (length > der.size() - 2) return false;
    const Bytes padding = der.subspan(2 + length);
    if (std::any_of(padding.begin(), padding.end(), [](std::uint8_t byte) { return byte != 0; })) return false;
    Bytes integers = der.subspan(2, length);
    return detail::take_integer(integers, signature.first<32>()) &&
           detail::take_integer(integers, signature.last<32>()) && integers.empty();
}

} // namespace outboot::crypto
