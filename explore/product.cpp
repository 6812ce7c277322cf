#include "explore/product.hpp"

#include <algorithm>

#include "explore/mix.hpp"

namespace outboot::explore {
namespace {

namespace kb = core::key_block;
namespace tlv = format::tlv;

constexpr std::uint32_t header_size = 32;
constexpr std::uint32_t protected_bytes = 4 + (4 + 8) + (4 + 4); // info record, fingerprint, counter
constexpr std::uint32_t sealed_bytes = 4 + (4 + 32) + (4 + 32) + (4 + Cryptography::signature_bytes);
constexpr std::uint32_t wrapped_entry_bytes = 4 + Cryptography::wrapped_bytes;

void put16(std::vector<std::uint8_t>& out, std::size_t value) {
    out.push_back(static_cast<std::uint8_t>(value));
    out.push_back(static_cast<std::uint8_t>(value >> 8));
}

void put_area(std::vector<std::uint8_t>& out, std::uint16_t magic, std::size_t bytes) {
    put16(out, magic);
    put16(out, bytes);
}

void put_tlv(std::vector<std::uint8_t>& out, std::uint16_t type, Bytes value) {
    put16(out, type);
    put16(out, value.size());
    out.insert(out.end(), value.begin(), value.end());
}

std::array<std::uint8_t, 4> bytes_of(std::uint32_t value) {
    std::array<std::uint8_t, 4> raw;
    format::put32(raw.data(), value);
    return raw;
}

} // namespace

Product::Product(Layout layout) : layout_(layout) {
    layout_.fingerprint = {'e', 'x', 'p', 'l', 'o', 'r', 'e', '1'};
    layout_.header_size = header_size;
    auto* block = keys_.data();
    format::put32(block + kb::magic_at, kb::magic);
    block[kb::version_at] = kb::version;
    block[kb::signers_at] = 1;
    block[kb::device_key_at] = 1;
    std::uint8_t* const signer = block + kb::first_signer_at;
    const auto point = Cryptography::signer();
    std::ranges::copy(point, signer + kb::signer_point_at);
    const auto hash = hash_of(point);
    std::copy(hash.begin(), hash.end(), signer + kb::signer_hash_at);
    for (std::uint8_t i = 0; i < 32; ++i) block[kb::device_private_at + i] = static_cast<std::uint8_t>(0xa0 + i);
    const auto check = hash_of(Bytes(block, kb::check_at));
    std::copy_n(check.begin(), kb::size_bytes - kb::check_at, block + kb::check_at);
}

std::vector<core::BlockRun> Product::code_blocks() const {
    std::vector<core::BlockRun> blocks;
    if (layout_.primary.base != 0) blocks.push_back({1, layout_.primary.base});
    for (const auto& run : layout_.primary_blocks) {
        if (run.count != 0) blocks.push_back(run);
    }
    return blocks;
}

std::vector<core::BlockRun> Product::external_blocks() const {
    return {{layout_.external_size / layout_.external_erase_block, layout_.external_erase_block}};
}

std::vector<core::BlockRun> Product::journal_blocks() const {
    const std::uint32_t end = layout_.journal.base + layout_.journal.size;
    return {{end / layout_.journal_bank_bytes, layout_.journal_bank_bytes}};
}

Bytes Product::public_key() const {
    return {keys_.data() + kb::first_signer_at + kb::signer_point_at, 64};
}

Bytes Product::device_private() const {
    return {keys_.data() + kb::device_private_at, 32};
}

std::uint32_t Product::overhead_bytes(bool encrypted) {
    return header_size + protected_bytes + sealed_bytes + (encrypted ? wrapped_entry_bytes : 0);
}

Image Product::make_image(const ImageSpec& spec) const {
    Image image{.spec = spec, .plain = {}, .staged = {}, .facts = {}};
    std::vector<std::uint8_t>& out = image.plain;
    const auto header = format::encode_header({.header_size = header_size,
                                               .protected_tlv_bytes = protected_bytes,
                                               .payload_bytes = spec.payload_bytes,
                                               .flags = spec.encrypted ? format::flag_encrypted_aes128 : 0U,
                                               .version = {.major = spec.version}});
    out.assign(header.begin(), header.end());

    std::uint64_t seed = mix(spec.version + (std::uint64_t{spec.counter} << 16));
    for (std::uint32_t i = 0; i < spec.payload_bytes; ++i) {
        out.push_back(static_cast<std::uint8_t>((seed = mix(seed + i)) >> 8));
    }
    format::put32(&out[header_size + 4], (layout_.code_flash_address + layout_.primary.base + header_size) | 1U);

    put_area(out, format::protected_tlv_magic, protected_bytes);
    put_tlv(out, tlv::layout_fingerprint, layout_.fingerprint);
    put_tlv(out, tlv::security_counter, bytes_of(spec.counter));
    const auto hash = hash_of(out);

    std::vector<std::uint8_t> area;
    put_area(area, format::unprotected_tlv_magic, sealed_bytes + (spec.encrypted ? wrapped_entry_bytes : 0));
    put_tlv(area, tlv::sha256, hash);
    put_tlv(area, tlv::key_hash, Bytes(keys_).subspan(kb::first_signer_at + kb::signer_hash_at, 32));
    put_tlv(area, tlv::ecdsa, Cryptography::sign(public_key(), hash));
    std::array<std::uint8_t, 16> image_key{};
    if (spec.encrypted) {
        const auto digest = hash_of(hash);
        std::copy_n(digest.begin(), image_key.size(), image_key.begin());
        put_tlv(area, tlv::enc_ec256, Cryptography::wrap(image_key, device_private()));
    }
    out.insert(out.end(), area.begin(), area.end());

    image.staged = out;
    if (spec.encrypted) {
        Cipher(image_key).apply(0, MutableBytes(image.staged).subspan(header_size, spec.payload_bytes));
    }
    if (spec.rubbish) image.staged[header_size + spec.payload_bytes / 2] ^= 1;
    image.facts = {.payload_bytes = spec.payload_bytes,
                   .total_bytes = static_cast<std::uint32_t>(out.size()),
                   .header_bytes = header_size,
                   .protected_bytes = protected_bytes,
                   .counter = spec.counter,
                   .hash = hash,
                   .tlv_digest = hash_of(area)};
    return image;
}

std::vector<std::uint8_t> Product::backup_of(const Image& image) const {
    std::vector<std::uint8_t> out = image.plain;
    std::array<std::uint8_t, 16> key;
    Cryptography::way_out_key(key, device_private().first<32>(), image.facts.hash);
    Cipher(key).apply(0, MutableBytes(out).subspan(header_size, image.spec.payload_bytes));
    return out;
}

} // namespace outboot::explore
