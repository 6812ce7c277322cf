// Owning handles for OpenSSL's objects, and the one way its failures are reported.
#pragma once

#include <memory>

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>

#include "tool/failure.hpp"

namespace outboot::tool::ssl {

template <class T, void (*free)(T*)>
struct Freed {
    void operator()(T* object) const { free(object); }
};
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BIGNUM, BN_clear_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO, BIO_free_all>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX, EVP_MD_CTX_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Freed<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>>;

inline void require(bool done, const char* what) {
    if (!done) throw Failure(fmt::format("OpenSSL can't {}", what));
}

} // namespace outboot::tool::ssl
