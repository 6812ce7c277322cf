// Signatures of Key: one scheme for each kind of key, with the fixed parameters of MCUboot's format.
#include <algorithm>

#include <openssl/rsa.h>

#include "tool/keys.hpp"
#include "tool/openssl_handles.hpp"

namespace outboot::tool {
namespace {

using ssl::DigestContext;
using ssl::KeyContext;
using ssl::require;

bool is_rsa(KeyKind kind) {
    return kind == KeyKind::rsa2048 || kind == KeyKind::rsa3072;
}

// RSA: PSS, MGF1 with SHA-256, salt of exactly 32 bytes.
bool set_scheme(EVP_PKEY_CTX* context, KeyKind kind) {
    return !is_rsa(kind) || (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
                             EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1 &&
                             EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1 &&
                             EVP_PKEY_CTX_set_rsa_pss_saltlen(context, 32) == 1);
}

// The DER SEQUENCE at the front, without the zero bytes that --pad-sig appends; empty if it isn't one.
ByteSpan without_padding(ByteSpan signature) {
    if (signature.size() < 2 || signature[0] != 0x30 || signature[1] >= 0x80) return {};
    const std::size_t length = 2 + std::size_t{signature[1]};
    if (length > signature.size()) return {};
    const auto padding = signature.subspan(length);
    const bool zero = std::all_of(padding.begin(), padding.end(), [](std::uint8_t b) { return b == 0; });
    return zero ? signature.first(length) : ByteSpan{};
}

ByteVector sign_message(EVP_PKEY* key, ByteSpan message) {
    const DigestContext context(EVP_MD_CTX_new());
    std::size_t length = 0;
    require(context && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
                EVP_DigestSign(context.get(), nullptr, &length, message.data(), message.size()) == 1,
            "sign");
    ByteVector out(length);
    require(EVP_DigestSign(context.get(), out.data(), &length, message.data(), message.size()) == 1, "sign");
    return out;
}

bool verify_message(EVP_PKEY* key, ByteSpan message, ByteSpan signature) {
    const DigestContext context(EVP_MD_CTX_new());
    require(context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1, "verify");
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
}

} // namespace

ByteVector Key::sign(ByteSpan bytes) const {
    if (!can_sign())
        throw Failure(fmt::format("the key {} can't sign: its type is {}", path_, name_of(kind_)),
                      "sign with an RSA, ECDSA or Ed25519 key");
    if (kind_ == KeyKind::ed25519) return sign_message(key_.get(), bytes);
    const KeyContext context(EVP_PKEY_CTX_new(key_.get(), nullptr));
    std::size_t length = 0;
    require(context && EVP_PKEY_sign_init(context.get()) == 1 && set_scheme(context.get(), kind_) &&
                EVP_PKEY_sign(context.get(), nullptr, &length, bytes.data(), bytes.size()) == 1,
            "sign");
    ByteVector out(length);
    require(EVP_PKEY_sign(context.get(), out.data(), &length, bytes.data(), bytes.size()) == 1, "sign");
    out.resize(length);
    if (in_token_ && !verify(bytes, out)) refuse_public_half(); // the image's KEYHASH would name another key
    return out;
}

bool Key::verify(ByteSpan bytes, ByteSpan signature) const {
    if (!can_sign()) return false;
    if (in_token_) return public_half().verify(bytes, signature);
    if (kind_ == KeyKind::ed25519) return verify_message(key_.get(), bytes, signature);
    if (!is_rsa(kind_)) signature = without_padding(signature);
    if (signature.empty()) return false;
    const KeyContext context(EVP_PKEY_CTX_new(key_.get(), nullptr));
    require(context && EVP_PKEY_verify_init(context.get()) == 1 && set_scheme(context.get(), kind_), "verify");
    return EVP_PKEY_verify(context.get(), signature.data(), signature.size(), bytes.data(), bytes.size()) == 1;
}

} // namespace outboot::tool
