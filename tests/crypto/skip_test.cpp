// One instruction of the verification is left out, and false signatures made for that are presented. OUTBOOT_FULL=1
// tries every place outside the main loop and many inside; else a sample is taken.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>

#include "tests/crypto/arm/machine.hpp"
#include "tests/crypto/forgery.hpp"
#include "tests/crypto/reference.hpp"

namespace outboot::crypto::test {
namespace {

bool full() {
    const char* const value = std::getenv("OUTBOOT_FULL");
    return value != nullptr && std::string(value) == "1";
}

// What decides: all of ecdsa_verify and what it calls, but for the arithmetic of fields and points. Parts of mangled
// names.
const std::vector<std::string> deciding = {
    "ecdsa_verify",   "decode_ecdsa_der", "6verify",    "load",     "combine", "use_bit", "accumulate",
    "scalar_differs", "u256_diff",        "from_bytes", "to_bytes", "mod_n",   "settle",  "memset"};

// Places to skip at: the last ones, where the verdict is written; `outside` of those before and behind the main loop,
// `inside` of those in it, or all there are.
std::set<std::uint64_t> places(std::uint64_t skippable, std::size_t outside, std::size_t inside, Random& random) {
    constexpr std::uint64_t before_loop = 1200, behind_loop = 1500; // as executed; generous
    constexpr std::uint64_t around_loop = before_loop + behind_loop;
    std::set<std::uint64_t> chosen;
    const auto choose = [&](std::uint64_t at) {
        if (at < skippable) chosen.insert(at);
    };
    constexpr std::uint64_t verdict = 20;
    for (std::uint64_t i = 0; i < verdict; ++i) choose(skippable - 1 - i);
    for (std::uint64_t i = 0; i < outside; ++i) {
        const std::uint64_t at = outside >= around_loop ? i : random.below(std::min(skippable, around_loop));
        choose(at < before_loop ? at : skippable - 1 - (at - before_loop));
    }
    for (std::size_t i = 0; i < inside; ++i) choose(random.below(skippable));
    return chosen;
}

TEST(Skips, make_no_forged_signature_good) {
    Machine machine(OUTBOOT_CRYPTO_PROGRAM, Watch::skips, deciding);
    Random random(1);
    const openssl::KeyPair key(Data(32, 0x37));
    const Data genuine_hash = random.bytes(32), genuine = key.sign_der(genuine_hash);

    for (const Forgery& forgery : forgeries(key, genuine_hash, openssl::raw_signature(genuine), random.bytes(32))) {
        SCOPED_TRACE("left out, it is hoped: " + forgery.name);
        machine.reset();
        const std::uint32_t point = machine.place(key.point());
        const Data der = openssl::der_signature(forgery.raw);
        const std::uint32_t hash = machine.place(forgery.hash), signature = machine.place(der);
        const std::uint32_t bait = machine.place(forgery.bait), der_size = static_cast<std::uint32_t>(der.size());
        // First the genuine one: everything that verifying it leaves on the stack is there for the attacker.
        machine.call("arm_verify", {point, machine.place(genuine_hash), machine.place(genuine),
                                    static_cast<std::uint32_t>(genuine.size())});
        ASSERT_EQ(machine.call("arm_verdict", {}).result, 1U);
        const auto before = machine.save();

        std::uint64_t skippable = 0;
        const auto accepted = [&](std::optional<std::uint64_t> skip) {
            machine.restore(before);
            if (skip) machine.skip(*skip);
            const Call call = machine.call("arm_verify", {point, hash, signature, der_size}, bait);
            EXPECT_EQ(machine.skipped_at().has_value(), skip.has_value());
            skippable = machine.skippable();
            return call.returned && machine.call("arm_verdict", {}).result != 0;
        };
        ASSERT_FALSE(accepted({}));
        ASSERT_GT(skippable, 100U);
        for (const std::uint64_t at : places(skippable, full() ? 2700 : 25, full() ? 500 : 5, random)) {
            EXPECT_FALSE(accepted(at)) << "left out: number " << at;
        }
    }
}

// The method finds what there is to be found: an ordinary comparison has such places, inside IT blocks too.
TEST(Skips, do_make_an_ordinary_comparison_say_equal) {
    Machine machine(OUTBOOT_CRYPTO_PROGRAM, Watch::skips, {"5equal"});
    Random random(2);
    machine.reset();
    const std::uint32_t left = machine.place(random.bytes(4)), right = machine.place(random.bytes(4));
    ASSERT_EQ(machine.call("arm_equal", {left, right, 4}).result, 0U);
    const std::uint64_t skippable = machine.skippable();
    std::size_t fooled = 0;
    for (std::uint64_t at = 0; at < skippable; ++at) {
        machine.skip(at);
        const Call call = machine.call("arm_equal", {left, right, 4});
        EXPECT_TRUE(machine.skipped_at().has_value());
        if (call.returned && call.result != 0) ++fooled;
    }
    EXPECT_GT(fooled, 0U);
}

} // namespace
} // namespace outboot::crypto::test
