// Keys for signatures and for the wrapping of image keys: PEM files in and out, and what MCUboot's format makes of them
// (docs/design.md, docs/encrypted_images.md there). OpenSSL does the cryptography.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <openssl/types.h>

#include "tool/primitives.hpp"

namespace outboot::tool {

enum class KeyKind : std::uint8_t {
    rsa2048,
    rsa3072,
    p256,
    p384,
    ed25519,
    x25519,
    aes, // a key-encryption key: 16 or 32 bytes
};

// As keygen's --type has it: "ecdsa-p256".
std::string_view name_of(KeyKind kind);

class Key {
  public:
    // A PEM file with a private key (PKCS#8, PKCS#1, SEC1; perhaps protected by a password) or a public one. Throws
    // Failure if it can't be read or isn't a key of a kind above. `purpose` ("signing key") is named in the message.
    // A PKCS#11 URI ("pkcs11:token=...;object=...") is a private key in a token, which never leaves it.
    static Key load(const std::string& path, const std::string& purpose);

    // As load(), but a file of 16 or 32 bytes, or that many in base64, is a key-encryption key.
    static Key load_for_wrapping(const std::string& path, const std::string& purpose);

    static Key generate(KeyKind kind);

    [[nodiscard]] KeyKind kind() const { return kind_; }
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] bool has_private() const;
    [[nodiscard]] bool in_token() const { return in_token_; }

    // Throws Failure, naming the file, unless the key is private.
    const Key& require_private(const std::string& purpose) const;

    // Throws Failure if the private half can't be read out: it is in a token.
    const Key& require_readable() const;

    [[nodiscard]] ByteVector public_der() const;      // SubjectPublicKeyInfo
    [[nodiscard]] ByteVector public_encoding() const; // what PUBKEY holds and KEYHASH is of: PKCS#1 for RSA
    [[nodiscard]] ByteVector key_hash(std::size_t hash_bytes) const;
    [[nodiscard]] Sha256Digest key_hash() const;
    [[nodiscard]] std::string public_pem() const;

    // PKCS#8. With a password: encrypted (PBES2, AES-256).
    [[nodiscard]] std::string private_pem(const std::optional<std::string>& password = {}) const;

    // Has it a signature scheme? X25519 and key-encryption keys haven't.
    [[nodiscard]] bool can_sign() const { return kind_ < KeyKind::x25519; }

    // RSA: PSS of a SHA-256 digest, salt of 32 bytes. P-256, P-384: DER ECDSA signature of a digest. Ed25519: of these
    // very bytes, digest or not.
    [[nodiscard]] ByteVector sign(ByteSpan bytes) const;

    // True if `signature` fits. ECDSA signatures may be padded with zero bytes, as imgtool's --pad-sig does.
    [[nodiscard]] bool verify(ByteSpan bytes, ByteSpan signature) const;

    // Can image keys be wrapped for it? P-256, X25519, RSA-2048 and key-encryption keys only.
    [[nodiscard]] bool can_wrap() const;

    // The type of the encryption TLV, and its value for an image key of 16 or 32 bytes. `hash_bytes`, 32 or 64: the
    // hash of ECIES, 64 for X25519 only.
    [[nodiscard]] std::uint16_t wrapped_type(std::size_t hash_bytes = 32) const;
    [[nodiscard]] ByteVector wrap(ByteSpan image_key, std::size_t hash_bytes = 32) const;

    // The image key; empty if the TLV wasn't made for this key, or was changed.
    [[nodiscard]] ByteVector unwrap(ByteSpan tlv, std::size_t hash_bytes = 32) const;

    [[nodiscard]] EVP_PKEY* handle() const { return key_.get(); }

  protected:
    [[nodiscard]] Key public_half() const; // a key of OpenSSL's own, wherever this one is

    using Handle = std::shared_ptr<EVP_PKEY>; // OpenSSL counts references itself; keys here are never changed
    Key(Handle handle, std::string path, KeyKind kind) : key_(std::move(handle)), path_(std::move(path)), kind_(kind) {}

  private:
    static Key adopt(EVP_PKEY* raw, const std::string& path, const std::string& purpose);
    [[noreturn]] void refuse_public_half() const;
    static Key from_public(KeyKind kind, ByteSpan encoded); // throws Failure if it is no point of the curve
    [[nodiscard]] ByteVector exchange_bytes() const;        // public: the point of P-256, 32 bytes of X25519
    [[nodiscard]] ByteVector shared_secret(const Key& other) const;
    [[nodiscard]] ByteVector wrap_ecies(ByteSpan image_key, std::size_t hash_bytes) const;
    [[nodiscard]] ByteVector unwrap_ecies(ByteSpan tlv, std::size_t hash_bytes) const;
    [[nodiscard]] ByteVector wrap_rsa(ByteSpan image_key) const;
    [[nodiscard]] ByteVector unwrap_rsa(ByteSpan tlv) const;

    Handle key_;
    std::string path_;
    KeyKind kind_;
    bool in_token_ = false;
    ByteVector secret_; // of a key-encryption key
};

// What outboot's own bootloader works with, and what its key block is made of.
class P256Key : public Key {
  public:
    explicit P256Key(Key key, const std::string& purpose = "key"); // throws Failure for another kind
    static P256Key load(const std::string& path, const std::string& purpose);
    static P256Key generate();

    const P256Key& require_private(const std::string& purpose) const;

    [[nodiscard]] ByteVector public_point() const;   // 65 bytes: 04, X, Y
    [[nodiscard]] ByteVector private_scalar() const; // 32 bytes, big-endian
};

} // namespace outboot::tool
