#include "tool/image_check.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "layout/fingerprint.hpp"
#include "layout/services.hpp"
#include "layout/text.hpp"
#include "tool/failure.hpp"
#include "tool/image_builder.hpp"
#include "tool/tlv_writer.hpp"

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

// The one encryption TLV, whatever its scheme.
const ImageTlv& encryption_tlv(const ImageFile& image) {
    const ImageTlv* found = nullptr;
    for (const auto type : {tlv::enc_rsa2048, tlv::enc_kw, tlv::enc_ec256, tlv::enc_x25519, tlv::enc_x25519_sha512}) {
        const auto* one = image.find(type, false);
        if (one && found) throw Failure("not a valid image: its key is wrapped twice");
        if (one) found = one;
    }
    if (!found) throw Failure("not a valid image: it is flagged as encrypted, but has no wrapped key");
    return *found;
}

ByteVector image_key(const ImageFile& image, const Key& device_key) {
    const auto& wrapped = encryption_tlv(image);
    const std::size_t hash_bytes = wrapped.type == tlv::enc_x25519_sha512 ? 64 : 32;
    if (!device_key.can_wrap() || device_key.wrapped_type(hash_bytes) != wrapped.type)
        throw Failure(fmt::format("the image isn't encrypted for the key {}: it has {}, the key is of type {}",
                                  device_key.path(), tlv_name(wrapped.type), name_of(device_key.kind())),
                      "give the private key whose public half was used with `sign -E`");
    auto key = device_key.unwrap(wrapped.value, hash_bytes);
    if (key.empty())
        throw Failure(fmt::format("the image isn't encrypted for the key {}, or its encryption TLV was changed",
                                  device_key.path()),
                      "give the private key whose public half was used with `sign -E`");
    constexpr auto both = format::flag_encrypted_aes128 | format::flag_encrypted_aes256;
    const auto wanted = key.size() == 32 ? format::flag_encrypted_aes256 : format::flag_encrypted_aes128;
    if ((image.header().flags & both) != wanted)
        throw Failure("not a valid image: its header names another cipher than its wrapped key");
    return key;
}

bool is_pure(const ImageFile& image) {
    const auto* pure = image.find(tlv::signature_pure, false);
    if (pure && pure->value != ByteVector{1}) throw Failure("not a valid image: its SIG_PURE isn't 1");
    return pure != nullptr;
}

// KEYHASH or PUBKEY must name the signer, and stand before the signature.
void require_key(const ImageFile& image, const Key& signer, std::size_t signature_at) {
    const auto* key_hash = image.find(tlv::key_hash, false);
    const auto* whole = image.find(tlv::public_key, false);
    if (!key_hash && !whole) throw Failure("the image doesn't say which key it is signed with (no KEYHASH, no PUBKEY)");
    const auto& found = key_hash ? *key_hash : *whole;
    if (found.offset > signature_at) throw Failure("not a valid image: its key comes after the signature");
    const auto wanted = key_hash ? signer.key_hash(hash_tlv(image).value.size()) : signer.public_encoding();
    if (found.value != wanted)
        throw Failure(fmt::format("the image is signed with another key: {}..., not {}...",
                                  to_hex(found.value).substr(0, 16), to_hex(wanted).substr(0, 16)),
                      fmt::format("{} isn't the key this image was signed with", signer.path()));
}

bool is_of_compression(std::uint16_t type) {
    return type == tlv::decomp_size || type == tlv::decomp_sha || type == tlv::decomp_signature ||
           type == tlv::comp_dec_size;
}

// What hash and signature would be of, had the image never been compressed.
ByteVector unfolded_region(const ImageFile& image, ByteSpan program) {
    TlvWriter area(format::protected_tlv_magic, image.order());
    for (const auto& each : image.tlvs())
        if (each.is_protected && !is_of_compression(each.type)) area.add(each.type, each.value);
    const auto tlvs = area.bytes(true);
    auto header = image.header();
    header.flags &=
        ~(format::flag_compressed_lzma1 | format::flag_compressed_lzma2 | format::flag_compressed_arm_thumb);
    header.payload_bytes = static_cast<std::uint32_t>(program.size());
    header.protected_tlv_bytes = static_cast<std::uint16_t>(tlvs.size());
    const auto encoded = encode_header(header, image.order());
    ByteVector out(encoded.begin(), encoded.end());
    const auto padding = image.image().subspan(out.size(), header.header_size - out.size());
    out.insert(out.end(), padding.begin(), padding.end());
    out.insert(out.end(), program.begin(), program.end());
    out.insert(out.end(), tlvs.begin(), tlvs.end());
    return out;
}

constexpr std::uint32_t most_unfolded = 64U << 20; // more than any MCU's flash: a bound for what a file may claim

} // namespace

