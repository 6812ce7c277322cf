// SHA-256 written for size, at about one load and one instruction per operation of the standard.
//
// The message schedule and the working variables on the stack aren't cleared after each block: that would slow the hash
// down for everybody. Who hashes secrets calls clear_stack_below() when it is done.
#include "crypto/sha256.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "crypto/sha256_constants.hpp"

namespace outboot::crypto {
namespace {

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
