#include "tool/keys.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "format/image.hpp"
#include "tool/failure.hpp"
#include "tool/files.hpp"

namespace outboot::tool {
namespace {

constexpr const char* curve = "prime256v1";
constexpr const char* ecies_info = "MCUBoot_ECIES_v1";
constexpr std::size_t tag_bytes = format::ec256_tag_bytes;
constexpr std::size_t point_bytes = format::ec256_point_bytes;

template <class T, void (*free)(T*)>
struct Freed {
    void operator()(T* object) const { free(object); }
};
using Context = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BIGNUM, BN_clear_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO, BIO_free_all>>;

std::shared_ptr<EVP_PKEY> own(EVP_PKEY* key) {
    return {key, EVP_PKEY_free};
}

void require(bool done, const char* what) {
    if (!done) throw Failure(fmt::format("OpenSSL can't {}", what));
}

// An empty password: a key that needs one is refused with a message instead of a prompt in the middle of a build.
int no_password(char*, int, int, void* asked) {
    *static_cast<bool*>(asked) = true;
    return -1;
}

EVP_PKEY* read_pem(ByteSpan text, bool& password_asked) {
    Memory bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    if (auto* key = PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, &password_asked)) return key;
    bio.reset(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    return PEM_read_bio_PUBKEY(bio.get(), nullptr, no_password, &password_asked);
}

std::string kind_of(EVP_PKEY* key) {
    const char* type = EVP_PKEY_get0_type_name(key);
    std::array<char, 32> group{};
    if (EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) == 1)
        return fmt::format("{} {}", type, group.data());
    return fmt::format("{} with {} bits", type ? type : "unknown", EVP_PKEY_get_bits(key));
}

bool is_p256(EVP_PKEY* key) {
    std::array<char, 32> group{};
    return EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) == 1 &&
           std::string(group.data()) == curve;
}

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long length = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(length)};
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

} // namespace

P256Key P256Key::load(const std::string& path, const std::string& purpose) {
    const auto text = read_file(path, "the " + purpose);
    bool password_asked = false;
    const auto key = own(read_pem(text, password_asked));
    if (!key && password_asked)
        throw Failure(fmt::format("the {} {} is protected by a password", purpose, path),
                      fmt::format("`openssl pkcs8 -topk8 -nocrypt -in {}` writes it without one", path));
    if (!key)
        throw Failure(fmt::format("the {} {} isn't a key in PEM form", purpose, path),
                      "`outboot keygen -k FILE -t ecdsa-p256` makes one");
    if (!is_p256(key.get()))
        throw Failure(
            fmt::format("the {} {} is of the wrong type: {}", purpose, path, kind_of(key.get())),
            "this version works with ecdsa-p256 keys (EC prime256v1); `outboot keygen -t ecdsa-p256` makes one");
    return {key, path};
}

P256Key P256Key::generate() {
    const auto key = own(EVP_EC_gen(curve));
    require(key != nullptr, "generate a P-256 key");
    return {key, {}};
}

