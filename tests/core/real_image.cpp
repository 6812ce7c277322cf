#include <gtest/gtest.h>

#include "tests/core/real_image.hpp"

namespace outboot::core {
namespace {

void put(Data& out, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void append(Data& out, const Data& more) {
    out.insert(out.end(), more.begin(), more.end());
}

Data tlv_area(std::uint16_t magic, const std::vector<RawTlv>& tlvs, const Data& tail, std::int32_t says) {
    Data entries;
    for (const RawTlv& tlv : tlvs) {
        put(entries, tlv.type, 2);
        put(entries, tlv.value.size(), 2);
        append(entries, tlv.value);
    }
    append(entries, tail);
    Data area;
    put(area, magic, 2);
    put(area, 4 + entries.size() + static_cast<std::uint64_t>(says), 2);
    append(area, entries);
    return area;
}

} // namespace

Data build(const RealImage& image, const TestKeys& keys, bool in_clear) {
    namespace ssl = crypto::test::openssl;
    Data signed_area;
    if (!image.signed_tlvs.empty() || !image.signed_tail.empty()) {
        signed_area = tlv_area(image.signed_magic, image.signed_tlvs, image.signed_tail, image.signed_area_says);
    }
    Data out;
    put(out, image.magic, 4);
    put(out, image.load_address, 4);
    put(out, image.header_size, 2);
    put(out, signed_area.size() + static_cast<std::uint64_t>(image.header_says_signed), 2);
    put(out, image.payload.size() + static_cast<std::uint64_t>(image.header_says_payload), 4);
    put(out, image.flags | (image.image_key ? 4U : 0U), 4);
    out.insert(out.end(), {1, 2, 3, 0, 4, 0, 0, 0, 0, 0, 0, 0}); // version 1.2.3+4
    out.resize(std::max<std::size_t>(image.header_size, 32));
    const auto payload_at = static_cast<std::ptrdiff_t>(out.size());
    append(out, image.payload);
    append(out, signed_area);

    const Data hash = ssl::sha256(out);
    std::vector<RawTlv> seals{{0x10, hash}, {0x01, key_hash(keys.signer)}, {0x22, keys.signer.sign_der(hash)}};
    if (image.image_key) {
        seals.push_back({0x32, ecies_wrap(keys.device, *image.image_key)});
        if (!in_clear) std::ranges::copy(ssl::aes_ctr(*image.image_key, image.payload), out.begin() + payload_at);
    }
    if (image.change_unsigned) image.change_unsigned(seals);
    append(out, tlv_area(image.unsigned_magic, seals, image.unsigned_tail, image.unsigned_area_says));
    return out;
}

} // namespace outboot::core
