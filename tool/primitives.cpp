#include "tool/primitives.hpp"

#include <algorithm>
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

const EVP_MD* sha2(std::size_t bytes) {
    return bytes == 64 ? EVP_sha512() : bytes == 48 ? EVP_sha384() : EVP_sha256();
}

} // namespace

Sha256Digest sha256(ByteSpan data) {
    Sha256Digest out{};
    require(EVP_Digest(data.data(), data.size(), out.data(), nullptr, EVP_sha256(), nullptr) == 1, "SHA-256");
    return out;
}

ByteVector digest(ByteSpan data, std::size_t digest_bytes) {
    const EVP_MD* kind = sha2(digest_bytes);
    ByteVector out(digest_bytes);
    require(EVP_Digest(data.data(), data.size(), out.data(), nullptr, kind, nullptr) == 1, "SHA-2");
    return out;
}

ByteVector hmac(ByteSpan key, ByteSpan data, std::size_t hash_bytes) {
    ByteVector out(hash_bytes);
    unsigned length = 0;
    require(
        HMAC(sha2(hash_bytes), key.data(), static_cast<int>(key.size()), data.data(), data.size(), out.data(), &length),
        "HMAC");
    return out;
}

ByteVector hmac_sha256(ByteSpan key, ByteSpan data) {
    return hmac(key, data, 32);
}

ByteVector hkdf(ByteSpan input_key, const std::string& info, std::size_t output_bytes, std::size_t hash_bytes) {
    const std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr), EVP_KDF_free);
    require(kdf != nullptr, "HKDF");
    const std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> context(EVP_KDF_CTX_new(kdf.get()),
                                                                            EVP_KDF_CTX_free);
    std::string hash = EVP_MD_get0_name(sha2(hash_bytes));
    std::string info_copy = info;
    ByteVector key(input_key.begin(), input_key.end());
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, hash.data(), 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key.data(), key.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info_copy.data(), info_copy.size()),
        OSSL_PARAM_construct_end()};
    ByteVector out(output_bytes);
    require(context && EVP_KDF_derive(context.get(), out.data(), out.size(), parameters) == 1, "HKDF");
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

std::string to_base64(ByteSpan data) {
    std::string text(4 * ((data.size() + 2) / 3) + 1, '\0'); // OpenSSL ends it with a zero
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), data.data(), static_cast<int>(data.size()));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

std::optional<ByteVector> from_base64(const std::string& text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return std::nullopt;
    const auto body = text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first);
    ByteVector out(body.size());
    const int length =
        EVP_DecodeBlock(out.data(), reinterpret_cast<const unsigned char*>(body.data()), static_cast<int>(body.size()));
    const auto padding = body.size() - std::min(body.size(), body.find_last_not_of('=') + 1);
    if (length < 0 || body.size() % 4 != 0 || padding > 2) return std::nullopt;
    out.resize(static_cast<std::size_t>(length) - padding);
    return out;
}

} // namespace outboot::tool
