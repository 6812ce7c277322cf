#include "tool/keys.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/encoder.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "tool/files.hpp"
#include "tool/openssl_handles.hpp"
#include "tool/passwords.hpp"
#include "tool/token_keys.hpp"

namespace outboot::tool {
namespace {

using ssl::KeyContext;
using ssl::Memory;
using ssl::Number;
using ssl::require;

std::shared_ptr<EVP_PKEY> own(EVP_PKEY* key) {
    return {key, EVP_PKEY_free};
}

struct PasswordRequest {
    const std::string& path;
    bool asked = false;
    bool answered = false;
};

// OpenSSL's way of asking.
int answer_password(char* buffer, int size, int, void* data) {
    auto& request = *static_cast<PasswordRequest*>(data);
    request.asked = true;
    auto password = find_password(request.path);
    if (!password || password->size() > static_cast<std::size_t>(size)) return -1;
    request.answered = true;
    std::copy(password->begin(), password->end(), buffer);
    const auto length = static_cast<int>(password->size());
    OPENSSL_cleanse(password->data(), password->size());
    return length;
}

EVP_PKEY* read_pem(ByteSpan text, PasswordRequest& request) {
    ERR_clear_error();
    Memory bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    if (auto* key = PEM_read_bio_PrivateKey(bio.get(), nullptr, answer_password, &request)) return key;
    if (request.asked) return nullptr;
    bio.reset(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    return PEM_read_bio_PUBKEY(bio.get(), nullptr, answer_password, &request);
}

std::string describe(EVP_PKEY* key) {
    const char* type = EVP_PKEY_get0_type_name(key);
    std::array<char, 32> group{};
    if (EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) == 1)
        return fmt::format("{} {}", type, group.data());
    return fmt::format("{} with {} bits", type ? type : "unknown", EVP_PKEY_get_bits(key));
}

std::optional<KeyKind> kind_of(EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "ED25519") == 1) return KeyKind::ed25519;
    if (EVP_PKEY_is_a(key, "X25519") == 1) return KeyKind::x25519;
    if (EVP_PKEY_is_a(key, "RSA") == 1) {
        if (EVP_PKEY_get_bits(key) == 2048) return KeyKind::rsa2048;
        if (EVP_PKEY_get_bits(key) == 3072) return KeyKind::rsa3072;
    }
    std::array<char, 32> group{};
    if (EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) == 1) {
        if (std::string_view(group.data()) == "prime256v1") return KeyKind::p256;
        if (std::string_view(group.data()) == "secp384r1") return KeyKind::p384;
    }
    return std::nullopt;
}

bool is_point_of_its_curve(EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "EC") != 1) return true;
    unsigned char* encoded = nullptr; // as a whole new key: the engine's own can't be checked
    const int length = i2d_PUBKEY(key, &encoded);
    if (length <= 0) return false;
    const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owner(encoded, [](auto* p) { OPENSSL_free(p); });
    const unsigned char* from = encoded;
    const auto copy = own(d2i_PUBKEY(nullptr, &from, length));
    const KeyContext context(copy ? EVP_PKEY_CTX_new(copy.get(), nullptr) : nullptr);
    return context && EVP_PKEY_public_check(context.get()) == 1;
}

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long length = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(length)};
}

// OpenSSL's i2d functions: length, or a buffer of its own.
template <class Encode>
ByteVector der(Encode encode) {
    unsigned char* raw = nullptr;
    const int length = encode(&raw);
    require(length > 0, "encode a public key");
    ByteVector out(raw, raw + length);
    OPENSSL_free(raw);
    return out;
}

} // namespace

std::string_view name_of(KeyKind kind) {
    switch (kind) {
    case KeyKind::rsa2048:
        return "rsa-2048";
    case KeyKind::rsa3072:
        return "rsa-3072";
    case KeyKind::p256:
        return "ecdsa-p256";
    case KeyKind::p384:
        return "ecdsa-p384";
    case KeyKind::ed25519:
        return "ed25519";
    case KeyKind::x25519:
        return "x25519";
    case KeyKind::aes:
        break;
    }
    return "aes";
}

Key Key::adopt(EVP_PKEY* raw, const std::string& path, const std::string& purpose) {
    auto key = own(raw);
    const auto kind = kind_of(raw);
    if (!kind)
        throw Failure(fmt::format("the {} {} is of a type that images don't know: {}", purpose, path, describe(raw)),
                      "RSA with 2048 or 3072 bits, P-256, P-384, Ed25519 and X25519 are known");
    return {std::move(key), path, *kind};
}

Key Key::load(const std::string& path, const std::string& purpose) {
    if (is_token_uri(path)) {
        auto key = adopt(load_token_key(path, purpose), without_pin(path), purpose);
        key.in_token_ = true;
        if (!is_point_of_its_curve(key.key_.get())) key.refuse_public_half();
        return key;
    }
    const auto text = read_file(path, "the " + purpose);
    PasswordRequest request{path};
    auto* raw = read_pem(text, request);
    if (!raw && request.asked && !request.answered)
        throw Failure(fmt::format("the {} {} is protected by a password", purpose, path),
                      "set the environment variable OUTBOOT_PASSWORD for this command, or run it at a terminal");
    if (!raw && request.asked) throw Failure(fmt::format("the password of the {} {} is wrong", purpose, path));
    if (!raw)
        throw Failure(fmt::format("the {} {} isn't a key in PEM form", purpose, path),
                      "`outboot keygen -k FILE -t ecdsa-p256` makes one");
    return adopt(raw, path, purpose);
}

