// SHA-256 written for size, at about one load and one instruction per operation of the standard.
//
// The message schedule and the working variables on the stack aren't cleared after each block: that would slow the hash
// down for everybody. Who hashes secrets calls clear_stack_below() when it is done.
#include "crypto/sha256.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace outboot::crypto {
namespace {

// First 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2).
constexpr std::uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

// The square roots of the first 8 primes (5.3.3).
constexpr std::array<std::uint32_t, 8> initial_state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

constexpr std::uint32_t big_endian(std::uint32_t word) {
    static_assert(std::endian::native == std::endian::little);
    return __builtin_bswap32(word);
}

// One block (6.2.2). The eight working variables and the sixteen schedule words to come lie in one array and move up
// by a word each round: w[0..7] are h, g, … a, w[8..23] the schedule. The new `a` takes the place of the schedule word
// just used up, so nothing is ever rotated through registers.
void compress(std::array<std::uint32_t, 8>& state, const std::uint32_t* block) {
    std::uint32_t window[8 + 16 + 64];
    std::uint32_t* w = window;
    for (std::size_t i = 0; i < 8; ++i) w[i] = state[7 - i];
    for (std::size_t i = 0; i < 16; ++i) w[8 + i] = big_endian(block[i]);

    for (const std::uint32_t constant : round_constants) {
        const std::uint32_t now = w[8], next = w[9], late = w[22];
        w[24] = now + w[17] + (std::rotr(next, 7) ^ std::rotr(next, 18) ^ next >> 3) +
                (std::rotr(late, 17) ^ std::rotr(late, 19) ^ late >> 10);

        const std::uint32_t a = w[7], b = w[6], c = w[5], e = w[3], f = w[2], g = w[1], h = w[0];
        const std::uint32_t choice = g ^ (e & (f ^ g));
        const std::uint32_t majority = (a & b) | (c & (a | b));
        const std::uint32_t t1 = h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) + choice + constant + now;
        w[4] += t1;
        w[8] = t1 + (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + majority;
        ++w;
    }
    for (std::size_t i = 0; i < 8; ++i) state[i] += w[7 - i];
}

} // namespace

void Sha256::start() {
    state_ = initial_state;
    length_bytes_ = 0;
    clear(block_);
}

// Pointer and size instead of a span: GCC 12 sends every span that is passed on through memory.
void Sha256::absorb(const std::uint8_t* data, std::size_t size_bytes) {
    while (size_bytes-- != 0) {
        reinterpret_cast<std::uint8_t*>(block_.data())[length_bytes_++ % block_bytes] = *data++;
        if (length_bytes_ % block_bytes == 0) compress(state_, block_.data());
    }
}

void Sha256::finish(std::span<std::uint8_t, digest_bytes> digest) {
    const std::uint32_t length = length_bytes_;
    std::uint8_t padding = 0x80;
    do {
        absorb(&padding, 1);
        padding = 0;
    } while (length_bytes_ % block_bytes != block_bytes - 8);
    block_[14] = big_endian(length >> 29);
    block_[15] = big_endian(length << 3);
    compress(state_, block_.data());
    std::uint8_t* to = digest.data();
    for (const std::uint32_t word : state_) {
        const std::uint32_t bytes = big_endian(word);
        std::memcpy(to, &bytes, sizeof bytes);
        to += sizeof bytes;
    }
    start();
}

} // namespace outboot::crypto
