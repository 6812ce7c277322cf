// The cryptography that products, applications and bootloaders are explored with: the model's, which is fast, or, in a
// build that says so, the real one.
#pragma once

#ifdef OUTBOOT_EXPLORE_REAL_CRYPTOGRAPHY
#include "explore/real_crypto.hpp"
#else
#include "explore/model_crypto.hpp"
#endif

namespace outboot::explore {

#ifdef OUTBOOT_EXPLORE_REAL_CRYPTOGRAPHY
using Cryptography = RealCrypto;
#else
using Cryptography = ModelCrypto;
#endif

using Hash = Cryptography::Sha256;
using Cipher = Cryptography::AesCtr;

template <class... Parts>
std::array<std::uint8_t, 32> hash_of(const Parts&... parts) {
    Hash hash;
    (hash.update(crypto::Bytes(parts)), ...);
    std::array<std::uint8_t, 32> digest;
    hash.finish(digest);
    return digest;
}

} // namespace outboot::explore
