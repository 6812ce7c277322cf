// Images are little-endian or big-endian throughout: imgtool's --endian. The byte order of a file shows in its magic.
#pragma once

#include <array>

#include "format/image.hpp"
#include "tool/primitives.hpp"

namespace outboot::tool {

enum class ByteOrder { little, big };

inline std::uint16_t get16(const std::uint8_t* p, ByteOrder order) {
    const auto value = format::get16(p);
    return order == ByteOrder::little ? value : __builtin_bswap16(value);
}

inline std::uint32_t get32(const std::uint8_t* p, ByteOrder order) {
    const auto value = format::get32(p);
    return order == ByteOrder::little ? value : __builtin_bswap32(value);
}

inline void put16(std::uint8_t* p, std::uint16_t value, ByteOrder order) {
    format::put16(p, order == ByteOrder::little ? value : __builtin_bswap16(value));
}

inline void put32(std::uint8_t* p, std::uint32_t value, ByteOrder order) {
    format::put32(p, order == ByteOrder::little ? value : __builtin_bswap32(value));
}

inline std::array<std::uint8_t, 4> bytes_of(std::uint32_t value, ByteOrder order) {
    std::array<std::uint8_t, 4> raw{};
    put32(raw.data(), value, order);
    return raw;
}

// Each field in the other order.
constexpr format::ImageHeader swapped(format::ImageHeader header) {
    header.magic = __builtin_bswap32(header.magic);
    header.load_address = __builtin_bswap32(header.load_address);
    header.header_size = __builtin_bswap16(header.header_size);
    header.protected_tlv_bytes = __builtin_bswap16(header.protected_tlv_bytes);
    header.payload_bytes = __builtin_bswap32(header.payload_bytes);
    header.flags = __builtin_bswap32(header.flags);
    header.version.revision = __builtin_bswap16(header.version.revision);
    header.version.build = __builtin_bswap32(header.version.build);
    header.reserved = __builtin_bswap32(header.reserved);
    return header;
}

constexpr auto encode_header(const format::ImageHeader& header, ByteOrder order) {
    return format::encode_header(order == ByteOrder::little ? header : swapped(header));
}

} // namespace outboot::tool
