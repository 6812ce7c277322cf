// SHA-256 written for speed: the other implementation of crypto/sha256.hpp. What sha256.cpp says of secrets on the
// stack holds here, too.
#include <algorithm>
#include <bit>
#include <cstring>

#include "crypto/sha256.hpp"
#include "crypto/sha256_constants.hpp"

namespace outboot::crypto {
namespace {

std::uint32_t big_endian(std::uint32_t word) {
    static_assert(std::endian::native == std::endian::little);
    return __builtin_bswap32(word);
}

// One round (6.2.2), `input` being constant plus schedule word. Instead of moving eight variables up, the rounds that
// follow each other name them differently.
[[gnu::always_inline]] inline void step(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t& d,
                                        std::uint32_t e, std::uint32_t f, std::uint32_t g, std::uint32_t& h,
                                        std::uint32_t input) {
    h += input + (g ^ (e & (f ^ g))) + std::rotr(e ^ std::rotr(e, 5) ^ std::rotr(e, 19), 6);
    d += h;
    h += ((a & b) | (c & (a | b))) + std::rotr(a ^ std::rotr(a, 11) ^ std::rotr(a, 20), 2);
}

// `block` may have any alignment.
[[gnu::noinline]] void compress(std::array<std::uint32_t, 8>& state, const std::uint8_t* block) {
    std::uint32_t w[64];
    for (std::size_t i = 0; i < 16; ++i) {
        std::uint32_t word = 0;
        std::memcpy(&word, block + 4 * i, sizeof word);
        w[i] = big_endian(word);
    }
    std::uint32_t late0 = w[14], late1 = w[15], next = w[0];
    for (std::uint32_t* at = w; at != w + 48; ++at) { // word t is at[16]
        const std::uint32_t following = at[1];
        const std::uint32_t word = next + at[9] +
                                   (std::rotr(following, 7) ^ std::rotr(following, 18) ^ following >> 3) +
                                   (std::rotr(late0, 17) ^ std::rotr(late0, 19) ^ late0 >> 10);
        at[16] = word;
        next = following;
        late0 = late1;
        late1 = word;
    }
    auto [a, b, c, d, e, f, g, h] = state;
    for (std::size_t i = 0; i < 64; i += 8) {
        const std::uint32_t* const k = round_constants + i;
        const std::uint32_t* const now = w + i;
        step(a, b, c, d, e, f, g, h, k[0] + now[0]);
        step(h, a, b, c, d, e, f, g, k[1] + now[1]);
        step(g, h, a, b, c, d, e, f, k[2] + now[2]);
        step(f, g, h, a, b, c, d, e, k[3] + now[3]);
        step(e, f, g, h, a, b, c, d, k[4] + now[4]);
        step(d, e, f, g, h, a, b, c, k[5] + now[5]);
        step(c, d, e, f, g, h, a, b, k[6] + now[6]);
        step(b, c, d, e, f, g, h, a, k[7] + now[7]);
    }
    const std::uint32_t working[8] = {a, b, c, d, e, f, g, h};
    for (std::size_t i = 0; i < 8; ++i) state[i] += working[i];
}

} // namespace

void Sha256::start() {
    state_ = initial_state;
    length_bytes_ = 0;
    clear(block_);
}

void Sha256::absorb(const std::uint8_t* data, std::size_t size_bytes) {
    auto* const block = reinterpret_cast<std::uint8_t*>(block_.data());
    std::size_t filled = length_bytes_ % block_bytes;
    length_bytes_ += static_cast<std::uint32_t>(size_bytes);
    while (size_bytes != 0) {
        if (filled == 0 && size_bytes >= block_bytes) { // needn't be copied
            compress(state_, data);
            data += block_bytes;
            size_bytes -= block_bytes;
            continue;
        }
        const std::size_t part = std::min(size_bytes, block_bytes - filled);
        std::memcpy(block + filled, data, part);
        data += part;
        size_bytes -= part;
        filled = (filled + part) % block_bytes;
        if (filled == 0) compress(state_, block);
    }
}

void Sha256::finish(std::span<std::uint8_t, digest_bytes> digest) {
    const std::uint32_t length = length_bytes_;
    const std::size_t filled = length % block_bytes;
    auto* const block = reinterpret_cast<std::uint8_t*>(block_.data());
    block[filled] = 0x80;
    std::memset(block + filled + 1, 0, block_bytes - 1 - filled);
    if (filled >= block_bytes - 8) {
        compress(state_, block);
        std::memset(block, 0, block_bytes);
    }
    block_[14] = big_endian(length >> 29);
    block_[15] = big_endian(length << 3);
    compress(state_, block);
    std::uint8_t* to = digest.data();
    for (const std::uint32_t word : state_) {
        const std::uint32_t bytes = big_endian(word);
        std::memcpy(to, &bytes, sizeof bytes);
        to += sizeof bytes;
    }
    start();
}

} // namespace outboot::crypto
