// Bitsliced AES for two blocks at a time, written for size.
//
// Word i of a state holds bit i of all 32 bytes: byte lane r of the word is row r, nibble b of the lane is block b, bit
// c of the nibble is column c. So a step that treats all bytes alike is a loop over words, RotWord and MixColumns
// rotate words by whole lanes, ShiftRows rotates nibbles, and key expansion needs no second representation.
//
// The S-box is computed, not looked up (a table's index would be secret, and the flash has a cache): inversion in
// GF(2^8) seen as GF(2^4)[y] / (y^2 + y + v), with GF(2^4) in the normal basis {b, b^2, b^4, b^8}, b a fifth root of
// unity and v = b^4. There squaring rotates the four coordinates, so a product's coordinates are one boolean function
// of rotated operands, and an inverse's likewise. The linear maps around it are programs of bytes: "ds" stands for
// word[d] ^= word[s]. They are the shortest that a search over the equivalent fields found; the tests hold all of it
// against FIPS 197 and OpenSSL.
#include "crypto/aes128.hpp"

#include <bit>

namespace outboot::crypto {
namespace {

static_assert(std::endian::native == std::endian::little, "words are loaded and stored as bytes");

// Words 0 to 7 are the state. Behind them is what only the S-box uses: four words of scratch, and one of all ones,
// which the programs add where they need a complement.
using Slices = std::uint32_t[13];
constexpr std::size_t scratch = 8;
constexpr std::size_t ones = 12;

constexpr std::uint8_t end = 0x00;
constexpr std::uint8_t programs[] = {
    // x = (u + l) y + l y^16: from the bits of x to u in words 0 to 3 and l in words 4 to 7.
    0x05, 0x50, 0x05, 0x46, 0x65, 0x23, 0x31, 0x17, 0x75, 0x52, 0x53, 0x10, 0x35, 0x04, 0x47, 0x34, 0x21, 0x62, end,
    // scratch += v u^2 + l^2.
    0x80, 0xb1, 0x92, 0x83, 0x93, 0xa3, 0xb3, 0x94, 0xa5, 0xb6, 0x87, end,
    // From u and l of the inverse, which is u y^16 + l, to bits, through the S-box's affine map with its constant.
    0x25, 0x52, 0x25, 0x23, 0x73, 0x31, 0x16, 0x60, 0x07, 0x72, 0x24, 0x46, 0x61, 0x65, 0x30, 0x54, 0x43, 0x24, 0x0c,
    0x1c, 0x5c, 0x6c, end};

// Runs one program; returns where the next begins.
const std::uint8_t* run(const std::uint8_t* program, std::uint32_t* word) {
    while (const std::uint32_t step = *program++) word[step >> 4] ^= word[step & 15];
    return program;
}

// GF(2^4): out = a * b. `out` may be a or b.
void multiply(std::uint32_t* out, const std::uint32_t* a, const std::uint32_t* b) {
    std::uint32_t a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3];
    std::uint32_t b0 = b[0], b1 = b[1], b2 = b[2], b3 = b[3];
    for (const std::uint32_t* const behind = out + 4; out != behind;) {
        *out++ = (a2 & (b0 ^ b1)) ^ ((a0 ^ a1) & b2) ^ (a3 & (b3 ^ b1)) ^ (a1 & b3);
        const std::uint32_t first_a = a0, first_b = b0;
        a0 = a1, a1 = a2, a2 = a3, a3 = first_a;
        b0 = b1, b1 = b2, b2 = b3, b3 = first_b;
    }
}

// GF(2^4): a = 1 / a, and 0 stays 0.
void invert(std::uint32_t* a) {
    std::uint32_t a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3];
    for (const std::uint32_t* const behind = a + 4; a != behind;) {
        *a++ = (a2 & ~(a0 & ~a3)) ^ (a1 & ~a2 & (a0 ^ a3));
        const std::uint32_t first = a0;
        a0 = a1, a1 = a2, a2 = a3, a3 = first;
    }
}

// SubBytes. 1 / x = x^16 / N with the norm N = x^17 = u l + l^2 + v u^2, which is in GF(2^4).
void substitute(Slices& s) {
    s[ones] = ~std::uint32_t{0};
    std::uint32_t* const u = s;
    std::uint32_t* const l = s + 4;
    std::uint32_t* const norm = s + scratch;
    const std::uint8_t* program = run(programs, s);
    multiply(norm, u, l);
    program = run(program, s);
    invert(norm);
    multiply(u, norm, u);
    multiply(l, norm, l);
    run(program, s);
}

