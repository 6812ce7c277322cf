// P-256, written for size: p256-m's numbers and constants, a Montgomery multiplication and one complete addition
// formula of our own, and an ECDSA verification that one skipped instruction can't turn round.
//
// Points. p256-m has four functions for adding and doubling, each right for some inputs only. Here there is one, right
// for all (Renes, Costello, Batina: Complete addition formulas for prime order elliptic curves, IACR ePrint 2015/1060,
// algorithm 4), written as a program of 43 steps for a small interpreter; so is the curve's equation. All together that
// is 0.9 KB less than p256-m, leaves no special cases, and verifies in the time that p256-m's own verification takes.
//
// Verification. p256-m's isn't used: single skips in its outer function were seen to accept false signatures, and
// reading it shows why. If a loop over a scalar ends early, or a scalar is what an earlier call left on the stack, the
// point R no longer depends on e or on r, and then anybody can solve the signature equation. So here:
//
//   1. u1 = e / s and u2 = r / s (mod n).
//   2. R = u1 G + u2 Q in one loop, which moves the scalars' bits, as it uses them, into v1 and v2.
//   3. v1 s = e and v2 s = r (mod n) are checked with e, r and s read again from the input, e and r not being 0. This
//      covers everything in step 1, and in step 2 that all bits were used, and which. It implies s != 0 and r < n;
//      s < n is checked both times it is read. Q is read again, too, and compared.
//   4. R is a point of the curve (its memory, left unwritten, isn't).
//   5. x(R) mod n = r is checked twice: as words against r of step 3, and as bytes against the input, and not 0.
//
// Steps 3, 4 and the words of 5 make the verdict's first difference, the bytes of 5 its second. A single skip upsets
// either what leads to R, and the first difference shows it, or one of the two comparisons, and the other stands (a
// verdict whose word is written without its difference is good in that word: each difference must do alone). Left
// over are skips inside the field arithmetic and of one point operation or one digit in step 2: they add a constant
// to u1 or u2, and the attacker must then solve an equation of the same kind as ECDSA's.
#include "crypto/p256.hpp"

#include <array>
#include <cstring>

#include "crypto/ecdsa_der.hpp"
#include "crypto/p256_point.hpp"

