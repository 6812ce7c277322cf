// Decisions that one skipped instruction must not turn round.
//
// A `bool` is one bit in one register behind one branch. A Verdict is two words, each the difference that one of two
// separately coded checks found, laid over a pattern: nobody *sets* it to good, it is good only if both differences
// are zero. It starts bad, so a skipped call leaves it bad, and it is written in place rather than returned, so there
// is no stale return slot to be taken for an answer.
//
// How to use it: declare the Verdict, let the check write it, then ask good() in two places that are apart, e.g. once
// where the decision is taken and once more before what it permits:
//
//     Verdict verdict;
//     Crypto::ecdsa_verify(verdict, key, hash, signature);
//     if (!verdict.good()) return refuse();
//     …
//     if (!verdict.good()) return refuse(); // a branch, too, can be skipped
//     jump();
//
// Assumed attacker: one instruction of his choice is not executed. Not covered: two faults, wrong data on a bus.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace outboot::core {

class Verdict {
  public:
    Verdict() = default;     // bad
    ~Verdict() { reject(); } // no good verdict is left on the stack for the next one to find

    Verdict(const Verdict& other) : first_(other.first_), second_(other.second_) {}
    Verdict& operator=(const Verdict& other) {
        first_ = other.first_;
        second_ = other.second_;
        return *this;
    }

    void reject() {
        first_ = 0;
        second_ = 0;
    }

    // Good if both differences are zero. They must come from checks that share no instruction that decides, and both
    // must be non-zero whenever the thing decided on is false.
    void judge(std::uint32_t first_difference, std::uint32_t second_difference) {
        first_ = first_good ^ first_difference;
        second_ = second_good ^ second_difference;
    }

    // Reads both words from memory each time it is asked: the compiler can't fold two questions into one branch.
    [[nodiscard]] bool good() const { return first_ == first_good && second_ == second_good; }

  private:
    // Far from 0 and ~0, from each other, and from their own complements and neighbours in what a fault can do.
    static constexpr std::uint32_t first_good = 0x3ca5965a;
    static constexpr std::uint32_t second_good = 0x96c35aa5;

    volatile std::uint32_t first_ = 0;
    volatile std::uint32_t second_ = 0;
};

// Good if a and b have the same length and the same bytes. Compares twice, in opposite directions and with different
// operations, so that neither a loop left early nor a skipped instruction in it can pass off a difference. Takes the
// same time for all contents of a length.
inline void judge_equal(Verdict& verdict, std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
    verdict.reject();
    if (a.size() != b.size()) return;
    std::uint32_t first = 0;
    std::size_t compared = 0;
    for (; compared < a.size(); ++compared) first |= static_cast<std::uint32_t>(a[compared] ^ b[compared]);

    // Through volatile: these are reads of their own, not what the first loop had in registers.
    const volatile std::uint8_t* const left = a.data();
    const volatile std::uint8_t* const right = b.data();
    std::uint32_t second = static_cast<std::uint32_t>(compared - b.size());
    for (std::size_t i = b.size(); i-- > 0;) second |= std::uint32_t{left[i]} - std::uint32_t{right[i]};
    verdict.judge(first, second);
}

} // namespace outboot::core
