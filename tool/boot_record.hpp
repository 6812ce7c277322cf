// The BOOT_RECORD TLV: a measured-boot claim in CBOR (RFC 8949, PSA attestation's software component) whose last item,
// the measurement, a bootloader overwrites with the image's hash.
#pragma once

#include <string>

#include "tool/image_builder.hpp"

namespace outboot::tool {

// `signer_id`: hash of the signing key; zeros if there is none. As long as the image's hash, 32, 48 or 64 bytes.
// Throws Failure for a software type that isn't 1 to 12 characters of ASCII.
ByteVector boot_record(const std::string& software_type, const format::Version& version, ByteSpan signer_id);

} // namespace outboot::tool
