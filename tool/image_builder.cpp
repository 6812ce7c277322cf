#include "tool/image_builder.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include <fmt/format.h>
#include <openssl/crypto.h>

#include "tool/boot_record.hpp"
#include "tool/failure.hpp"
#include "tool/tlv_writer.hpp"

namespace outboot::tool {
namespace {

namespace tlv = format::tlv;

constexpr std::size_t aes_block = 16;

// What a compressed image says of the image that it will be.
struct Decompressed {
    std::uint32_t bytes = 0;
    ByteVector hash;
    ByteVector signature;
    std::optional<std::uint32_t> packed_bytes; // before the padding of an encrypted image
};

std::array<std::uint8_t, 12> encode(const Dependency& dependency, ByteOrder order) {
    std::array<std::uint8_t, 12> raw{};
    raw[0] = dependency.image;
    raw[4] = dependency.least.major;
    raw[5] = dependency.least.minor;
    put16(&raw[6], dependency.least.revision, order);
    put32(&raw[8], dependency.least.build, order);
    return raw;
}

ByteVector signer_id(const ImagePlan& plan) {
    return plan.signing_key ? plan.signing_key->key_hash(plan.hash_bytes) : ByteVector(plan.hash_bytes);
}

ByteVector protected_area(const ImagePlan& plan, const Decompressed* decompressed) {
    TlvWriter area(format::protected_tlv_magic, plan.order);
    if (plan.security_counter) area.add(tlv::security_counter, bytes_of(*plan.security_counter, plan.order));
    if (plan.boot_record) area.add(tlv::boot_record, boot_record(*plan.boot_record, plan.version, signer_id(plan)));
    for (const auto& dependency : plan.dependencies) area.add(tlv::dependency, encode(dependency, plan.order));
    if (decompressed) {
        area.add(tlv::decomp_size, bytes_of(decompressed->bytes, plan.order));
        area.add(tlv::decomp_sha, decompressed->hash);
        if (!decompressed->signature.empty()) area.add(tlv::decomp_signature, decompressed->signature);
        if (decompressed->packed_bytes) area.add(tlv::comp_dec_size, bytes_of(*decompressed->packed_bytes, plan.order));
    }
    if (plan.vendor) area.add(tlv::uuid_vendor, *plan.vendor);
    if (plan.device_class) area.add(tlv::uuid_class, *plan.device_class);
    for (const auto& [type, value] : plan.custom_tlvs) area.add(type, value);
    return area.bytes(true);
}

std::uint32_t encryption_flag(const ImagePlan& plan) {
    if (!plan.encryption_key) return 0;
    return plan.image_key_bytes == 32 ? format::flag_encrypted_aes256 : format::flag_encrypted_aes128;
}

std::uint32_t compression_flags(const ImagePlan& plan) {
    if (plan.compression == Compression::none) return 0;
    return format::flag_compressed_lzma2 |
           (plan.compression == Compression::lzma2_arm_thumb ? format::flag_compressed_arm_thumb : 0);
}

// Header and its padding, the payload in clear, padded to whole cipher blocks if `pad`, and the protected TLVs.
ByteVector region(const ImagePlan& plan, ByteSpan payload, bool pad, const Decompressed* decompressed) {
    if (plan.header_size < format::header_bytes)
        throw Failure(fmt::format("a header needs at least {} bytes, not {}", format::header_bytes, plan.header_size));
    const auto tlvs = protected_area(plan, decompressed);
    ByteVector out(plan.header_size, plan.header_fill);
    out.insert(out.end(), payload.begin(), payload.end());
    if (pad) out.resize((out.size() + aes_block - 1) / aes_block * aes_block, 0);
    const std::size_t payload_bytes = out.size() - plan.header_size;
    if (payload_bytes > std::numeric_limits<std::uint32_t>::max()) throw Failure("the payload exceeds 4 GB");
    const auto header =
        encode_header({.load_address = plan.load_address,
                       .header_size = plan.header_size,
                       .protected_tlv_bytes = static_cast<std::uint16_t>(tlvs.size()),
                       .payload_bytes = static_cast<std::uint32_t>(payload_bytes),
                       .flags = plan.flags | encryption_flag(plan) | (decompressed ? compression_flags(plan) : 0),
                       .version = plan.version},
                      plan.order);
    std::copy(header.begin(), header.end(), out.begin());
    out.insert(out.end(), tlvs.begin(), tlvs.end());
    return out;
}

void pad_signature(ByteVector& signature, KeyKind kind) {
    const std::size_t longest = kind == KeyKind::p256 ? 72 : kind == KeyKind::p384 ? 103 : 0;
    if (signature.size() < longest) signature.resize(longest, 0);
}

ByteVector sign(const ImagePlan& plan, ByteSpan region, ByteSpan hash) {
    auto signature = plan.signing_key->sign(plan.pure ? region : hash);
    if (plan.pad_signature) pad_signature(signature, plan.signing_key->kind());
    return signature;
}

ByteVector signature_of(const ImagePlan& plan, ByteSpan region, ByteSpan hash) {
    if (!plan.signature) return sign(plan, region, hash);
    if (!plan.signing_key->verify(plan.pure ? region : hash, *plan.signature))
        throw Failure(
            fmt::format("the given signature doesn't fit this image and the key {}", plan.signing_key->path()),
            "sign what --vector-to-sign wrote for the same input and options");
    return *plan.signature;
}

// The region in clear and, if compression paid off, what it says of the image it will be.
ByteVector whole_region(const ImagePlan& plan, ByteSpan payload) {
    const bool encrypted = plan.encryption_key != nullptr;
    const auto packed = plan.compression == Compression::none ? std::nullopt : compress(payload, plan.compression);
    if (!packed) return region(plan, payload, encrypted, nullptr);
    if (plan.signature) throw Failure("a compressed image holds two signatures: it can't be given one");
    const auto equivalent = region(plan, payload, false, nullptr);
    Decompressed decompressed{static_cast<std::uint32_t>(payload.size()), digest(equivalent, plan.hash_bytes), {}, {}};
    if (plan.signing_key) decompressed.signature = sign(plan, equivalent, decompressed.hash);
    if (encrypted) decompressed.packed_bytes = static_cast<std::uint32_t>(packed->size());
    return region(plan, *packed, encrypted, &decompressed);
}

ByteVector unprotected_area(const ImagePlan& plan, ByteSpan region, ByteSpan image_key) {
    TlvWriter area(format::unprotected_tlv_magic, plan.order);
    const auto hash = digest(region, plan.hash_bytes);
    area.add(hash_type(plan.hash_bytes), hash);
    if (plan.pure) area.add(tlv::signature_pure, ByteVector{1});
    if (const auto* key = plan.signing_key) {
        if (plan.public_key_inside)
            area.add(tlv::public_key, key->public_encoding());
        else
            area.add(tlv::key_hash, key->key_hash(plan.hash_bytes));
        area.add(signature_type(key->kind()), signature_of(plan, region, hash));
    }
    if (const auto* key = plan.encryption_key)
        area.add(key->wrapped_type(plan.wrap_hash_bytes), key->wrap(image_key, plan.wrap_hash_bytes));
    return area.bytes();
}

// One decimal number without leading zeros, as imgtool has it.
template <class T>
bool parse_part(std::string_view& text, T& out) {
    std::uint64_t value = 0;
    const auto [next, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const auto digits = static_cast<std::size_t>(next - text.data());
    if (error != std::errc{} || value > std::numeric_limits<T>::max() || (text.front() == '0' && digits > 1))
        return false;
    out = static_cast<T>(value);
    text.remove_prefix(digits);
    return true;
}

// Another part of the version follows if the text goes on with its separator.
template <class T>
bool parse_optional(std::string_view& text, char separator, T& out) {
    if (text.empty()) return true;
    if (text.front() != separator) return false;
    text.remove_prefix(1);
    return !text.empty() && parse_part(text, out);
}

} // namespace

ByteVector signed_region(const ImagePlan& plan, ByteSpan payload) {
    return whole_region(plan, payload);
}

ByteVector build_image(const ImagePlan& plan, ByteSpan payload) {
    ByteVector image = whole_region(plan, payload); // everything signed is what will run, in clear
    // A key of its own for every image: the counter always starts at zero, so no key may serve two payloads.
    ByteVector image_key;
    if (plan.encryption_key) image_key = random_bytes(plan.image_key_bytes);
    const auto tlvs = unprotected_area(plan, image, image_key);
    if (plan.encryption_key && !plan.clear) {
        const auto length = get32(&image[12], plan.order); // the header's payload size
        const auto encrypted = aes_ctr(image_key, ByteSpan(image).subspan(plan.header_size, length));
        std::copy(encrypted.begin(), encrypted.end(), image.begin() + plan.header_size);
    }
    OPENSSL_cleanse(image_key.data(), image_key.size());
    image.insert(image.end(), tlvs.begin(), tlvs.end());
    return image;
}

std::size_t default_hash_bytes(const Key* signing_key, bool pure) {
    if (pure) return 64;
    return signing_key && signing_key->kind() == KeyKind::p384 ? 48 : 32;
}

bool hash_fits_key(std::size_t hash_bytes, const Key* signing_key, bool pure) {
    if (!signing_key) return true;
    if (signing_key->kind() == KeyKind::ed25519) return pure ? hash_bytes == 64 : hash_bytes != 48;
    return hash_bytes == default_hash_bytes(signing_key, false);
}

std::uint16_t hash_type(std::size_t hash_bytes) {
    return hash_bytes == 64 ? tlv::sha512 : hash_bytes == 48 ? tlv::sha384 : tlv::sha256;
}

std::uint16_t signature_type(KeyKind kind) {
    switch (kind) {
    case KeyKind::rsa2048:
        return tlv::rsa2048_pss;
    case KeyKind::rsa3072:
        return tlv::rsa3072_pss;
    case KeyKind::ed25519:
        return tlv::ed25519;
    default:
        return tlv::ecdsa;
    }
}

std::optional<format::Version> parse_version(std::string_view text) {
    format::Version version;
    if (text.empty() || !parse_part(text, version.major) || !parse_optional(text, '.', version.minor) ||
        !parse_optional(text, '.', version.revision) || !parse_optional(text, '+', version.build) || !text.empty())
        return std::nullopt;
    return version;
}

} // namespace outboot::tool
