#include "tool/image_builder.hpp"

#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "tool/failure.hpp"

namespace outboot::tool {
namespace {

constexpr std::size_t aes_block = 16;
constexpr std::size_t longest_p256_signature = 72;

class TlvArea {
  public:
    explicit TlvArea(std::uint16_t magic) : magic_(magic) {}

    void add(std::uint16_t type, ByteSpan value) {
        if (value.size() > std::numeric_limits<std::uint16_t>::max())
            throw Failure(fmt::format("a TLV can hold 65,535 bytes, not {}", value.size()));
        append16(type);
        append16(static_cast<std::uint16_t>(value.size()));
        entries_.insert(entries_.end(), value.begin(), value.end());
    }

    [[nodiscard]] bool empty() const { return entries_.empty(); }

    [[nodiscard]] ByteVector bytes() const {
        const std::size_t total = entries_.size() + format::tlv_info_bytes;
        if (total > std::numeric_limits<std::uint16_t>::max())
            throw Failure(fmt::format("a TLV area can hold 65,535 bytes, not {}", total));
        ByteVector out(format::tlv_info_bytes);
        format::put16(out.data(), magic_);
        format::put16(out.data() + 2, static_cast<std::uint16_t>(total));
        out.insert(out.end(), entries_.begin(), entries_.end());
        return out;
    }

  private:
    void append16(std::uint16_t value) {
        std::array<std::uint8_t, 2> raw{};
        format::put16(raw.data(), value);
        entries_.insert(entries_.end(), raw.begin(), raw.end());
    }

    std::uint16_t magic_;
    ByteVector entries_;
};

std::array<std::uint8_t, 4> little_endian(std::uint32_t value) {
    std::array<std::uint8_t, 4> raw{};
    format::put32(raw.data(), value);
    return raw;
}

std::array<std::uint8_t, 12> encode(const Dependency& dependency) {
    std::array<std::uint8_t, 12> raw{};
    raw[0] = dependency.image;
    raw[4] = dependency.least.major;
    raw[5] = dependency.least.minor;
    format::put16(&raw[6], dependency.least.revision);
    format::put32(&raw[8], dependency.least.build);
    return raw;
}

ByteVector protected_area(const ImagePlan& plan) {
    TlvArea area(format::protected_tlv_magic);
    if (plan.security_counter) area.add(format::tlv::security_counter, little_endian(*plan.security_counter));
    for (const auto& dependency : plan.dependencies) area.add(format::tlv::dependency, encode(dependency));
    for (const auto& [type, value] : plan.custom_tlvs) area.add(type, value);
    return area.empty() ? ByteVector{} : area.bytes();
}

std::uint32_t encryption_flag(const ImagePlan& plan) {
    if (!plan.encryption_key) return 0;
    return plan.image_key_bytes == 32 ? format::flag_encrypted_aes256 : format::flag_encrypted_aes128;
}

// Header, its padding, and the payload in clear, padded to whole cipher blocks if it will be encrypted.
ByteVector header_and_payload(const ImagePlan& plan, ByteSpan payload, std::size_t protected_bytes) {
    ByteVector out(plan.header_size, plan.header_fill);
    out.insert(out.end(), payload.begin(), payload.end());
    if (plan.encryption_key) out.resize((out.size() + aes_block - 1) / aes_block * aes_block, 0);
    const std::size_t payload_bytes = out.size() - plan.header_size;
    if (payload_bytes > std::numeric_limits<std::uint32_t>::max()) throw Failure("the payload exceeds 4 GB");
    const auto header = format::encode_header({.load_address = plan.load_address,
                                               .header_size = plan.header_size,
                                               .protected_tlv_bytes = static_cast<std::uint16_t>(protected_bytes),
                                               .payload_bytes = static_cast<std::uint32_t>(payload_bytes),
                                               .flags = plan.flags | encryption_flag(plan),
                                               .version = plan.version});
    std::copy(header.begin(), header.end(), out.begin());
    return out;
}

ByteVector unprotected_area(const ImagePlan& plan, const Sha256Digest& hash, ByteSpan image_key) {
    TlvArea area(format::unprotected_tlv_magic);
    area.add(format::tlv::sha256, hash);
    if (plan.signing_key) {
        area.add(format::tlv::key_hash, plan.signing_key->key_hash());
        auto signature = plan.signing_key->sign(hash);
        if (plan.pad_signature) signature.resize(longest_p256_signature, 0);
        area.add(format::tlv::ecdsa, signature);
    }
    if (plan.encryption_key) area.add(format::tlv::enc_ec256, plan.encryption_key->wrap(image_key));
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

ByteVector build_image(const ImagePlan& plan, ByteSpan payload) {
    if (plan.header_size < format::header_bytes)
        throw Failure(fmt::format("a header needs at least {} bytes, not {}", format::header_bytes, plan.header_size));
    const auto protected_tlvs = protected_area(plan);
    ByteVector image = header_and_payload(plan, payload, protected_tlvs.size());
    image.insert(image.end(), protected_tlvs.begin(), protected_tlvs.end());
    const auto hash = sha256(image); // of the plaintext: everything signed is what will run

    // A key of its own for every image: the counter always starts at zero, so no key may serve two payloads.
    ByteVector image_key;
    if (plan.encryption_key) image_key = random_bytes(plan.image_key_bytes);
    if (plan.encryption_key && !plan.clear) {
        const std::size_t length = image.size() - plan.header_size - protected_tlvs.size();
        const auto encrypted = aes_ctr(image_key, ByteSpan(image).subspan(plan.header_size, length));
        std::copy(encrypted.begin(), encrypted.end(), image.begin() + plan.header_size);
    }
    const auto tlvs = unprotected_area(plan, hash, image_key);
    image.insert(image.end(), tlvs.begin(), tlvs.end());
    return image;
}

std::optional<format::Version> parse_version(std::string_view text) {
    format::Version version;
    if (text.empty() || !parse_part(text, version.major) || !parse_optional(text, '.', version.minor) ||
        !parse_optional(text, '.', version.revision) || !parse_optional(text, '+', version.build) || !text.empty())
        return std::nullopt;
    return version;
}

} // namespace outboot::tool
