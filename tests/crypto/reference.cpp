#include "tests/crypto/reference.hpp"

#include <algorithm>
#include <stdexcept>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>
#include <openssl/sha.h>

namespace outboot::crypto::test {

Data from_hex(std::string_view hex) {
    const auto digit = [](char c) {
        const auto at = std::string_view("0123456789abcdef").find(c);
        if (at == std::string_view::npos) throw std::invalid_argument("not lower-case hexadecimal");
        return at;
    };
    if (hex.size() % 2 != 0) throw std::invalid_argument("odd number of digits");
    Data bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        bytes.push_back(static_cast<std::uint8_t>(digit(hex[i]) << 4 | digit(hex[i + 1])));
    }
    return bytes;
}

Data to_size(const Data& number, std::size_t size) {
    const auto first = std::find_if(number.begin(), number.end(), [](std::uint8_t byte) { return byte != 0; });
    const auto significant = static_cast<std::size_t>(number.end() - first);
    if (significant > size) throw std::invalid_argument("number doesn't fit");
    Data bytes(size - significant);
    bytes.insert(bytes.end(), first, number.end());
    return bytes;
}

Data Random::bytes(std::size_t size) {
    Data data(size);
    for (auto& byte : data) byte = static_cast<std::uint8_t>(engine_());
    return data;
}

namespace openssl {
namespace {

template <class T>
T* check(T* pointer) {
    if (pointer == nullptr) throw std::runtime_error("OpenSSL failed");
    return pointer;
}

void check(int result) {
    if (result <= 0) throw std::runtime_error("OpenSSL failed");
}

template <class T, class Free>
std::unique_ptr<T, Free> own(T* pointer, Free free) {
    return {check(pointer), free};
}

} // namespace

Data sha256(const Data& message) {
    Data digest(SHA256_DIGEST_LENGTH);
    check(SHA256(message.data(), message.size(), digest.data()));
    return digest;
}

Data hmac(const Data& key, const Data& message) {
    Data tag(SHA256_DIGEST_LENGTH);
    const std::uint8_t no_key = 0; // OpenSSL takes a null key for "the one used before"
    check(HMAC(EVP_sha256(), key.empty() ? &no_key : key.data(), static_cast<int>(key.size()), message.data(),
               message.size(), tag.data(), nullptr));
    return tag;
}

Data hkdf(const Data& salt, const Data& input_key, const Data& info, std::size_t size) {
    const auto kdf = own(EVP_KDF_fetch(nullptr, "HKDF", nullptr), EVP_KDF_free);
    const auto context = own(EVP_KDF_CTX_new(kdf.get()), EVP_KDF_CTX_free);
    char digest[] = "SHA256";
    const auto octets = [](const char* name, const Data& data) {
        return OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t*>(data.data()), data.size());
    };
    std::vector<OSSL_PARAM> parameters = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
                                          octets(OSSL_KDF_PARAM_KEY, input_key)};
    if (!salt.empty()) parameters.push_back(octets(OSSL_KDF_PARAM_SALT, salt));
    if (!info.empty()) parameters.push_back(octets(OSSL_KDF_PARAM_INFO, info));
    parameters.push_back(OSSL_PARAM_construct_end());
    Data out(size);
    check(EVP_KDF_derive(context.get(), out.data(), out.size(), parameters.data()));
    return out;
}

