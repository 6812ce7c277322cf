// ECDSA verification that one skipped instruction can't turn round.
//
// p256-m's own verification isn't used: single skips in its outer function were seen to accept false signatures, and
// reading it shows why. If a loop over a scalar ends early, or a scalar is what an earlier call left on the stack, the
// point R no longer depends on e or on r, and then anybody can solve the signature equation. So here, over p256-m's
// field and point arithmetic:
//
// The steps:
//
//   1. u1 = e / s and u2 = r / s (mod n), after checking the ranges of r and s.
//   2. R = u1 G + u2 Q in one loop, which moves the scalars' bits, as it uses them, into v1 and v2.
//   3. v1 s = e and v2 s = r (mod n) are checked with e, r and s read again from the input, e and r not being 0. This
//      covers everything in step 1, and in step 2 that all bits were used, and which. It implies s != 0 and r < n.
//      Q is read again, too, and compared.
//   4. R is a point of the curve (its memory, left unwritten, isn't).
//   5. x(R) mod n = r is checked twice: as words against r of step 3, and as bytes against the input.
//
// Steps 3, 4 and the words of 5 make the verdict's first difference, the bytes of 5 its second. A single skip upsets
// either what leads to R, and the first difference shows it, or one of the two comparisons, and the other stands. Left
// over are skips inside the field arithmetic and of one point operation or one digit in step 2: they add a constant
// to u1 or u2, and the attacker must then solve an equation of the same kind as ECDSA's.
#include "crypto/p256.hpp"

#include <array>

#include "crypto/ecdsa_der.hpp"
#include "crypto/p256m.hpp"