P256Key P256Key::from_point(ByteSpan point) {
    Context context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    std::string group = curve;
    ByteVector copy(point.begin(), point.end());
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
                               OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy.data(), copy.size()),
                               OSSL_PARAM_construct_end()};
    EVP_PKEY* raw = nullptr;
    require(context && EVP_PKEY_fromdata_init(context.get()) == 1, "build a public key");
    if (EVP_PKEY_fromdata(context.get(), &raw, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        throw Failure("the ephemeral key isn't a point of the curve P-256");
    return {own(raw), {}};
}

bool P256Key::has_private() const {
    BIGNUM* raw = nullptr;
    const bool found = EVP_PKEY_get_bn_param(key_.get(), OSSL_PKEY_PARAM_PRIV_KEY, &raw) == 1;
    const Number scalar(raw);
    return found;
}

const P256Key& P256Key::require_private(const std::string& purpose) const {
    if (!has_private())
        throw Failure(fmt::format("the {} {} is a public key", purpose, path_), "give the file with the private key");
    return *this;
}

ByteVector P256Key::public_der() const {
    unsigned char* der = nullptr;
    const int length = i2d_PUBKEY(key_.get(), &der);
    require(length > 0, "encode a public key");
    ByteVector out(der, der + length);
    OPENSSL_free(der);
    return out;
}

ByteVector P256Key::public_point() const {
    ByteVector out(point_bytes);
    std::size_t length = 0;
    require(EVP_PKEY_get_octet_string_param(key_.get(), OSSL_PKEY_PARAM_PUB_KEY, nullptr, 0, &length) == 1,
            "read a public key");
    // A key file may hold the compressed form: recompute it uncompressed from the coordinates.
    BIGNUM* x = nullptr;
    BIGNUM* y = nullptr;
    const bool got = EVP_PKEY_get_bn_param(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, &x) == 1 &&
                     EVP_PKEY_get_bn_param(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, &y) == 1;
    const Number own_x(x);
    const Number own_y(y);
    require(got && BN_bn2binpad(x, &out[1], 32) == 32 && BN_bn2binpad(y, &out[33], 32) == 32, "read a public key");
    out[0] = 0x04;
    return out;
}

Sha256Digest P256Key::key_hash() const {
    return sha256(public_der());
}

ByteVector P256Key::private_scalar() const {
    BIGNUM* raw = nullptr;
    require(EVP_PKEY_get_bn_param(key_.get(), OSSL_PKEY_PARAM_PRIV_KEY, &raw) == 1, "read a private key");
    const Number scalar(raw);
    ByteVector out(32);
    require(BN_bn2binpad(raw, out.data(), 32) == 32, "read a private key");
    return out;
}

std::string P256Key::private_pem() const {
    const Memory bio(BIO_new(BIO_s_mem()));
    require(bio && PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
            "encode a private key");
    return text_of(bio.get());
}

std::string P256Key::public_pem() const {
    const Memory bio(BIO_new(BIO_s_mem()));
    require(bio && PEM_write_bio_PUBKEY(bio.get(), key_.get()) == 1, "encode a public key");
    return text_of(bio.get());
}

ByteVector P256Key::sign(const Sha256Digest& digest) const {
    const Context context(EVP_PKEY_CTX_new(key_.get(), nullptr));
    std::size_t length = 0;
    require(context && EVP_PKEY_sign_init(context.get()) == 1 &&
                EVP_PKEY_sign(context.get(), nullptr, &length, digest.data(), digest.size()) == 1,
            "sign");
    ByteVector out(length);
    require(EVP_PKEY_sign(context.get(), out.data(), &length, digest.data(), digest.size()) == 1, "sign");
    out.resize(length);
    return out;
}

bool P256Key::verify(const Sha256Digest& digest, ByteSpan signature) const {
    const auto der = without_padding(signature);
    if (der.empty()) return false;
    const Context context(EVP_PKEY_CTX_new(key_.get(), nullptr));
    require(context && EVP_PKEY_verify_init(context.get()) == 1, "verify");
    return EVP_PKEY_verify(context.get(), der.data(), der.size(), digest.data(), digest.size()) == 1;
}

ByteVector P256Key::shared_secret(const P256Key& other) const {
    const Context context(EVP_PKEY_CTX_new(key_.get(), nullptr));
    ByteVector out(32);
    std::size_t length = out.size();
    require(context && EVP_PKEY_derive_init(context.get()) == 1 &&
                EVP_PKEY_derive_set_peer(context.get(), other.key_.get()) == 1 &&
                EVP_PKEY_derive(context.get(), out.data(), &length) == 1 && length == out.size(),
            "derive a shared secret");
    return out;
}

ByteVector P256Key::wrap(ByteSpan image_key) const {
    const auto ephemeral = generate();
    const auto keys = hkdf_sha256(ephemeral.shared_secret(*this), ecies_info, image_key.size() + tag_bytes);
    const auto wrap_key = ByteSpan(keys).first(image_key.size());
    const auto mac_key = ByteSpan(keys).subspan(image_key.size());
    const auto wrapped = aes_ctr(wrap_key, image_key);
    ByteVector tlv = ephemeral.public_point();
    const auto tag = hmac_sha256(mac_key, wrapped);
    tlv.insert(tlv.end(), tag.begin(), tag.end());
    tlv.insert(tlv.end(), wrapped.begin(), wrapped.end());
    return tlv;
}

ByteVector P256Key::unwrap(ByteSpan tlv) const {
    if (tlv.size() != point_bytes + tag_bytes + 16 && tlv.size() != point_bytes + tag_bytes + 32) return {};
    if (tlv[0] != 0x04) return {};
    const auto wrapped = tlv.subspan(point_bytes + tag_bytes);
    ByteVector secret;
    try {
        secret = shared_secret(from_point(tlv.first(point_bytes)));
    } catch (const Failure&) {
        return {}; // not a point: nobody made this TLV for any key
    }
    const auto keys = hkdf_sha256(secret, ecies_info, wrapped.size() + tag_bytes);
    const auto tag = hmac_sha256(ByteSpan(keys).subspan(wrapped.size()), wrapped);
    if (!equal_secrets(tag, tlv.subspan(point_bytes, tag_bytes))) return {};
    return aes_ctr(ByteSpan(keys).first(wrapped.size()), wrapped);
}

} // namespace outboot::tool
