// Points of P-256 for p256.cpp, which includes this and is the only one to do so: p256-m's numbers and constants, a
// Montgomery multiplication and one complete addition formula of our own. What it is made of says p256.cpp.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

#include "crypto/p256m.hpp"

namespace outboot::crypto {
namespace {

using namespace p256m;

using U256 = std::uint32_t[8]; // least significant word first

static_assert(std::endian::native == std::endian::little); // then a U256's bytes are a big-endian number's, reversed

void reverse(void* to, const void* from) {
    for (unsigned i = 0; i < sizeof(U256); ++i) {
        static_cast<std::uint8_t*>(to)[i] = static_cast<const std::uint8_t*>(from)[sizeof(U256) - 1 - i];
    }
}

// z += x y, where z has ten words and y eight.
[[gnu::noinline]] void multiply_add(std::uint32_t* z, std::uint32_t x, const std::uint32_t* y) {
    std::uint32_t carry = 0;
    for (unsigned i = 0; i < 8; ++i) {
        const std::uint64_t sum = u32_muladd64(x, y[i], z[i], carry);
        z[i] = static_cast<std::uint32_t>(sum);
        carry = static_cast<std::uint32_t>(sum >> 32);
    }
    const std::uint64_t sum = std::uint64_t{z[8]} + carry;
    z[8] = static_cast<std::uint32_t>(sum);
    z[9] += static_cast<std::uint32_t>(sum >> 32);
}

// to = x mod m, for x below 2 m in nine words, the ninth 0 or 1.
void reduce(U256& to, const std::uint32_t* x, const m256_mod& modulus) {
    const std::uint32_t below = u256_sub(to, x, modulus.m);
    u256_cmov(to, x, below & ~x[8]);
}

// Montgomery multiplication as in p256-m (z = x y / 2^256 mod m, given that x or y is below m), but the accumulator
// stays where it is and the window on it moves: smaller, and as fast. `to` may be x or y.
void multiply_mod(U256& to, const U256& x, const U256& y, const m256_mod& modulus) {
    std::uint32_t product[8 + 10] = {};
    std::uint32_t* window = product;
    for (const std::uint32_t word : x) {
        multiply_add(window, word, y);
        multiply_add(window, window[0] * modulus.ni, modulus.m); // makes window[0] zero
        ++window;
    }
    reduce(to, window, modulus);
}

// A big-endian number, in the Montgomery domain of `modulus`. Non-zero if it isn't below that.
std::uint32_t import(U256& to, const std::uint8_t* number, const m256_mod& modulus) {
    U256 unused;
    reverse(to, number);
    const std::uint32_t below = u256_sub(unused, to, modulus.m);
    multiply_mod(to, to, modulus.R2, modulus);
    return below ^ 1U;
}

// x = 1 / x, in the Montgomery domain, as x^(m-2); of 0 it makes 0. Smaller than p256-m's. Both moduli are public,
// have their top bit set, and end in a word above 1.
void invert(U256& x, const m256_mod& modulus) {
    U256 power;
    u256_cmov(power, x, 1);
    for (unsigned bit = 255; bit-- > 0;) {
        multiply_mod(power, power, power, modulus);
        const std::uint32_t word = modulus.m[bit / 32] - (bit < 32 ? 2 : 0);
        if ((word >> bit % 32 & 1) != 0) multiply_mod(power, power, x, modulus);
    }
    u256_cmov(x, power, 1);
}

// What the programs work on: numbers modulo p in the Montgomery domain. A point is (x : y : z), standing for
// (x / z, y / z); (0 : 1 : 0) is infinity.
enum Register : unsigned { x1, y1, z1, b, x2, y2, z2, t0, t1, t2, t3, t4, registers };

constexpr unsigned multiply = 0x1000, subtract = 0x2000, last = 0x4000; // neither of the first two: add

constexpr std::uint16_t step(unsigned operation, unsigned to, unsigned left, unsigned right) {
    return static_cast<std::uint16_t>(operation | to << 8 | left << 4 | right);
}
constexpr std::uint16_t mul(unsigned to, unsigned left, unsigned right) {
    return step(multiply, to, left, right);
}
constexpr std::uint16_t sub(unsigned to, unsigned left, unsigned right) {
    return step(subtract, to, left, right);
}
constexpr std::uint16_t add(unsigned to, unsigned left, unsigned right) {
    return step(0, to, left, right);
}

// (x2 : y2 : z2) += (x1 : y1 : z1), whatever points the two are. The paper's X3, Y3 and Z3 are in the places of the
// second point as these become free, and its steps 37 to 40 are in another order for that.
// clang-format off
constexpr std::uint16_t addition[] = {
    mul(t0, x1, x2), mul(t1, y1, y2), mul(t2, z1, z2), add(t3, x1, y1), add(t4, x2, y2), mul(t3, t3, t4),
    add(t4, t0, t1), sub(t3, t3, t4), add(t4, y1, z1), add(y2, y2, z2), mul(t4, t4, y2), add(y2, t1, t2),
    sub(t4, t4, y2), add(y2, x1, z1), add(x2, x2, z2), mul(y2, y2, x2), add(x2, t0, t2), sub(x2, y2, x2),
    mul(z2, b, t2),  sub(y2, x2, z2), add(z2, y2, y2), add(y2, y2, z2), sub(z2, t1, y2), add(y2, t1, y2),
    mul(x2, b, x2),  add(t1, t2, t2), add(t2, t1, t2), sub(x2, x2, t2), sub(x2, x2, t0), add(t1, x2, x2),
    add(x2, t1, x2), add(t1, t0, t0), add(t0, t1, t0), sub(t0, t0, t2), mul(t1, t4, x2), mul(t2, t0, x2),
    mul(x2, t3, y2), sub(x2, x2, t1), mul(y2, y2, z2), add(y2, y2, t2), mul(z2, t4, z2), mul(t1, t3, t0),
    static_cast<std::uint16_t>(last | add(z2, z2, t1))};
// clang-format on

// Given 1 / z in z1: x1 and y1 become affine, t0 = y^2 and t1 = x^3 - 3 x + b.
constexpr std::uint16_t affine[] = {
    mul(x1, x1, z1), mul(y1, y1, z1), mul(t0, y1, y1),
    mul(t1, x1, x1), mul(t1, t1, x1), sub(t1, t1, x1),
    sub(t1, t1, x1), sub(t1, t1, x1), static_cast<std::uint16_t>(last | add(t1, t1, b))};

void run(U256* r, const std::uint16_t* program) {
    unsigned now = 0;
    do {
        now = *program++;
        U256& to = r[now >> 8 & 15];
        const U256 &left = r[now >> 4 & 15], &right = r[now & 15];
        if ((now & multiply) != 0) {
            multiply_mod(to, left, right, p256_p);
            continue;
        }
        U256 negative;
        if ((now & subtract) != 0) u256_sub(negative, p256_p.m, right);
        std::uint32_t sum[9];
        sum[8] = u256_add(sum, left, (now & subtract) != 0 ? negative : right);
        reduce(to, sum, p256_p);
    } while ((now & last) == 0);
}

// What x1, y1, z1 and b start from: the base point with z = 1, and the curve's b; all in the Montgomery domain.
constexpr U256 constants[4] = {
    {0x18a9143c, 0x79e730d4, 0x5fedb601, 0x75ba95fc, 0x77622510, 0x79fb732b, 0xa53755c6, 0x18905f76},
    {0xce95560a, 0xddf25357, 0xba19e45c, 0x8b4ab8e4, 0xdd21f325, 0xd2e88688, 0x25885d85, 0x8571ff18},
    {0x00000001, 0x00000000, 0x00000000, 0xffffffff, 0xffffffff, 0xffffffff, 0xfffffffe, 0x00000000},
    {0x29c4bddf, 0xd89cdf62, 0x78843090, 0xacf005cd, 0xf7212ed6, 0xe5a220ab, 0x04874834, 0xdc30061d}};

// The bits of a scalar that are still to be used, and those that have been.
struct Scalar {
    U256 left, used;
};

// A multiple of one point, or the sum of that and a multiple of the base point.
struct Work {
    U256 r[registers];
    U256 point[3]; // affine, with z = 1
    Scalar scalars[2];
};

// Makes (x1 : y1 : z1), with 1 / z in z1, affine. Zero if it is a point of the curve other than infinity.
[[gnu::noinline]] std::uint32_t settle(Work& w) {
    run(w.r, affine);
    return u256_diff(w.r[t0], w.r[t1]);
}

// Sets up the registers, and (x1 : y1 : 1) to a point given as X || Y. Zero if that is a point of the curve.
std::uint32_t load(Work& w, const std::uint8_t* xy) {
    std::memcpy(w.r, constants, sizeof constants);
    std::uint32_t bad = 0;
    for (unsigned i = 0; i < 2; ++i) bad |= import(w.r[x1 + i], xy + 32 * i, p256_p);
    return bad | settle(w);
}

// (x1 : y1 : z1) += `point` if `take` is 1; does the same work if it is 0.
void accumulate(Work& w, const U256* point, std::uint32_t take) {
    std::memcpy(w.r[x2], point, 3 * sizeof *point);
    run(w.r, addition);
    std::uint32_t *const sum = w.r[x1], *const other = w.r[x2];
    for (std::size_t i = 0; i < sizeof(U256[3]) / 4; ++i) sum[i] ^= (sum[i] ^ other[i]) & (0 - take);
}

// Moves the next bit of a scalar from `left` to `used`, which is one shift of the two together, and adds the scalar's
// point if the bit says so.
[[gnu::noinline]] void use_bit(Work& w, unsigned which, bool secret) {
    Scalar& scalar = w.scalars[which];
    std::uint32_t* const words = scalar.left;
    static_assert(offsetof(Scalar, used) == sizeof(U256));
    std::uint32_t carry = 0;
    for (std::size_t i = 0; i < sizeof(Scalar) / 4; ++i) {
        const std::uint32_t word = words[i];
        words[i] = word << 1 | carry;
        carry = word >> 31;
    }
    const std::uint32_t bit = scalar.used[0] & 1;
    if (secret || bit != 0) accumulate(w, which == 0 ? w.point : constants, bit);
}

// The x-coordinate of a sum, not in the Montgomery domain, in x1: of scalars[0] `point` if `secret`, in constant time,
// else of scalars[0] `point` + scalars[1] G. Zero if the sum is a point of the curve, not infinity. To begin with, y1
// isn't 0.
[[gnu::noinline]] std::uint32_t combine(Work& w, bool secret) {
    u256_set32(w.r[x1], 0); // with y = anything else this is infinity
    u256_set32(w.r[z1], 0);
    for (unsigned bits = 0; bits < 256; ++bits) {
        accumulate(w, &w.r[x1], 1);
        use_bit(w, 0, secret);
        if (!secret) use_bit(w, 1, false);
    }
    invert(w.r[z1], p256_p); // of infinity 0, and then x = y = 0
    const std::uint32_t difference = settle(w);
    u256_set32(w.r[z1], 1);
    multiply_mod(w.r[x1], w.r[x1], w.r[z1], p256_p); // out of the Montgomery domain
    return difference;
}

} // namespace
} // namespace outboot::crypto