ClearImage open_image(const ImageFile& image, const Key* device_key) {
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

ByteVector image_hash(const ImageFile& clear) {
    return digest(clear.signed_region(), hash_tlv(clear).value.size());
}

void require_signature(const ImageFile& image, const Key& signer) {
    if (!signer.can_sign())
        throw Failure(
            fmt::format("{} is of type {}: nothing is signed with such a key", signer.path(), name_of(signer.kind())));
    const auto* signature = image.find(signature_type(signer.kind()), false);
    if (!signature)
        throw Failure(fmt::format("the image has no {} signature", tlv_name(signature_type(signer.kind()))),
                      fmt::format("{} is of type {}", signer.path(), name_of(signer.kind())));
    require_key(image, signer, signature->offset);
    const bool pure = is_pure(image);
    const auto hash = image_hash(image);
    if (!hash_fits_key(hash.size(), &signer, pure))
        throw Failure(fmt::format("not a valid image: no {} signature goes with a hash of {} bits",
                                  name_of(signer.kind()), 8 * hash.size()));
    if (!signer.verify(pure ? image.signed_region() : ByteSpan(hash), signature->value))
        throw Failure("the image's signature doesn't fit",
                      "the image wasn't signed with this key, or was changed afterwards");
}

ByteVector program_of(const ImageFile& clear, const Key* signer) {
    const auto payload = clear.payload();
    if (!clear.compressed()) return {payload.begin(), payload.end()};
    if ((clear.header().flags & format::flag_compressed_lzma1) != 0)
        throw Failure("the image is compressed with LZMA1, which outboot doesn't unfold");
    const auto* size = clear.find(tlv::decomp_size, true);
    const auto* hash = clear.find(tlv::decomp_sha, true);
    const auto* signature = clear.find(tlv::decomp_signature, true);
    if (!size || size->value.size() != 4 || !hash)
        throw Failure("not a valid image: it is compressed, but doesn't say what it unfolds to");
    const auto bytes = get32(size->value.data(), clear.order());
    if (bytes > most_unfolded) throw Failure(fmt::format("not a valid image: it would unfold to {} bytes", bytes));
    const bool arm_thumb = (clear.header().flags & format::flag_compressed_arm_thumb) != 0;
    auto program = decompress(payload, arm_thumb, bytes);
    const auto region = unfolded_region(clear, program);
    if (hash->value.size() != hash_tlv(clear).value.size() || digest(region, hash->value.size()) != hash->value)
        throw Failure("not a valid image: what it unfolds to has another hash than it says");
    if (signer &&
        (!signature || !signer->verify(is_pure(clear) ? ByteSpan(region) : ByteSpan(hash->value), signature->value)))
        throw Failure("the signature of what the image unfolds to doesn't fit");
    return program;
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

std::uint32_t services_in(const ImageFile& image) {
    const auto* found = image.find(tlv::service_table, true);
    if (!found) return 0;
    if (found->value.size() != 4) throw Failure("not a valid image: its set of services isn't 4 bytes long");
    return get32(found->value.data(), image.order());
}

std::vector<Objection> objections_to_image(const ImageFile& image, const layouts::Model& model) {
    std::vector<Objection> found;
    const auto fingerprint = fingerprint_in(image);
    if (!fingerprint)
        found.push_back({"image-without-layout",
                         "the image carries no layout fingerprint: the bootloader would refuse it",
                         "sign it with --layout"});
    else if (*fingerprint != model.core.fingerprint)
        found.push_back(
            {"image-of-another-layout",
             fmt::format("the image is made for another layout: its fingerprint is {}, {} has {}",
                         layouts::to_hex(*fingerprint), model.file, layouts::to_hex(model.core.fingerprint)),
             "build and sign it for this layout"});
    if (const auto missing = services_in(image) & ~model.core.services; missing != 0)
        found.push_back({"image-needs-services",
                         fmt::format("the image needs services that the bootloader of {} doesn't offer: {}", model.file,
                                     layouts::describe_services(missing)),
                         "add them to [services] offer in the layout"});
    if (image.header().header_size != model.core.header_size)
        found.push_back({"image-header-size",
                         fmt::format("the image's header has {} bytes, the layout says {}", image.header().header_size,
                                     model.core.header_size),
                         "sign it with --layout"});
    if (image.image_bytes() > model.max_image)
        found.push_back({"image-too-large",
                         fmt::format("the image has {} bytes, the layout has room for {}: {} too many",
                                     image.image_bytes(), model.max_image, image.image_bytes() - model.max_image),
                         "make the program smaller, or its slots larger"});
    return found;
}

void require_layout(const ImageFile& image, const layouts::Model& model) {
    give_up_at_first(objections_to_image(image, model));
}

} // namespace outboot::tool