Data aes_ctr(const Data& key, const Data& data) {
    const auto context = own(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    const Data counter(16);
    check(EVP_EncryptInit_ex(context.get(), EVP_aes_128_ctr(), nullptr, key.data(), counter.data()));
    Data out(data.size());
    int written = 0;
    check(EVP_EncryptUpdate(context.get(), out.data(), &written, data.data(), static_cast<int>(data.size())));
    return out;
}

KeyPair::KeyPair() : key_(check(EVP_EC_gen("P-256")), EVP_PKEY_free) {}

KeyPair::KeyPair(const Data& private_scalar) {
    const auto group = own(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1), EC_GROUP_free);
    const auto scalar =
        own(BN_bin2bn(private_scalar.data(), static_cast<int>(private_scalar.size()), nullptr), BN_free);
    const auto point = own(EC_POINT_new(group.get()), EC_POINT_free);
    check(EC_POINT_mul(group.get(), point.get(), scalar.get(), nullptr, nullptr, nullptr));
    Data encoded(65);
    check(static_cast<int>(EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, encoded.data(),
                                              encoded.size(), nullptr)));
    const auto build = own(OSSL_PARAM_BLD_new(), OSSL_PARAM_BLD_free);
    check(OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0));
    check(OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, encoded.data(), encoded.size()));
    check(OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar.get()));
    const auto parameters = own(OSSL_PARAM_BLD_to_param(build.get()), OSSL_PARAM_free);
    const auto context = own(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr), EVP_PKEY_CTX_free);
    EVP_PKEY* key = nullptr;
    check(EVP_PKEY_fromdata_init(context.get()));
    check(EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, parameters.get()));
    key_ = {key, EVP_PKEY_free};
}

Data KeyPair::private_scalar() const {
    BIGNUM* scalar = nullptr;
    check(EVP_PKEY_get_bn_param(key_.get(), OSSL_PKEY_PARAM_PRIV_KEY, &scalar));
    const auto owned = own(scalar, BN_free);
    Data bytes(32);
    check(BN_bn2binpad(scalar, bytes.data(), static_cast<int>(bytes.size())));
    return bytes;
}

Data KeyPair::uncompressed_point() const {
    std::uint8_t* encoded = nullptr;
    const std::size_t size = EVP_PKEY_get1_encoded_public_key(key_.get(), &encoded);
    Data bytes(check(encoded), encoded + size);
    OPENSSL_free(encoded);
    return bytes;
}

Data KeyPair::point() const {
    Data bytes = uncompressed_point();
    bytes.erase(bytes.begin());
    return bytes;
}

Data KeyPair::sign_der(const Data& hash) const {
    const auto context = own(EVP_PKEY_CTX_new(key_.get(), nullptr), EVP_PKEY_CTX_free);
    check(EVP_PKEY_sign_init(context.get()));
    Data signature(72);
    std::size_t size = signature.size();
    check(EVP_PKEY_sign(context.get(), signature.data(), &size, hash.data(), hash.size()));
    signature.resize(size);
    return signature;
}

Data KeyPair::ecdh(const KeyPair& peer) const {
    const auto context = own(EVP_PKEY_CTX_new(key_.get(), nullptr), EVP_PKEY_CTX_free);
    check(EVP_PKEY_derive_init(context.get()));
    check(EVP_PKEY_derive_set_peer(context.get(), peer.key_.get()));
    Data secret(32);
    std::size_t size = secret.size();
    check(EVP_PKEY_derive(context.get(), secret.data(), &size));
    return secret;
}

Data raw_signature(const Data& der) {
    const std::uint8_t* at = der.data();
    const auto signature = own(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), ECDSA_SIG_free);
    Data raw(64);
    check(BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw.data(), 32));
    check(BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw.data() + 32, 32));
    return raw;
}

Data der_signature(const Data& raw) {
    const auto signature = own(ECDSA_SIG_new(), ECDSA_SIG_free);
    check(ECDSA_SIG_set0(signature.get(), check(BN_bin2bn(raw.data(), 32, nullptr)),
                         check(BN_bin2bn(raw.data() + 32, 32, nullptr))));
    std::uint8_t* encoded = nullptr;
    const int size = i2d_ECDSA_SIG(signature.get(), &encoded);
    check(size);
    Data der(encoded, encoded + size);
    OPENSSL_free(encoded);
    return der;
}

} // namespace openssl
} // namespace outboot::crypto::test
