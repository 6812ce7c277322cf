// The MCUboot image format: header, flags, TLV types, and their encoding in bytes.
//
// Shared by the bootloader and the host tool. Pure: no I/O, no allocation, no policy. What a bootloader accepts is
// decided in core/; what the tool writes is decided in tool/. Facts: MCUboot's docs/design.md ("Image format"), and
// FORMAT.md in this repository for what outboot adds.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace outboot::format {

using Bytes = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;

inline constexpr std::uint32_t image_magic = 0x96f3b83d;
inline constexpr std::size_t header_bytes = 32; // the used part of the header; hdr_size says where the payload begins

inline constexpr std::uint16_t protected_tlv_magic = 0x6908;
inline constexpr std::uint16_t unprotected_tlv_magic = 0x6907;
inline constexpr std::size_t tlv_info_bytes = 4;  // magic, total (which counts these four bytes too)
inline constexpr std::size_t tlv_entry_bytes = 4; // type, length

// Header flags.
inline constexpr std::uint32_t flag_pic = 0x00000001;
inline constexpr std::uint32_t flag_encrypted_aes128 = 0x00000004;
inline constexpr std::uint32_t flag_encrypted_aes256 = 0x00000008;
inline constexpr std::uint32_t flag_non_bootable = 0x00000010;
inline constexpr std::uint32_t flag_ram_load = 0x00000020;
inline constexpr std::uint32_t flag_rom_fixed = 0x00000100;
inline constexpr std::uint32_t flag_compressed_lzma1 = 0x00000200;
inline constexpr std::uint32_t flag_compressed_lzma2 = 0x00000400;
inline constexpr std::uint32_t flag_compressed_arm_thumb = 0x00000800;

// TLV types. The vendor range is 0xXXA0 to 0xXXFF; outboot's own numbers are the two at the end (FORMAT.md).
namespace tlv {
inline constexpr std::uint16_t key_hash = 0x01;
inline constexpr std::uint16_t public_key = 0x02;
inline constexpr std::uint16_t sha256 = 0x10;
inline constexpr std::uint16_t sha384 = 0x11;
inline constexpr std::uint16_t sha512 = 0x12;
inline constexpr std::uint16_t rsa2048_pss = 0x20;
inline constexpr std::uint16_t ecdsa = 0x22;
inline constexpr std::uint16_t rsa3072_pss = 0x23;
inline constexpr std::uint16_t ed25519 = 0x24;
inline constexpr std::uint16_t signature_pure = 0x25;
inline constexpr std::uint16_t enc_rsa2048 = 0x30;
inline constexpr std::uint16_t enc_kw = 0x31;
inline constexpr std::uint16_t enc_ec256 = 0x32;
inline constexpr std::uint16_t enc_x25519 = 0x33;
inline constexpr std::uint16_t enc_x25519_sha512 = 0x34;
inline constexpr std::uint16_t dependency = 0x40;
inline constexpr std::uint16_t security_counter = 0x50;
inline constexpr std::uint16_t boot_record = 0x60;
inline constexpr std::uint16_t decomp_size = 0x70;
inline constexpr std::uint16_t decomp_sha = 0x71;
inline constexpr std::uint16_t decomp_signature = 0x72;
inline constexpr std::uint16_t comp_dec_size = 0x73;
inline constexpr std::uint16_t uuid_vendor = 0x74;
inline constexpr std::uint16_t uuid_class = 0x75;
inline constexpr std::uint16_t layout_fingerprint = 0x4fa0; // 8 bytes, protected: the layout this image is made for
inline constexpr std::uint16_t service_table = 0x4fa1;      // u32, protected: the services it needs, as bits
} // namespace tlv

// ECIES-P256 with a 128-bit image key: ephemeral point (uncompressed), HMAC tag, wrapped key.
inline constexpr std::size_t ec256_point_bytes = 65;
inline constexpr std::size_t ec256_tag_bytes = 32;
inline constexpr std::size_t ec256_aes128_bytes = ec256_point_bytes + ec256_tag_bytes + 16;

constexpr std::uint16_t get16(const std::uint8_t* p) {
    return static_cast<std::uint16_t>(p[0] | p[1] << 8);
}

constexpr std::uint32_t get32(const std::uint8_t* p) {
    return get16(p) | static_cast<std::uint32_t>(get16(p + 2)) << 16;
}

constexpr void put16(std::uint8_t* p, std::uint16_t v) {
    p[0] = static_cast<std::uint8_t>(v);
    p[1] = static_cast<std::uint8_t>(v >> 8);
}

constexpr void put32(std::uint8_t* p, std::uint32_t v) {
    put16(p, static_cast<std::uint16_t>(v));
    put16(p + 2, static_cast<std::uint16_t>(v >> 16));
}

struct Version {
    std::uint8_t major = 0;
    std::uint8_t minor = 0;
    std::uint16_t revision = 0;
    std::uint32_t build = 0;

    bool operator==(const Version&) const = default;
};

struct ImageHeader {
    std::uint32_t magic = image_magic;
    std::uint32_t load_address = 0;
    std::uint16_t header_size = 0;         // bytes from the image's start to its payload
    std::uint16_t protected_tlv_bytes = 0; // protected TLV area with its info record, 0 if there is none
    std::uint32_t payload_bytes = 0;       // with the padding added before encryption
    std::uint32_t flags = 0;
    Version version;
    std::uint32_t reserved = 0;
};

// The struct is laid out as the file is, on the little-endian machines that everything here runs on.
static_assert(sizeof(ImageHeader) == header_bytes && std::endian::native == std::endian::little);

constexpr ImageHeader decode_header(const std::array<std::uint8_t, header_bytes>& raw) {
    return std::bit_cast<ImageHeader>(raw);
}

constexpr ImageHeader decode_header(std::span<const std::uint8_t, header_bytes> raw) {
    std::array<std::uint8_t, header_bytes> copy{};
    for (std::size_t i = 0; i < header_bytes; ++i) copy[i] = raw[i];
    return decode_header(copy);
}

constexpr std::array<std::uint8_t, header_bytes> encode_header(const ImageHeader& header) {
    return std::bit_cast<std::array<std::uint8_t, header_bytes>>(header);
}

} // namespace outboot::format
