// Secrets on the stack below these functions are for the caller to clear, with clear_stack_below().
#include "crypto/hmac.hpp"

#include <algorithm>
#include <array>

namespace outboot::crypto {

// One block: the key, filled up with zeros, under a mask.
void Hmac::start(unsigned mask) {
    Bytes key = key_;
    std::array<std::uint8_t, Sha256::digest_bytes> hashed;
    if (key.size() > Sha256::block_bytes) {
        hash_.update(key);
        hash_.finish(hashed);
        key = hashed;
    }
    for (std::size_t i = 0; i < Sha256::block_bytes; ++i) {
        const auto byte = static_cast<std::uint8_t>((i < key.size() ? key[i] : 0U) ^ mask);
        hash_.update({&byte, 1});
    }
}

void Hmac::finish(std::span<std::uint8_t, tag_bytes> tag) {
    hash_.finish(tag);
    start(0x5c);
    hash_.update(tag);
    hash_.finish(tag);
}

void hkdf(Bytes salt, Bytes input_key, Bytes info, MutableBytes out) {
    std::array<std::uint8_t, Hmac::tag_bytes> pseudorandom_key;
    {                       // shares its stack with the loop below
        Hmac extract(salt); // no salt and 32 zero bytes are the same key to HMAC
        extract.update(input_key);
        extract.finish(pseudorandom_key);
    }

    std::array<std::uint8_t, Hmac::tag_bytes> block;
    std::size_t chained = 0; // the first block isn't chained to any
    for (std::uint8_t counter = 1; !out.empty(); ++counter) {
        Hmac expand(pseudorandom_key);
        expand.update(Bytes(block).first(chained));
        expand.update(info);
        expand.update({&counter, 1});
        expand.finish(block);
        chained = block.size();
        const std::size_t taken = std::min(out.size(), block.size());
        std::copy_n(block.begin(), taken, out.begin());
        out = out.subspan(taken);
    }
}

} // namespace outboot::crypto
