#include "rig/images.hpp"

#include <algorithm>

#include "board/random.hpp"
#include "tool/failure.hpp"
#include "tool/image_file.hpp"
#include "tool/payload.hpp"

namespace outboot::rig {

namespace {

tool::ImagePlan plan_for(const Product& product, const ImageSpec& spec) {
    tool::ImagePlan plan;
    plan.header_size = static_cast<std::uint16_t>(product.layout.core.header_size);
    plan.version.major = static_cast<std::uint8_t>(spec.version);
    plan.security_counter = spec.counter;
    const auto fingerprint = spec.fingerprint.value_or(product.layout.core.fingerprint);
    if (!spec.no_fingerprint)
        plan.custom_tlvs.emplace_back(format::tlv::layout_fingerprint,
                                      tool::ByteVector(fingerprint.begin(), fingerprint.end()));
    if (spec.services != 0) {
        tool::ByteVector services(4);
        format::put32(services.data(), spec.services);
        plan.custom_tlvs.emplace_back(format::tlv::service_table, std::move(services));
    }
    plan.signing_key = spec.signed_by_stranger ? &product.stranger : &product.signer;
    plan.pad_signature = true; // sizes, and with them the numbers of flash operations, don't depend on the signature
    if (spec.encrypted) plan.encryption_key = spec.encrypted_for_stranger ? &product.stranger : &product.device_key;
    return plan;
}

tool::ByteVector payload_for(const Product& product, const ImageSpec& spec, std::size_t overhead) {
    auto payload = spec.program;
    if (payload.empty())
        payload = tool::payload_for(product.apps[spec.version == 1 ? 0 : 1], product.layout, 0xff).bytes;
    if (spec.reset_vector) format::put32(&payload[4], *spec.reset_vector);
    const std::size_t program_bytes = payload.size();
    const std::size_t bytes = spec.bytes == 0 ? program_bytes : (spec.bytes - overhead) / 16 * 16;
    if (bytes < program_bytes) throw tool::Failure("the program doesn't fit an image of this size");
    board::Random random(std::uint64_t{spec.bytes} << 16 ^ static_cast<std::uint64_t>(spec.version) << 8 ^
                         spec.counter);
    payload.resize(bytes);
    std::generate(payload.begin() + static_cast<std::ptrdiff_t>(program_bytes), payload.end(),
                  [&random] { return random.byte(); });
    return payload;
}

} // namespace

tool::ByteSpan Image::payload() const {
    const auto header = format::get16(&clear[8]);
    return tool::ByteSpan(clear).subspan(header, payload_bytes);
}

Image make_image(const Product& product, const ImageSpec& spec) {
    const tool::ImagePlan plan = plan_for(product, spec);
    const std::size_t overhead = tool::build_image(plan, tool::ByteVector(16)).size() - 16;
    const auto payload = payload_for(product, spec, overhead);
    Image image;
    image.spec = spec;
    image.staged = tool::build_image(plan, payload);

    const auto file = tool::ImageFile::parse(image.staged);
    image.payload_bytes = static_cast<std::uint32_t>(file.payload().size());
    const tool::ImageTlv* const wrapped = file.find(format::tlv::enc_ec256, false);
    if (wrapped == nullptr) {
        image.clear = image.staged;
    } else {
        image.image_key = (spec.encrypted_for_stranger ? product.stranger : product.device_key).unwrap(wrapped->value);
        const auto decrypted = file.with_payload(tool::aes_ctr(image.image_key, file.payload()));
        image.clear.assign(decrypted.image().begin(), decrypted.image().end());
    }
    const auto clear = tool::ImageFile::parse(image.clear);
    image.way_out_key = way_out_key(product.device_key, tool::sha256(clear.signed_region()));
    return image;
}

std::uint32_t largest_image(const Product& product) {
    return product.layout.max_image;
}

std::uint32_t image_of_chunks(const Product& product, std::uint32_t count) {
    const core::Chunk& top = product.layout.chunks.at(count - 1);
    return top.offset + top.size / 2;
}

tool::ByteVector way_out_key(const tool::P256Key& device_key, const tool::Sha256Digest& image_hash) {
    const auto extracted = tool::hmac_sha256(image_hash, device_key.private_scalar());
    tool::ByteVector info;
    for (const char c : std::string_view("outboot way out v1\x01")) info.push_back(static_cast<std::uint8_t>(c));
    auto key = tool::hmac_sha256(extracted, info);
    key.resize(16);
    return key;
}

} // namespace outboot::rig
