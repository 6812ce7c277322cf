// P-256 keys in PEM files: signatures, and ECIES wrapping of image keys (MCUboot's docs/encrypted_images.md).
#pragma once

#include <memory>
#include <string>

#include <openssl/types.h>

#include "tool/primitives.hpp"

namespace outboot::tool {

class P256Key {
  public:
    // Reads a PEM file with a private key (PKCS#8 or SEC1) or a public one. Throws Failure if it can't be read, isn't a
    // key, or is a key of another kind. `purpose` ("signing key") is named in the message.
    static P256Key load(const std::string& path, const std::string& purpose);
    static P256Key generate();

    [[nodiscard]] bool has_private() const;

    // Throws Failure, naming the file, unless the key is private.
    const P256Key& require_private(const std::string& purpose) const;

    [[nodiscard]] ByteVector public_der() const;     // SubjectPublicKeyInfo
    [[nodiscard]] ByteVector public_point() const;   // 65 bytes: 04, X, Y
    [[nodiscard]] Sha256Digest key_hash() const;     // SHA-256 of public_der(), as in the KEYHASH TLV
    [[nodiscard]] ByteVector private_scalar() const; // 32 bytes, big-endian
    [[nodiscard]] std::string private_pem() const;   // PKCS#8
    [[nodiscard]] std::string public_pem() const;

    // DER ECDSA signature of a SHA-256 digest.
    [[nodiscard]] ByteVector sign(const Sha256Digest& digest) const;

    // True if `signature` (DER, perhaps padded with zero bytes as imgtool's --pad-sig does) fits.
    [[nodiscard]] bool verify(const Sha256Digest& digest, ByteSpan signature) const;

    // ECIES-P256: the content of an ENC_EC256 TLV for an image key of 16 or 32 bytes.
    [[nodiscard]] ByteVector wrap(ByteSpan image_key) const;

    // The image key; empty if the TLV wasn't made for this key, or was changed.
    [[nodiscard]] ByteVector unwrap(ByteSpan tlv) const;

    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    using Handle = std::shared_ptr<EVP_PKEY>; // OpenSSL counts references itself; keys here are never changed
    P256Key(Handle handle, std::string path) : key_(std::move(handle)), path_(std::move(path)) {}

    static P256Key from_point(ByteSpan point); // throws Failure if the point isn't on the curve
    [[nodiscard]] ByteVector shared_secret(const P256Key& other) const;

    Handle key_;
    std::string path_;
};

} // namespace outboot::tool
