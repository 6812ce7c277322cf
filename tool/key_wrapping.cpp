// The wrapping of image keys (MCUboot's docs/encrypted_images.md): ECIES with P-256 or X25519, RSA-OAEP, AES key wrap.
#include <algorithm>
#include <array>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

#include "format/image.hpp"
#include "tool/files.hpp"
#include "tool/keys.hpp"
#include "tool/openssl_handles.hpp"
#include "tool/token_keys.hpp"

namespace outboot::tool {
namespace {

using ssl::CipherContext;
using ssl::KeyContext;
using ssl::require;

constexpr const char* ecies_info = "MCUBoot_ECIES_v1";
constexpr std::size_t kw_overhead = 8; // RFC 3394

bool is_image_key(std::size_t bytes) {
    return bytes == 16 || bytes == 32;
}

// OAEP with SHA-256 for label (empty) and mask.
bool set_oaep(EVP_PKEY_CTX* context) {
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1;
}

// RFC 3394 with the default initial value; empty if, unwrapping, the integrity check fails.
ByteVector key_wrap(ByteSpan key, ByteSpan data, bool wrapping) {
    const CipherContext context(EVP_CIPHER_CTX_new());
    require(context != nullptr, "wrap a key");
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    const auto* cipher = key.size() == 32 ? EVP_aes_256_wrap() : EVP_aes_128_wrap();
    ByteVector out(data.size() + kw_overhead);
    int length = 0;
    require(EVP_CipherInit_ex(context.get(), cipher, nullptr, key.data(), nullptr, wrapping ? 1 : 0) == 1,
            "wrap a key");
    if (EVP_CipherUpdate(context.get(), out.data(), &length, data.data(), static_cast<int>(data.size())) != 1)
        return {};
    out.resize(static_cast<std::size_t>(length));
    return out;
}

// 16 or 32 bytes, as they are or in base64; empty for anything else.
ByteVector key_encryption_key(ByteSpan content) {
    if (is_image_key(content.size())) return {content.begin(), content.end()};
    std::string text(content.begin(), content.end());
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    if (text.size() != 24 && text.size() != 44) return {};
    auto bytes = from_base64(text);
    return bytes && is_image_key(bytes->size()) ? std::move(*bytes) : ByteVector{};
}

} // namespace

Key Key::load_for_wrapping(const std::string& path, const std::string& purpose) {
    if (!is_token_uri(path)) {
        if (auto secret = key_encryption_key(read_file(path, "the " + purpose)); !secret.empty()) {
            Key key(nullptr, path, KeyKind::aes);
            key.secret_ = std::move(secret);
            return key;
        }
    }
    auto key = load(path, purpose);
    if (!key.can_wrap())
        throw Failure(fmt::format("the {} {} is of the wrong type: no image key can be wrapped for {}", purpose, path,
                                  name_of(key.kind())),
                      "use ecdsa-p256, x25519, rsa-2048, or a file with an AES key-encryption key of 16 or 32 bytes");
    return key;
}

bool Key::can_wrap() const {
    return kind_ == KeyKind::p256 || kind_ == KeyKind::x25519 || kind_ == KeyKind::rsa2048 || kind_ == KeyKind::aes;
}

std::uint16_t Key::wrapped_type(std::size_t hash_bytes) const {
    namespace tlv = format::tlv;
    if (kind_ == KeyKind::rsa2048) return tlv::enc_rsa2048;
    if (kind_ == KeyKind::aes) return tlv::enc_kw;
    if (kind_ == KeyKind::p256) return tlv::enc_ec256;
    return hash_bytes == 64 ? tlv::enc_x25519_sha512 : tlv::enc_x25519;
}

Key Key::from_public(KeyKind kind, ByteSpan encoded) {
    EVP_PKEY* raw = nullptr;
    if (kind == KeyKind::x25519) {
        raw = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, encoded.data(), encoded.size());
    } else {
        const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
        std::string group = "prime256v1";
        ByteVector copy(encoded.begin(), encoded.end());
        OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
                                   OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy.data(), copy.size()),
                                   OSSL_PARAM_construct_end()};
        require(context && EVP_PKEY_fromdata_init(context.get()) == 1, "build a public key");
        if (EVP_PKEY_fromdata(context.get(), &raw, EVP_PKEY_PUBLIC_KEY, parameters) != 1) raw = nullptr;
    }
    if (!raw) throw Failure("the ephemeral key isn't a point of its curve");
    return {Handle(raw, EVP_PKEY_free), {}, kind};
}

ByteVector Key::exchange_bytes() const {
    const auto der = public_der(); // ends with the point, uncompressed in keys that we made
    const std::size_t bytes = kind_ == KeyKind::x25519 ? 32 : format::ec256_point_bytes;
    return {der.end() - static_cast<std::ptrdiff_t>(bytes), der.end()};
}