// Row r moves left by r columns: every nibble of lane r rotates right by r.
void shift_rows(Slices& s) {
    for (std::size_t i = 0; i < 8; ++i) {
        std::uint32_t x = s[i];
        const std::uint32_t half = (x ^ x >> 2) & 0x33330000;
        x ^= half ^ half << 2;
        s[i] = (x & 0x00ff00ff) | (x >> 1 & 0x77007700) | (x << 3 & 0x88008800);
    }
}

// Each byte becomes 2 (a + b) + b + (c + d), a being the byte, b, c, d those below it. Doubling moves every word up by
// one; what leaves at the top comes back by the field's polynomial 0x11b.
void mix_columns(Slices& s) {
    const std::uint32_t top = s[7] ^ std::rotr(s[7], 8);
    std::uint32_t doubled = top;
    for (std::size_t i = 0; i < 8; ++i) {
        const std::uint32_t below = std::rotr(s[i], 8);
        const std::uint32_t sum = s[i] ^ below;
        s[i] = doubled ^ below ^ std::rotr(sum, 16);
        if ((0x1a >> i & 1) != 0) s[i] ^= top;
        doubled = sum;
    }
}

// Transposes the 8x8 bits of each byte lane: from two blocks in memory order to slices, and back.
void transpose(Slices& s) {
    std::uint32_t mask = 0x0f0f0f0f;
    for (std::size_t step = 4; step != 0; step >>= 1, mask ^= mask << step) {
        for (std::size_t i = 0; i < 8; ++i) {
            if ((i & step) != 0) continue;
            const std::uint32_t swap = (s[i] >> step ^ s[i + step]) & mask;
            s[i + step] ^= swap;
            s[i] ^= swap << step;
        }
    }
}

} // namespace

AesCtr::AesCtr(std::span<const std::uint8_t, key_bytes> key) {
    Slices s;
    for (std::size_t i = 0; i < 2 * key_bytes; ++i) reinterpret_cast<std::uint8_t*>(s)[i] = key[i % key_bytes];
    transpose(s);
    std::uint32_t* next = round_keys_.data();
    for (std::size_t i = 0; i < 8; ++i) *next++ = s[i];

    for (std::uint32_t round_constant = 1; next != round_keys_.end();) {
        substitute(s);
        for (std::size_t i = 0; i < 8; ++i) {
            // The last column, rotated by one row, is added to the first; then every column to the one behind it.
            std::uint32_t x = next[-8] ^ (std::rotr(s[i], 8) >> 3 & 0x11111111);
            if ((round_constant >> i & 1) != 0) x ^= 0x11; // row 0 of column 0, in both blocks
            x ^= x << 1 & 0xeeeeeeee;
            x ^= x << 2 & 0xcccccccc;
            *next++ = s[i] = x;
        }
        round_constant = round_constant << 1 ^ (round_constant >> 7) * 0x11b;
    }
    clear(s);
}

AesCtr::~AesCtr() {
    clear(round_keys_);
}

void AesCtr::apply(std::uint32_t position, std::uint8_t* data, std::size_t size_bytes) const {
    Slices s;
    const std::uint8_t* const behind = data + size_bytes;
    while (data != behind) {
        const std::uint32_t block = position / 32 * 2;
        for (std::size_t i = 0; i < 8; ++i) s[i] = 0;
        s[3] = __builtin_bswap32(block); // the last word of the first block, big-endian
        s[7] = __builtin_bswap32(block + 1);
        transpose(s);
        for (const std::uint32_t* key = round_keys_.data();;) {
            for (std::size_t i = 0; i < 8; ++i) s[i] ^= *key++;
            if (key == round_keys_.end()) break;
            substitute(s);
            shift_rows(s);
            if (key + 8 != round_keys_.end()) mix_columns(s);
        }
        transpose(s);
        do {
            *data++ ^= reinterpret_cast<const std::uint8_t*>(s)[position++ % 32];
        } while (data != behind && position % 32 != 0);
    }
}

} // namespace outboot::crypto