namespace outboot::crypto {
namespace {

// The numbers of a signature, in the registers that programs use for other things meanwhile.
enum : unsigned { signature_r = t0, signature_e, signature_s };

// r and e as they are, s in the Montgomery domain modulo n. Non-zero if s isn't below n.
std::uint32_t load_signature(Work& w, const std::uint8_t* hash, const std::uint8_t* signature) {
    reverse(w.r[signature_r], signature);
    reverse(w.r[signature_e], hash);
    ecdsa_m256_mod_n(w.r[signature_e]);
    return import(w.r[signature_s], signature + 32, p256_n);
}

// Zero if the bits used of a scalar, times s, are r, or e (mod n), and that isn't 0.
[[gnu::noinline]] std::uint32_t scalar_differs(Work& w, unsigned which) {
    const U256& expected = w.r[signature_r + which];
    U256& used = w.scalars[which].used;
    multiply_mod(used, used, w.r[signature_s], p256_n); // s in the Montgomery domain, the product not
    return u256_diff(used, expected) | static_cast<std::uint32_t>(u256_diff0(expected) == 0);
}

// Compares like u256_diff, but bytes, by subtraction, and both sides read anew. No zero is equal to anything: with
// r = s = 0 the point R is infinity, whose x is 0 here, and then this comparison alone would have nothing to say.
std::uint32_t bytes_differ(const U256& x, const volatile std::uint8_t* expected) {
    const volatile auto* const bytes = reinterpret_cast<const std::uint8_t*>(x);
    std::uint32_t difference = static_cast<std::uint32_t>(u256_diff0(x) == 0);
    for (std::size_t i = 0; i < sizeof x; ++i) {
        difference |= std::uint32_t{bytes[i]} - std::uint32_t{expected[sizeof x - 1 - i]};
    }
    return difference;
}

// Where key and hash are, kept a second time and in memory. What is passed on lives in registers, and a skipped move
// leaves what the register held before: a pointer to something else, which the attacker may have written.
struct Again {
    const std::uint8_t* volatile point;
    const std::uint8_t* volatile hash;
};

// Not inlined: the two below share it.
[[gnu::noinline]] void verify(core::Verdict& verdict, const std::uint8_t* point, const std::uint8_t* hash,
                              const std::uint8_t* signature, const Again& again) {
    Work w{};
    std::uint32_t difference = load_signature(w, hash, signature);
    invert(w.r[signature_s], p256_n);
    for (unsigned i = 0; i < 2; ++i) multiply_mod(w.scalars[i].left, w.r[signature_r + i], w.r[signature_s], p256_n);

    difference |= load(w, point);
    std::memcpy(w.point, w.r, sizeof w.point);
    difference |= load(w, again.point);
    for (unsigned i = 0; i < 2; ++i) difference |= u256_diff(w.r[x1 + i], w.point[i]);
    difference |= combine(w, false);
    auto& x = w.r[x1];
    ecdsa_m256_mod_n(x);

    difference |= load_signature(w, again.hash, signature);
    difference |= scalar_differs(w, 0);
    difference |= scalar_differs(w, 1);
    difference |= u256_diff(x, w.r[signature_r]);
    verdict.judge(difference, bytes_differ(x, signature));
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
    std::array<std::uint8_t, p256_signature_bytes> signature;
    if (!decode_ecdsa_der(der_signature, signature)) return;
    verify(verdict, public_key.data(), hash.data(), signature.data(), again);
}

[[gnu::noinline]] bool ecdh(std::span<std::uint8_t, 32> secret,
                            std::span<const std::uint8_t, p256_scalar_bytes> private_key,
                            std::span<const std::uint8_t, p256_uncompressed_bytes> peer) {
    Work w{};
    std::uint32_t bad = peer[0] ^ 0x04U;
    bad |= load(w, peer.data() + 1);
    std::memcpy(w.point, w.r, sizeof w.point);
    bad |= import(w.scalars[0].used, private_key.data(), p256_n); // only to see if it is below n
    reverse(w.scalars[0].left, private_key.data());
    bad |= combine(w, true); // 0 isn't a key: its product is infinity
    if (bad != 0) clear(w);
    reverse(secret.data(), w.r[x1]);
    return bad == 0;
}

bool on_curve(std::span<const std::uint8_t, p256_point_bytes> point) {
    Work w{};
    return load(w, point.data()) == 0;
}

namespace {

// (x1, y1) = scalar G, neither in the Montgomery domain. Zero if the scalar is in [1, n-1].
[[gnu::noinline]] std::uint32_t multiply_base(Work& w, const std::uint8_t* scalar) {
    std::memcpy(w.r, constants, sizeof constants);
    std::memcpy(w.point, constants, sizeof w.point);
    std::uint32_t bad = import(w.scalars[0].used, scalar, p256_n); // only to see if it is below n
    reverse(w.scalars[0].left, scalar);
    bad |= combine(w, true); // which leaves 1 in z1
    multiply_mod(w.r[y1], w.r[y1], w.r[z1], p256_p);
    return bad;
}

// A random source that gives unusable numbers this often doesn't give random ones.
constexpr int draws = 8;

} // namespace

bool p256_public_key(std::span<std::uint8_t, p256_point_bytes> point,
                     std::span<const std::uint8_t, p256_scalar_bytes> private_key) {
    Work w{};
    const std::uint32_t bad = multiply_base(w, private_key.data());
    if (bad != 0) clear(w);
    for (unsigned i = 0; i < 2; ++i) reverse(point.data() + 32 * i, w.r[x1 + i]);
    clear(w);
    return bad == 0;
}

// s = (e + r d) / k, with r = x(k G).
Signing ecdsa_sign(std::span<std::uint8_t, p256_signature_bytes> signature,
                   std::span<const std::uint8_t, p256_scalar_bytes> private_key, std::span<const std::uint8_t, 32> hash,
                   const Draw& draw) {
    Work w{};
    struct {
        std::uint8_t nonce[p256_scalar_bytes];
        U256 d, k, r, s;
    } own;
    Signing result = Signing::bad_key;
    reverse(own.d, private_key.data());
    const bool zero = u256_diff0(own.d) == 0;
    if (import(own.d, private_key.data(), p256_n) == 0 && !zero) result = Signing::no_random;
    for (int left = draws; left != 0 && result == Signing::no_random; --left) {
        if (!draw(own.nonce)) break;
        if (multiply_base(w, own.nonce) != 0) continue;
        u256_cmov(own.r, w.r[x1], 1);
        ecdsa_m256_mod_n(own.r);
        reverse(own.s, hash.data());
        ecdsa_m256_mod_n(own.s);
        multiply_mod(own.d, own.d, own.r, p256_n); // d in the Montgomery domain, the product not
        m256_add(own.s, own.s, own.d, &p256_n);
        import(own.k, own.nonce, p256_n);
        invert(own.k, p256_n);
        multiply_mod(own.s, own.s, own.k, p256_n);
        reverse(signature.data(), own.r);
        reverse(signature.data() + 32, own.s);
        // r or s is 0 with a chance of 1 in 2^255.
        if (u256_diff0(own.r) != 0 && u256_diff0(own.s) != 0) result = Signing::done;
        import(own.d, private_key.data(), p256_n);
    }
    clear(own);
    clear(w);
    return result;
}

} // namespace outboot::crypto