// The engine finds a key's public half by the id of the pair, and takes any other key's where the ids are alike.
void Key::refuse_public_half() const {
    throw Failure(fmt::format("the public half that the token names for the key {} belongs to another key", path_),
                  "give each pair in the token an id of its own: pkcs11-tool --set-id, for both halves");
}

Key Key::generate(KeyKind kind) {
    EVP_PKEY* raw = nullptr;
    switch (kind) {
    case KeyKind::rsa2048:
        raw = EVP_RSA_gen(2048U);
        break;
    case KeyKind::rsa3072:
        raw = EVP_RSA_gen(3072U);
        break;
    case KeyKind::p256:
        raw = EVP_EC_gen("prime256v1");
        break;
    case KeyKind::p384:
        raw = EVP_EC_gen("secp384r1");
        break;
    case KeyKind::ed25519:
        raw = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
        break;
    case KeyKind::x25519:
        raw = EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519");
        break;
    case KeyKind::aes:
        break;
    }
    require(raw != nullptr, "generate a key");
    return {own(raw), {}, kind};
}

bool Key::has_private() const {
    if (kind_ == KeyKind::aes || in_token_) return true;
    if (kind_ == KeyKind::ed25519 || kind_ == KeyKind::x25519) {
        std::size_t length = 0;
        return EVP_PKEY_get_raw_private_key(key_.get(), nullptr, &length) == 1;
    }
    BIGNUM* raw = nullptr;
    const bool rsa = kind_ == KeyKind::rsa2048 || kind_ == KeyKind::rsa3072;
    const bool found =
        EVP_PKEY_get_bn_param(key_.get(), rsa ? OSSL_PKEY_PARAM_RSA_D : OSSL_PKEY_PARAM_PRIV_KEY, &raw) == 1;
    const Number scalar(raw);
    return found;
}

const Key& Key::require_private(const std::string& purpose) const {
    if (!has_private())
        throw Failure(fmt::format("the {} {} is a public key", purpose, path_), "give the file with the private key");
    return *this;
}

const Key& Key::require_readable() const {
    if (in_token_)
        throw Failure(fmt::format("the key {} is in a token: its private half can't be read out", path_),
                      "a token's key signs and decrypts images; whatever stores a private key needs a key file");
    return *this;
}

Key Key::public_half() const {
    const auto der = public_der();
    const auto* from = der.data();
    auto* raw = d2i_PUBKEY(nullptr, &from, static_cast<long>(der.size()));
    require(raw != nullptr, "read a public key");
    return {own(raw), path_, kind_};
}

ByteVector Key::public_der() const {
    return der([this](unsigned char** out) { return i2d_PUBKEY(key_.get(), out); });
}

ByteVector Key::public_encoding() const {
    if (kind_ != KeyKind::rsa2048 && kind_ != KeyKind::rsa3072) return public_der();
    return der([this](unsigned char** out) { return i2d_PublicKey(key_.get(), out); });
}

ByteVector Key::key_hash(std::size_t hash_bytes) const {
    return digest(public_encoding(), hash_bytes);
}

Sha256Digest Key::key_hash() const {
    return sha256(public_encoding());
}

std::string Key::private_pem(const std::optional<std::string>& password) const {
    require_readable();
    const Memory bio(BIO_new(BIO_s_mem()));
    const auto* cipher = password ? EVP_aes_256_cbc() : nullptr;
    const auto* text = password ? password->data() : nullptr;
    require(bio &&
                PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), cipher, text,
                                              password ? static_cast<int>(password->size()) : 0, nullptr, nullptr) == 1,
            "encode a private key");
    return text_of(bio.get());
}

std::string Key::public_pem() const {
    const Memory bio(BIO_new(BIO_s_mem()));
    require(bio && PEM_write_bio_PUBKEY(bio.get(), key_.get()) == 1, "encode a public key");
    return text_of(bio.get());
}

P256Key::P256Key(Key key, const std::string& purpose) : Key(std::move(key)) {
    if (kind() != KeyKind::p256)
        throw Failure(fmt::format("the {} {} is of the wrong type: {}", purpose, path(), name_of(kind())),
                      "outboot's bootloader works with ecdsa-p256 keys; `outboot keygen -t ecdsa-p256` makes one");
}

P256Key P256Key::load(const std::string& path, const std::string& purpose) {
    return P256Key(Key::load(path, purpose), purpose);
}

P256Key P256Key::generate() {
    return P256Key(Key::generate(KeyKind::p256));
}

const P256Key& P256Key::require_private(const std::string& purpose) const {
    Key::require_private(purpose);
    return *this;
}

ByteVector P256Key::public_point() const {
    // A key file may hold the compressed form: recompute it uncompressed from the coordinates.
    const auto key = public_half();
    BIGNUM* x = nullptr;
    BIGNUM* y = nullptr;
    const bool got = EVP_PKEY_get_bn_param(key.handle(), OSSL_PKEY_PARAM_EC_PUB_X, &x) == 1 &&
                     EVP_PKEY_get_bn_param(key.handle(), OSSL_PKEY_PARAM_EC_PUB_Y, &y) == 1;
    const Number own_x(x);
    const Number own_y(y);
    ByteVector out(65, 0x04);
    require(got && BN_bn2binpad(x, &out[1], 32) == 32 && BN_bn2binpad(y, &out[33], 32) == 32, "read a public key");
    return out;
}

ByteVector P256Key::private_scalar() const {
    require_readable();
    BIGNUM* raw = nullptr;
    require(EVP_PKEY_get_bn_param(handle(), OSSL_PKEY_PARAM_PRIV_KEY, &raw) == 1, "read a private key");
    const Number scalar(raw);
    ByteVector out(32);
    require(BN_bn2binpad(raw, out.data(), 32) == 32, "read a private key");
    return out;
}

} // namespace outboot::tool