namespace outboot::crypto {
namespace {

using namespace p256m;

using U256 = std::uint32_t[8]; // least significant word first

// Jacobian coordinates in the Montgomery domain; z = 0 is the point at infinity.
struct Point {
    U256 x, y, z;
};

void set(U256& to, const U256& from) {
    u256_cmov(to, from, 1);
}

// sum += (x, y), an affine point of the curve other than infinity. Unlike p256-m's point_add this works for all
// values of sum; it isn't constant-time.
void add(Point& sum, const U256& x, const U256& y) {
    const bool was_infinity = u256_diff0(sum.z) == 0;
    if (!was_infinity) {
        point_add(sum.x, sum.y, sum.z, x, y);
        // From sum = ±(x, y) the formula makes z = 0, and x = (difference of the y)^2: 0 only if the two were equal.
        if ((u256_diff0(sum.z) | u256_diff0(sum.x)) != 0) return;
    }
    set(sum.x, x);
    set(sum.y, y);
    m256_set32(sum.z, 1, &p256_p);
    if (!was_infinity) point_double(sum.x, sum.y, sum.z);
}

// Moves the top bit of `from` to the bottom of `into`, and returns it.
std::uint32_t move_bit(U256& from, U256& into) {
    const std::uint32_t bit = u256_add(from, from, from);
    u256_add(into, into, into);
    into[0] |= bit;
    return bit;
}

void load_hash(U256& e, const std::uint8_t* hash) {
    u256_from_bytes(e, hash);
    ecdsa_m256_mod_n(e);
}

// Step 1. False if r or s isn't in [1, n-1].
bool solve(U256& u1, U256& u2, const std::uint8_t* hash, const std::uint8_t* signature) {
    U256 r, s, e;
    if (scalar_from_bytes(r, signature) != 0 || scalar_from_bytes(s, signature + 32) != 0) return false;
    load_hash(e, hash);
    m256_prep(s, &p256_n);
    m256_inv(s, s, &p256_n);
    m256_mul(u1, e, s, &p256_n); // one factor in the Montgomery domain, one not: the product isn't
    m256_mul(u2, r, s, &p256_n);
    return true;
}

// Zero if v s = expected (mod n) and expected isn't 0.
std::uint32_t product_differs(const U256& v, const U256& s, const U256& expected) {
    U256 product;
    m256_mul(product, v, s, &p256_n);
    return u256_diff(product, expected) | static_cast<std::uint32_t>(u256_diff0(expected) == 0);
}

// Words compared in p256-m's order and way, bytes in the opposite order, by subtraction, and read anew.
std::uint32_t bytes_differ(const U256& x, const volatile std::uint8_t* expected) {
    std::uint8_t bytes[32];
    u256_to_bytes(bytes, x);
    std::uint32_t difference = 0;
    for (std::size_t i = sizeof bytes; i-- > 0;) difference |= std::uint32_t{bytes[i]} - std::uint32_t{expected[i]};
    return difference;
}

} // namespace

namespace {

// Where key and hash are, kept a second time and in memory. What is passed on lives in registers, and a skipped move
// leaves what the register held before: a pointer to something else, which the attacker may have written.
struct Again {
    const std::uint8_t* volatile point;
    const std::uint8_t* volatile hash;
};

// Not inlined: the two below share it.
[[gnu::noinline]] void verify(core::Verdict& verdict, const std::uint8_t* point, const std::uint8_t* hash,
                              const std::uint8_t* signature, const Again& again) {
    struct {
        U256 u1, u2, v1, v2, qx, qy;
        Point sum;
    } work{};
    auto& [u1, u2, v1, v2, qx, qy, sum] = work;
    if (!solve(u1, u2, hash, signature)) return;
    if (point_from_bytes(qx, qy, point) != 0) return;
    for (unsigned bits = 0; bits < 256; ++bits) {
        point_double(sum.x, sum.y, sum.z);
        if (move_bit(u1, v1) != 0) add(sum, p256_gx, p256_gy);
        if (move_bit(u2, v2) != 0) add(sum, qx, qy);
    }
    point_to_affine(sum.x, sum.y, sum.z); // infinity becomes (0, 0), which isn't on the curve
    std::uint32_t difference = point_check(sum.x, sum.y);

    U256 e, r, s; // e and r are also where Q is read again
    difference |= static_cast<std::uint32_t>(point_from_bytes(e, r, again.point));
    difference |= u256_diff(e, qx) | u256_diff(r, qy);

    load_hash(e, again.hash);
    u256_from_bytes(r, signature);
    u256_from_bytes(s, signature + 32);
    m256_prep(s, &p256_n);
    difference |= product_differs(v1, s, e);
    difference |= product_differs(v2, s, r);

    m256_done(sum.x, &p256_p);
    ecdsa_m256_mod_n(sum.x);
    difference |= u256_diff(sum.x, r);
    verdict.judge(difference, bytes_differ(sum.x, signature));
}

} // namespace

void ecdsa_verify(core::Verdict& verdict, std::span<const std::uint8_t, p256_point_bytes> public_key,
                  std::span<const std::uint8_t, 32> hash,
                  std::span<const std::uint8_t, p256_signature_bytes> signature) {
    const Again again{public_key.data(), hash.data()};
    verdict.reject();
    verify(verdict, public_key.data(), hash.data(), signature.data(), again);
}

void ecdsa_verify_der(core::Verdict& verdict, std::span<const std::uint8_t, p256_point_bytes> public_key,
                      std::span<const std::uint8_t, 32> hash, Bytes der_signature) {
    const Again again{public_key.data(), hash.data()};
    verdict.reject();
    std::array<std::uint8_t, p256_signature_bytes> signature{};
    if (!decode_ecdsa_der(der_signature, signature)) return;
    verify(verdict, public_key.data(), hash.data(), signature.data(), again);
}

bool ecdh(std::span<std::uint8_t, 32> secret, std::span<const std::uint8_t, p256_scalar_bytes> private_key,
          std::span<const std::uint8_t, p256_uncompressed_bytes> peer) {
    U256 scalar, px, py, x{}, y;
    const bool valid = peer[0] == 0x04 && point_from_bytes(px, py, peer.data() + 1) == 0 &&
                       scalar_from_bytes(scalar, private_key.data()) == 0;
    if (valid) scalar_mult(x, y, px, py, scalar);
    m256_to_bytes(secret.data(), x, &p256_p);
    clear(scalar);
    clear(x);
    clear(y);
    return valid;
}

} // namespace outboot::crypto
