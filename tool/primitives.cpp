#include "tool/primitives.hpp"

#include <memory>

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "tool/failure.hpp"

namespace outboot::tool {
namespace {

void require(bool done, const char* what) {
    if (!done) throw Failure(fmt::format("OpenSSL can't do {}", what));
}

} // namespace

Sha256Digest sha256(ByteSpan data) {
    Sha256Digest out{};
    require(EVP_Digest(data.data(), data.size(), out.data(), nullptr, EVP_sha256(), nullptr) == 1, "SHA-256");
    return out;
}

ByteVector digest(ByteSpan data, std::size_t digest_bytes) {
    const EVP_MD* kind = digest_bytes == 64 ? EVP_sha512() : digest_bytes == 48 ? EVP_sha384() : EVP_sha256();
    ByteVector out(static_cast<std::size_t>(EVP_MD_get_size(kind)));
    require(EVP_Digest(data.data(), data.size(), out.data(), nullptr, kind, nullptr) == 1, "SHA-2");
    return out;
}

ByteVector hmac_sha256(ByteSpan key, ByteSpan data) {
    ByteVector out(32);
    unsigned length = 0;
    require(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data.data(), data.size(), out.data(), &length),
            "HMAC-SHA-256");
    return out;
}

ByteVector hkdf_sha256(ByteSpan input_key, const std::string& info, std::size_t output_bytes) {
    const std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr), EVP_KDF_free);
    require(kdf != nullptr, "HKDF");
    const std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> context(EVP_KDF_CTX_new(kdf.get()),
                                                                            EVP_KDF_CTX_free);
    std::string hash = "SHA256";
    std::string info_copy = info;
    ByteVector key(input_key.begin(), input_key.end());
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, hash.data(), 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key.data(), key.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info_copy.data(), info_copy.size()),
        OSSL_PARAM_construct_end()};
    ByteVector out(output_bytes);
    require(context && EVP_KDF_derive(context.get(), out.data(), out.size(), parameters) == 1, "HKDF-SHA-256");
    OPENSSL_cleanse(key.data(), key.size());
    return out;
}

ByteVector aes_ctr(ByteSpan key, ByteSpan data) {
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                  EVP_CIPHER_CTX_free);
    const std::array<std::uint8_t, 16> counter{};
    const EVP_CIPHER* cipher = key.size() == 32 ? EVP_aes_256_ctr() : EVP_aes_128_ctr();
    ByteVector out(data.size());
    int length = 0;
    require(context && EVP_EncryptInit_ex(context.get(), cipher, nullptr, key.data(), counter.data()) == 1 &&
                EVP_EncryptUpdate(context.get(), out.data(), &length, data.data(), static_cast<int>(data.size())) == 1,
            "AES-CTR");
    return out;
}

ByteVector random_bytes(std::size_t count) {
    ByteVector out(count);
    require(RAND_priv_bytes(out.data(), static_cast<int>(count)) == 1, "random numbers");
    return out;
}

bool equal_secrets(ByteSpan a, ByteSpan b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string to_hex(ByteSpan data) {
    std::string text;
    text.reserve(2 * data.size());
    for (const auto byte : data) text += fmt::format("{:02x}", byte);
    return text;
}

} // namespace outboot::tool
