#include <gtest/gtest.h>

#include <cstring>
#include <new>

#include "core/hardened.hpp"
#include "crypto/bytes.hpp"
#include "tests/crypto/reference.hpp"

namespace outboot::crypto::test {
namespace {

using core::Verdict;

TEST(Verdict, is_bad_until_judged) {
    EXPECT_FALSE(Verdict().good());
}

TEST(Verdict, is_good_only_if_both_differences_are_zero) {
    Verdict verdict;
    verdict.judge(0, 0);
    EXPECT_TRUE(verdict.good());
    for (unsigned bit = 0; bit < 32; ++bit) {
        verdict.judge(1U << bit, 0);
        EXPECT_FALSE(verdict.good()) << bit;
        verdict.judge(0, 1U << bit);
        EXPECT_FALSE(verdict.good()) << bit;
    }
}

TEST(Verdict, can_be_taken_back) {
    Verdict verdict;
    verdict.judge(0, 0);
    verdict.reject();
    EXPECT_FALSE(verdict.good());
}

TEST(Verdict, no_word_repeated_through_memory_is_good) {
    for (const int fill : {0x00, 0xff, 0x55, 0xaa, 0xa5, 0x5a}) {
        Verdict verdict;
        std::memset(static_cast<void*>(&verdict), fill, sizeof verdict);
        EXPECT_FALSE(verdict.good()) << fill;
    }
}

TEST(Verdict, leaves_nothing_good_in_its_place) {
    alignas(Verdict) std::array<std::uint8_t, sizeof(Verdict)> place;
    auto* verdict = new (place.data()) Verdict;
    verdict->judge(0, 0);
    verdict->~Verdict();
    EXPECT_FALSE(std::launder(reinterpret_cast<Verdict*>(place.data()))->good());
}

// Both comparisons are for secrets or for decisions; each must see every bit of every byte.
TEST(Equality, sees_a_difference_in_any_bit) {
    Random random(1);
    for (const std::size_t size : {1U, 4U, 32U, 33U}) {
        const Data data = random.bytes(size);
        Verdict verdict;
        core::judge_equal(verdict, data, Data(data));
        EXPECT_TRUE(verdict.good());
        EXPECT_TRUE(equal(data, Data(data)));
        for (std::size_t bit = 0; bit < 8 * size; ++bit) {
            Data other = data;
            other[bit / 8] = static_cast<std::uint8_t>(other[bit / 8] ^ 1U << bit % 8);
            core::judge_equal(verdict, data, other);
            EXPECT_FALSE(verdict.good()) << bit;
            EXPECT_FALSE(equal(data, other)) << bit;
        }
    }
}

TEST(Equality, takes_different_lengths_for_different) {
    const Data data(32, 7);
    for (const std::size_t size : {0U, 31U}) {
        Verdict verdict;
        core::judge_equal(verdict, data, Bytes(data).first(size));
        EXPECT_FALSE(verdict.good());
        core::judge_equal(verdict, Bytes(data).first(size), data);
        EXPECT_FALSE(verdict.good());
        EXPECT_FALSE(equal(data, Bytes(data).first(size)));
    }
}

// Differences that cancel when added up, for whoever would sum instead of collect.
TEST(Equality, differences_of_opposite_sign_do_not_cancel) {
    const Data left = {1, 0, 5}, right = {0, 1, 5};
    Verdict verdict;
    core::judge_equal(verdict, left, right);
    EXPECT_FALSE(verdict.good());
    EXPECT_FALSE(equal(left, right));
}

} // namespace
} // namespace outboot::crypto::test
