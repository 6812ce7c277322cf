#include "tool/image_check.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "layout/fingerprint.hpp"
#include "layout/text.hpp"
#include "tool/failure.hpp"

namespace outboot::tool {
namespace {

namespace tlv = format::tlv;

const ImageTlv& hash_tlv(const ImageFile& image) {
    const ImageTlv* found = nullptr;
    for (const auto type : {tlv::sha256, tlv::sha384, tlv::sha512}) {
        const auto* one = image.find(type, false);
        if (one && found)
            throw Failure("not a valid image: it has two hashes, and readers may differ in which they believe");
        if (one) found = one;
    }
    if (!found) throw Failure("not a valid image: it has no hash");
    const std::size_t wanted = found->type == tlv::sha512 ? 64 : found->type == tlv::sha384 ? 48 : 32;
    if (found->value.size() != wanted) throw Failure("not a valid image: its hash has a wrong length");
    return *found;
}

bool hash_fits(const ImageFile& image, const ImageTlv& hash) {
    return equal_secrets(digest(image.signed_region(), hash.value.size()), hash.value);
}

ByteVector image_key(const ImageFile& image, const P256Key& device_key) {
    const auto* wrapped = image.find(tlv::enc_ec256, false);
    if (!wrapped)
        throw Failure("the image is encrypted, but not by ECIES-P256",
                      "this version decrypts images made with a P-256 encryption key");
    const bool aes256 = (image.header().flags & format::flag_encrypted_aes256) != 0;
    auto key = device_key.unwrap(wrapped->value);
    if (key.empty())
        throw Failure(fmt::format("the image isn't encrypted for the key {}, or its encryption TLV was changed",
                                  device_key.path()),
                      "give the private key whose public half was used with `sign -E`");
    if (key.size() != (aes256 ? 32u : 16u))
        throw Failure("not a valid image: its header names another cipher than its wrapped key");
    return key;
}

} // namespace

ClearImage open_image(const ImageFile& image, const P256Key* device_key) {
    const auto& hash = hash_tlv(image);
    if (hash_fits(image, hash)) return {image, false}; // in clear, though it may be flagged for a later way out
    if (!image.flagged_encrypted())
        throw Failure("the image's hash doesn't fit its content", "the file was changed or damaged after signing");
    if (!device_key)
        throw Failure("the image is encrypted: its hash can only be checked with the device's key",
                      "add --decrypt-key PRIVATE");
    const auto key = image_key(image, *device_key);
    auto clear = image.with_payload(aes_ctr(key, image.payload()));
    if (!hash_fits(clear, hash))
        throw Failure("the image's hash doesn't fit its decrypted content",
                      "the file was changed or damaged after signing");
    return {std::move(clear), true};
}

void require_signature(const ImageFile& image, const P256Key& signer) {
    const auto* key_hash = image.find(tlv::key_hash, false);
    const auto* signature = image.find(tlv::ecdsa, false);
    if (!signature) throw Failure("the image has no ECDSA signature");
    if (!key_hash) throw Failure("the image doesn't say which key it is signed with (no KEYHASH)");
    if (key_hash->offset > signature->offset)
        throw Failure("not a valid image: its key hash comes after the signature");
    const auto wanted = signer.key_hash();
    if (!std::equal(wanted.begin(), wanted.end(), key_hash->value.begin(), key_hash->value.end()))
        throw Failure(fmt::format("the image is signed with another key: {}..., not {}...",
                                  to_hex(key_hash->value).substr(0, 16), to_hex(wanted).substr(0, 16)),
                      fmt::format("{} isn't the key this image was signed with", signer.path()));
    if (!signer.verify(sha256(image.signed_region()), signature->value))
        throw Failure("the image's signature doesn't fit",
                      "the image wasn't signed with this key, or was changed afterwards");
}

std::optional<layouts::Fingerprint> fingerprint_in(const ImageFile& image) {
    const auto* found = image.find(tlv::layout_fingerprint, true);
    if (!found) return std::nullopt;
    layouts::Fingerprint fingerprint{};
    if (found->value.size() != fingerprint.size())
        throw Failure("not a valid image: its layout fingerprint isn't 8 bytes long");
    std::copy(found->value.begin(), found->value.end(), fingerprint.begin());
    return fingerprint;
}

void require_layout(const ImageFile& image, const layouts::Model& model) {
    const auto fingerprint = fingerprint_in(image);
    if (!fingerprint)
        throw Failure("the image carries no layout fingerprint: the bootloader would refuse it",
                      "sign it with --layout");
    if (*fingerprint != model.core.fingerprint)
        throw Failure(fmt::format("the image is made for another layout: its fingerprint is {}, {} has {}",
                                  layouts::to_hex(*fingerprint), model.file, layouts::to_hex(model.core.fingerprint)),
                      "build and sign it for this layout");
    if (image.header().header_size != model.core.header_size)
        throw Failure(fmt::format("the image's header has {} bytes, the layout says {}", image.header().header_size,
                                  model.core.header_size));
    if (image.image_bytes() > model.max_image)
        throw Failure(
            fmt::format("the image has {} bytes, the layout has room for {}", image.image_bytes(), model.max_image));
}

} // namespace outboot::tool
