// Is this image what it claims to be: hash, signature, and with the device's key its encryption; compressed ones also
// what they unfold to.
#pragma once

#include <optional>

#include "layout/model.hpp"
#include "tool/image_file.hpp"
#include "tool/keys.hpp"
#include "tool/objection.hpp"

namespace outboot::tool {

// With its payload in clear, whatever way it came.
struct ClearImage {
    ImageFile image;
    bool was_encrypted = false; // the payload in the file is ciphertext
};

// Decrypts if need be and checks the hash. Throws Failure if the hash doesn't fit, or if the image is encrypted and
// `device_key` is missing or not the one it was encrypted for.
ClearImage open_image(const ImageFile& image, const Key* device_key);

// Throws Failure unless `image` (in clear) is signed with `signer`.
void require_signature(const ImageFile& image, const Key& signer);

// The image's hash as it should be: of the kind that its hash TLV has.
ByteVector image_hash(const ImageFile& clear);

// The program: the payload, unfolded if it is compressed. Throws Failure if it doesn't unfold to what the TLVs say,
// and, with a `signer`, if the signature of the unfolded image isn't its.
ByteVector program_of(const ImageFile& clear, const Key* signer);

// Why the image wasn't made for this layout: fingerprint, services, header size, size.
std::vector<Objection> objections_to_image(const ImageFile& image, const layouts::Model& model);

// Throws Failure with the first of them.
void require_layout(const ImageFile& image, const layouts::Model& model);

std::optional<layouts::Fingerprint> fingerprint_in(const ImageFile& image);

// What the image needs of the bootloader's service table, one bit each. Throws Failure if its TLV has another length.
std::uint32_t services_in(const ImageFile& image);

} // namespace outboot::tool
