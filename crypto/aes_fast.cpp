// Bitsliced AES for two blocks at a time, written for speed: the other implementation of crypto/aes128.hpp, and the
// only one of crypto/aes.hpp.
//
// The representation is that of aes128.cpp: word i of a state holds bit i of all 32 bytes; byte lane r of the word is
// row r, nibble b of the lane is block b, bit c of the nibble is column c. The S-box is the circuit of Boyar and
// Peralta (A depth-16 circuit for the AES S-box, IACR ePrint 2011/332) without its four complements: they are the
// constant 0x63 on every byte, which ShiftRows and MixColumns leave as it is, so the round keys take it on. Decryption
// needs no other circuit: the S-box is an inversion and a linear map, so its inverse is that map undone, the S-box, and
// the map undone.
#include "crypto/aes.hpp"

#include <bit>
#include <cstring>

#include "crypto/aes128.hpp"

namespace outboot::crypto {
namespace {

static_assert(std::endian::native == std::endian::little, "words are loaded and stored as bytes");

using Word = std::uint32_t;
using Slices = Word[8];

// SubBytes without its constant, named as in the paper: u0 and s0 are the highest bits.
[[gnu::noinline]] void substitute(Slices& s) {
    const Word u0 = s[7], u1 = s[6], u2 = s[5], u3 = s[4], u4 = s[3], u5 = s[2], u6 = s[1], u7 = s[0];

    const Word t1 = u0 ^ u3, t2 = u0 ^ u5, t3 = u0 ^ u6, t4 = u3 ^ u5, t5 = u4 ^ u6, t6 = t1 ^ t5, t7 = u1 ^ u2;
    const Word t8 = u7 ^ t6, t9 = u7 ^ t7, t10 = t6 ^ t7, t11 = u1 ^ u5, t12 = u2 ^ u5, t13 = t3 ^ t4, t14 = t6 ^ t11;
    const Word t15 = t5 ^ t11, t16 = t5 ^ t12, t17 = t9 ^ t16, t18 = u3 ^ u7, t19 = t7 ^ t18, t20 = t1 ^ t19;
    const Word t21 = u6 ^ u7, t22 = t7 ^ t21, t23 = t2 ^ t22, t24 = t2 ^ t10, t25 = t20 ^ t17, t26 = t3 ^ t16;
    const Word t27 = t1 ^ t12;

    const Word m1 = t13 & t6, m2 = t23 & t8, m3 = t14 ^ m1, m4 = t19 & u7, m5 = m4 ^ m1, m6 = t3 & t16, m7 = t22 & t9;
    const Word m8 = t26 ^ m6, m9 = t20 & t17, m10 = m9 ^ m6, m11 = t1 & t15, m12 = t4 & t27, m13 = m12 ^ m11;
    const Word m14 = t2 & t10, m15 = m14 ^ m11, m16 = m3 ^ m2, m17 = m5 ^ t24, m18 = m8 ^ m7, m19 = m10 ^ m15;
    const Word m20 = m16 ^ m13, m21 = m17 ^ m15, m22 = m18 ^ m13, m23 = m19 ^ t25, m24 = m22 ^ m23, m25 = m22 & m20;
    const Word m26 = m21 ^ m25, m27 = m20 ^ m21, m28 = m23 ^ m25, m29 = m28 & m27, m30 = m26 & m24, m31 = m20 & m23;
    const Word m32 = m27 & m31, m33 = m27 ^ m25, m34 = m21 & m22, m35 = m24 & m34, m36 = m24 ^ m25, m37 = m21 ^ m29;
    const Word m38 = m32 ^ m33, m39 = m23 ^ m30, m40 = m35 ^ m36, m41 = m38 ^ m40, m42 = m37 ^ m39, m43 = m37 ^ m38;
    const Word m44 = m39 ^ m40, m45 = m42 ^ m41, m46 = m44 & t6, m47 = m40 & t8, m48 = m39 & u7, m49 = m43 & t16;
    const Word m50 = m38 & t9, m51 = m37 & t17, m52 = m42 & t15, m53 = m45 & t27, m54 = m41 & t10, m55 = m44 & t13;
    const Word m56 = m40 & t23, m57 = m39 & t19, m58 = m43 & t3, m59 = m38 & t22, m60 = m37 & t20, m61 = m42 & t1;
    const Word m62 = m45 & t4, m63 = m41 & t2;

    const Word l0 = m61 ^ m62, l1 = m50 ^ m56, l2 = m46 ^ m48, l3 = m47 ^ m55, l4 = m54 ^ m58, l5 = m49 ^ m61;
    const Word l6 = m62 ^ l5, l7 = m46 ^ l3, l8 = m51 ^ m59, l9 = m52 ^ m53, l10 = m53 ^ l4, l11 = m60 ^ l2;
    const Word l12 = m48 ^ m51, l13 = m50 ^ l0, l14 = m52 ^ m61, l15 = m55 ^ l1, l16 = m56 ^ l0, l17 = m57 ^ l1;
    const Word l18 = m58 ^ l8, l19 = m63 ^ l4, l20 = l0 ^ l1, l21 = l1 ^ l7, l22 = l3 ^ l12, l23 = l18 ^ l2;
    const Word l24 = l15 ^ l9, l25 = l6 ^ l10, l26 = l7 ^ l9, l27 = l8 ^ l10, l28 = l11 ^ l14, l29 = l11 ^ l17;

    s[7] = l6 ^ l24;
    s[6] = l16 ^ l26;
    s[5] = l19 ^ l28;
    s[4] = l6 ^ l21;
    s[3] = l20 ^ l22;
    s[2] = l25 ^ l29;
    s[1] = l13 ^ l27;
    s[0] = l6 ^ l23;
}

// Row r moves left by r columns: every nibble of lane r rotates right by r.
inline void shift_rows(Slices& s) {
#pragma GCC unroll 8
    for (std::size_t i = 0; i < 8; ++i) {
        Word x = s[i];
        const Word half = (x ^ x >> 2) & 0x33330000;
        x ^= half ^ half << 2;
        s[i] = (x & 0x00ff00ff) | (x >> 1 & 0x77007700) | (x << 3 & 0x88008800);
    }
}

// Each byte becomes 2 (a + b) + b + (c + d), a being the byte, b, c, d those below it.
inline void mix_columns(Slices& s) {
    const Word top = s[7] ^ std::rotr(s[7], 8);
    Word doubled = top;
#pragma GCC unroll 8
    for (std::size_t i = 0; i < 8; ++i) {
        const Word below = std::rotr(s[i], 8);
        const Word sum = s[i] ^ below;
        s[i] = doubled ^ below ^ std::rotr(sum, 16);
        if ((0x1a >> i & 1) != 0) s[i] ^= top;
        doubled = sum;
    }
}

// Transposes the 8x8 bits of each byte lane: from two blocks in memory order to slices, and back.
[[gnu::noinline]] void transpose(Slices& s) {
    Word mask = 0x0f0f0f0f;
#pragma GCC unroll 3
    for (std::size_t step = 4; step != 0; step >>= 1, mask ^= mask << step) {
#pragma GCC unroll 8
        for (std::size_t i = 0; i < 8; ++i) {
            if ((i & step) != 0) continue;
            const Word swap = (s[i] >> step ^ s[i + step]) & mask;
            s[i + step] ^= swap;
            s[i] ^= swap << step;
        }
    }
}

inline void add_key(Slices& s, const Word* key) {
#pragma GCC unroll 8
    for (std::size_t i = 0; i < 8; ++i) s[i] ^= key[i];
}

// `first_words` words of `keys` are bitsliced key, one or two round keys of them; fills the rest, up to `behind`.
void expand(Word* const keys, std::size_t first_words, const Word* const behind) {
    constexpr Word affine_constant = 0x63;
    Slices s;
    Word* next = keys + first_words;
    std::memcpy(s, next - 8, sizeof s);
    Word round_constant = 1;
    for (bool first = true; next != behind; first = first_words == 8 || !first) {
        substitute(s);
        for (std::size_t i = 0; i < 8; ++i) {
            // The last column, of the first half of a long key rotated by one row, is added to the first; then every
            // column to the one behind it.
            Word x = (affine_constant >> i & 1) != 0 ? ~s[i] : s[i];
            x = next[0 - first_words] ^ ((first ? std::rotr(x, 8) : x) >> 3 & 0x11111111);
            if (first && (round_constant >> i & 1) != 0) x ^= 0x11; // row 0 of column 0, in both blocks
            x ^= x << 1 & 0xeeeeeeee;
            x ^= x << 2 & 0xcccccccc;
            *next++ = s[i] = x;
        }
        if (first) round_constant = round_constant << 1 ^ (round_constant >> 7) * 0x11b;
    }
    for (std::size_t i = 8; keys + i != behind; ++i) {
        if ((affine_constant >> i % 8 & 1) != 0) keys[i] = ~keys[i];
    }
    clear(s);
}

void load_key(Word* keys, const std::uint8_t* key) {
    for (std::size_t i = 0; i < 2; ++i) std::memcpy(keys + 4 * i, key, 16);
    transpose(*reinterpret_cast<Slices*>(keys));
}

[[gnu::noinline]] void encrypt_slices(Slices& s, const Word* key, Word rounds) {
    transpose(s);
    add_key(s, key);
    for (;; mix_columns(s), add_key(s, key)) {
        substitute(s);
        shift_rows(s);
        key += 8;
        if (--rounds == 0) break;
    }
    add_key(s, key);
    transpose(s);
}

// The S-box's linear map undone.
void undo_linear_map(Slices& s) {
    Slices y;
    std::memcpy(y, s, sizeof y);
    for (std::size_t i = 0; i < 8; ++i) s[i] = y[(i + 2) % 8] ^ y[(i + 5) % 8] ^ y[(i + 7) % 8];
}

[[gnu::noinline]] void decrypt_slices(Slices& s, const Word* key, Word rounds) {
    transpose(s);
    key += std::size_t{8} * rounds;
    add_key(s, key);
    for (;;) {
        // Both are of order four: three times forward is once back.
        for (int i = 0; i < 3; ++i) shift_rows(s);
        undo_linear_map(s);
        substitute(s);
        undo_linear_map(s);
        key -= 8;
        add_key(s, key);
        if (--rounds == 0) break;
        for (int i = 0; i < 3; ++i) mix_columns(s);
    }
    transpose(s);
}

void load(Slices& s, const std::uint8_t* in, std::size_t bytes) {
    std::memcpy(s, in, bytes);
    if (bytes != sizeof s) std::memset(s + 4, 0, sizeof s - bytes);
}

} // namespace

AesCtr::AesCtr(std::span<const std::uint8_t, key_bytes> key) {
    load_key(round_keys_.data(), key.data());
    expand(round_keys_.data(), 8, round_keys_.data() + round_keys_.size());
}

AesCtr::~AesCtr() {
    clear(round_keys_);
}

void AesCtr::apply(std::uint32_t position, std::uint8_t* data, std::size_t size_bytes) const {
    Slices s;
    const std::uint8_t* const behind = data + size_bytes;
    while (data != behind) {
        const std::uint32_t block = position / 32 * 2;
        std::memset(s, 0, sizeof s);
        s[3] = __builtin_bswap32(block); // the last word of the first block, big-endian
        s[7] = __builtin_bswap32(block + 1);
        encrypt_slices(s, round_keys_.data(), rounds);
        do {
            *data++ ^= reinterpret_cast<const std::uint8_t*>(s)[position++ % 32];
        } while (data != behind && position % 32 != 0);
    }
}

void Aes::start(const std::uint8_t* key, std::size_t key_bytes) {
    const std::size_t parts = key_bytes / 16;
    for (std::size_t i = 0; i < parts; ++i) load_key(&round_keys_[8 * i], key + 16 * i);
    rounds_ = static_cast<std::uint32_t>(parts == 1 ? 10 : 14);
    expand(round_keys_.data(), 8 * parts, round_keys_.data() + std::size_t{8} * (rounds_ + 1));
}

namespace {

using Direction = void (*)(Slices&, const Word*, Word);

[[gnu::noinline]] void convert(Direction direction, const Word* keys, Word rounds, const std::uint8_t* in,
                               std::uint8_t* out, std::size_t blocks) {
    Slices s;
    while (blocks != 0) {
        const std::size_t now = blocks < 2 ? 1 : 2;
        const std::size_t bytes = now * Aes::block_bytes;
        load(s, in, bytes);
        direction(s, keys, rounds);
        std::memcpy(out, s, bytes);
        in += bytes, out += bytes, blocks -= now;
    }
    clear(s);
}

} // namespace

void Aes::encrypt(const std::uint8_t* in, std::uint8_t* out, std::size_t blocks) const {
    convert(encrypt_slices, round_keys_.data(), rounds_, in, out, blocks);
}

void Aes::decrypt(const std::uint8_t* in, std::uint8_t* out, std::size_t blocks) const {
    convert(decrypt_slices, round_keys_.data(), rounds_, in, out, blocks);
}

namespace {

void count_up(std::uint8_t* counter) {
    for (std::size_t i = Aes::block_bytes; i-- > 0;) {
        if (++counter[i] != 0) return;
    }
}

} // namespace

void Aes::ctr(std::uint8_t* counter, const std::uint8_t* in, std::uint8_t* out, std::size_t blocks) const {
    Slices s;
    while (blocks != 0) {
        std::size_t bytes = 0;
        for (; bytes != sizeof s && blocks != 0; --blocks, bytes += block_bytes, count_up(counter)) {
            std::memcpy(reinterpret_cast<std::uint8_t*>(s) + bytes, counter, block_bytes);
        }
        if (bytes != sizeof s) std::memset(s + 4, 0, block_bytes);
        encrypt_slices(s, round_keys_.data(), rounds_);
        for (std::size_t i = 0; i < bytes; i += 4) { // words of any alignment
            Word word;
            std::memcpy(&word, in + i, sizeof word);
            word ^= s[i / 4];
            std::memcpy(out + i, &word, sizeof word);
        }
        in += bytes, out += bytes;
    }
    clear(s);
}

} // namespace outboot::crypto