ByteVector Key::shared_secret(const Key& other) const {
    const KeyContext context(EVP_PKEY_CTX_new(key_.get(), nullptr));
    ByteVector out(32);
    std::size_t length = out.size();
    const bool derived = context && EVP_PKEY_derive_init(context.get()) == 1 &&
                         EVP_PKEY_derive_set_peer(context.get(), other.key_.get()) == 1 &&
                         EVP_PKEY_derive(context.get(), out.data(), &length) == 1 && length == out.size();
    if (!derived && in_token_)
        throw Failure(fmt::format("the token doesn't derive a secret with the key {}", path_),
                      "the key must be allowed to: attribute CKA_DERIVE");
    require(derived, "derive a shared secret");
    return out;
}

ByteVector Key::wrap_ecies(ByteSpan image_key, std::size_t hash_bytes) const {
    if (in_token_) return public_half().wrap_ecies(image_key, hash_bytes);
    const auto ephemeral = generate(kind_);
    const auto keys = hkdf(ephemeral.shared_secret(*this), ecies_info, image_key.size() + hash_bytes, hash_bytes);
    const auto wrapped = aes_ctr(ByteSpan(keys).first(image_key.size()), image_key);
    const auto tag = hmac(ByteSpan(keys).subspan(image_key.size()), wrapped, hash_bytes);
    ByteVector tlv = ephemeral.exchange_bytes();
    tlv.insert(tlv.end(), tag.begin(), tag.end());
    tlv.insert(tlv.end(), wrapped.begin(), wrapped.end());
    return tlv;
}

ByteVector Key::unwrap_ecies(ByteSpan tlv, std::size_t hash_bytes) const {
    const std::size_t public_bytes = kind_ == KeyKind::x25519 ? 32 : format::ec256_point_bytes;
    const std::size_t around = public_bytes + hash_bytes;
    if (tlv.size() <= around || !is_image_key(tlv.size() - around)) return {};
    if (kind_ == KeyKind::p256 && tlv[0] != 0x04) return {};
    const auto wrapped = tlv.subspan(around);
    ByteVector secret;
    try {
        secret = shared_secret(from_public(kind_, tlv.first(public_bytes)));
    } catch (const Failure&) {
        if (in_token_) throw;
        return {}; // not a point, or one of small order: nobody made this TLV for any key
    }
    const auto keys = hkdf(secret, ecies_info, wrapped.size() + hash_bytes, hash_bytes);
    const auto tag = hmac(ByteSpan(keys).subspan(wrapped.size()), wrapped, hash_bytes);
    if (!equal_secrets(tag, tlv.subspan(public_bytes, hash_bytes))) return {};
    return aes_ctr(ByteSpan(keys).first(wrapped.size()), wrapped);
}

ByteVector Key::wrap_rsa(ByteSpan image_key) const {
    if (in_token_) return public_half().wrap_rsa(image_key);
    const KeyContext context(EVP_PKEY_CTX_new(key_.get(), nullptr));
    ByteVector out(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())));
    std::size_t length = out.size();
    require(context && EVP_PKEY_encrypt_init(context.get()) == 1 && set_oaep(context.get()) &&
                EVP_PKEY_encrypt(context.get(), out.data(), &length, image_key.data(), image_key.size()) == 1,
            "encrypt the image key");
    return out;
}

ByteVector Key::unwrap_rsa(ByteSpan tlv) const {
    const KeyContext context(EVP_PKEY_CTX_new(key_.get(), nullptr));
    require(context && EVP_PKEY_decrypt_init(context.get()) == 1 && set_oaep(context.get()), "decrypt an image key");
    ByteVector out(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())));
    std::size_t length = out.size();
    if (EVP_PKEY_decrypt(context.get(), out.data(), &length, tlv.data(), tlv.size()) != 1) return {};
    out.resize(length);
    return is_image_key(length) ? out : ByteVector{};
}

ByteVector Key::wrap(ByteSpan image_key, std::size_t hash_bytes) const {
    if (kind_ == KeyKind::rsa2048) return wrap_rsa(image_key);
    if (kind_ == KeyKind::p256 || kind_ == KeyKind::x25519) return wrap_ecies(image_key, hash_bytes);
    if (kind_ == KeyKind::aes && secret_.size() == image_key.size()) return key_wrap(secret_, image_key, true);
    throw Failure(kind_ == KeyKind::aes
                      ? fmt::format("the key-encryption key {} has {} bits, the image key {}", path_,
                                    8 * secret_.size(), 8 * image_key.size())
                      : fmt::format("no image key can be wrapped for the key {} of type {}", path_, name_of(kind_)),
                  kind_ == KeyKind::aes ? fmt::format("add --encrypt-keylen {}", 8 * secret_.size()) : "");
}

ByteVector Key::unwrap(ByteSpan tlv, std::size_t hash_bytes) const {
    if (kind_ == KeyKind::rsa2048) return unwrap_rsa(tlv);
    if (kind_ == KeyKind::p256 || kind_ == KeyKind::x25519) return unwrap_ecies(tlv, hash_bytes);
    if (kind_ == KeyKind::aes && tlv.size() == secret_.size() + kw_overhead) return key_wrap(secret_, tlv, false);
    return {};
}

} // namespace outboot::tool
