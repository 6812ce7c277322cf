#include "tests/crypto/forgery.hpp"

#include <memory>
#include <stdexcept>

#include <openssl/bn.h>
#include <openssl/ec.h>

namespace outboot::crypto::test {
namespace {

struct Free {
    void operator()(BIGNUM* number) const { BN_free(number); }
    void operator()(BN_CTX* context) const { BN_CTX_free(context); }
    void operator()(EC_GROUP* group) const { EC_GROUP_free(group); }
    void operator()(EC_POINT* point) const { EC_POINT_free(point); }
};
using Number = std::unique_ptr<BIGNUM, Free>;

// The curve and the few things that forging needs of it.
class Curve {
  public:
    explicit Curve(const Data& encoded) : key_(EC_POINT_new(group_.get())) {
        check(EC_POINT_oct2point(group_.get(), key_.get(), encoded.data(), encoded.size(), context_.get()));
    }

    // x(g G + q Q) mod n
    [[nodiscard]] Number x(const BIGNUM* g, const BIGNUM* q) const {
        const std::unique_ptr<EC_POINT, Free> sum(EC_POINT_new(group_.get()));
        check(EC_POINT_mul(group_.get(), sum.get(), g, key_.get(), q, context_.get()));
        Number result(BN_new());
        check(EC_POINT_get_affine_coordinates(group_.get(), sum.get(), result.get(), nullptr, context_.get()));
        check(BN_nnmod(result.get(), result.get(), order(), context_.get()));
        return result;
    }

    // a / b mod n
    [[nodiscard]] Number divide(const BIGNUM* a, const BIGNUM* b) const {
        Number result(BN_mod_inverse(nullptr, b, order(), context_.get()));
        check(BN_mod_mul(result.get(), result.get(), a, order(), context_.get()));
        return result;
    }

    [[nodiscard]] const BIGNUM* order() const { return EC_GROUP_get0_order(group_.get()); }

  private:
    static void check(int result) {
        if (result != 1) throw std::runtime_error("OpenSSL failed");
    }

    std::unique_ptr<EC_GROUP, Free> group_{EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)};
    std::unique_ptr<BN_CTX, Free> context_{BN_CTX_new()};
    std::unique_ptr<EC_POINT, Free> key_;
};

Number number(const Data& bytes) {
    return Number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
}

Data signature(const BIGNUM* r, const BIGNUM* s) {
    Data raw(64);
    BN_bn2binpad(r, raw.data(), 32);
    BN_bn2binpad(s, raw.data() + 32, 32);
    return raw;
}

} // namespace

std::vector<Forgery> forgeries(const openssl::KeyPair& key, const Data& genuine_hash, const Data& genuine_raw,
                               const Data& hash) {
    const Curve curve(key.uncompressed_point());
    const Number e = number(hash), zero(BN_new()), one = number({1});
    const Number some = number(Data(31, 0x5b)); // any scalar
    std::vector<Forgery> all;
    const auto add = [&](const char* name, const Number& r, const Number& s) {
        all.push_back({name, hash, signature(r.get(), s.get()), hash});
    };

    all.push_back({"the new hash, or x(R), in favour of the last ones", hash, genuine_raw, genuine_hash});
    const openssl::KeyPair attacker;
    all.push_back({"the key", hash, openssl::raw_signature(attacker.sign_der(hash)), attacker.point()});
    add("the ranges of r and s", zero, zero);
    add("the range of r", zero, some);
    add("the range of s", some, zero);

    const Number r_of_g = curve.x(some.get(), zero.get());
    add("u2 Q", r_of_g, curve.divide(e.get(), some.get()));
    const Number r_of_q = curve.x(zero.get(), some.get());
    add("u1 G", r_of_q, curve.divide(r_of_q.get(), some.get()));

    // A loop left after its first step has R = G + Q if both scalars' top bits are set.
    const Number r_of_both = curve.x(one.get(), one.get());
    const Number s = number(Data(30, 0x11));
    for (;; BN_add_word(s.get(), 1)) {
        if (BN_is_bit_set(curve.divide(e.get(), s.get()).get(), 255) != 0 &&
            BN_is_bit_set(curve.divide(r_of_both.get(), s.get()).get(), 255) != 0) {
            break;
        }
    }
    add("the rest of the loop", r_of_both, s);
    return all;
}

} // namespace outboot::crypto::test
