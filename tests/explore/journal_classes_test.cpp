// What the exploration of the journal rests on: that only the order of generations counts, and that whatever mixture of
// bits a torn unit may read as, the fold sees what was written or nothing.
#include <random>

#include <gtest/gtest.h>

#include "core/journal.hpp"
#include "explore/model_crypto.hpp"

namespace outboot::explore {
namespace {

constexpr std::uint32_t banks = 4;
constexpr std::uint32_t bank_bytes = 64;
constexpr std::uint32_t s_bytes = 32;

core::Layout layout_of_banks() {
    core::Layout layout;
    layout.journal_program_unit = 4;
    layout.journal_banks = banks;
    layout.journal_bank_bytes = bank_bytes;
    layout.journal = {0, banks * bank_bytes};
    return layout;
}

// Plain memory that writes down what is done to it.
struct Memory {
    core::Layout product = layout_of_banks();
    std::vector<std::uint8_t> bytes = std::vector<std::uint8_t>(banks * bank_bytes, 0xff);
    std::vector<std::uint32_t> operations; // where, and whether it is an erase

    [[nodiscard]] const core::Layout& layout() const { return product; }
    bool read(std::uint32_t at, core::MutableBytes out) const {
        std::copy_n(bytes.begin() + at, out.size(), out.begin());
        return true;
    }
    bool erase(std::uint32_t at, std::uint32_t count) {
        operations.push_back(at << 1 | 1);
        std::fill_n(bytes.begin() + at, count, std::uint8_t{0xff});
        return true;
    }
    bool program(std::uint32_t at, core::Bytes data) {
        operations.push_back(at << 1);
        std::ranges::copy(data, bytes.begin() + at);
        return true;
    }
    void before_erase(std::uint32_t) {}
};

using Journal = core::Journal<ModelHash, Memory>;

struct Dice {
    std::mt19937 engine{1};
    std::uint32_t operator()() { return static_cast<std::uint32_t>(engine()); }
};

// A bank as FORMAT.md gives it, with its first `marks` marks: C, D, progress.
void put_bank(Memory& memory, std::uint32_t bank, std::uint32_t generation, std::uint16_t move, std::uint32_t marks) {
    std::uint8_t* const block = &memory.bytes[bank * bank_bytes];
    core::State state;
    state.move = move;
    format::put32(block, generation);
    std::memcpy(block + 4, &state, sizeof state);
    const auto digest = ModelHash::of({{block, 24}});
    std::copy_n(digest.begin(), 8, block + 24);
    const std::uint32_t check = format::get32(block + 24);
    const std::uint32_t step = format::get32(block + 28) | 1U;
    for (std::uint32_t mark = 0; mark < marks; ++mark) {
        format::put32(block + s_bytes + 4 * mark, check + step * (mark + 1));
    }
}

struct Seen {
    bool found = false;
    bool settled = false;
    std::uint16_t move = 0;
    std::vector<std::uint32_t> operations;
    bool operator==(const Seen&) const = default;
};

// Folds, and writes the next state.
Seen play(Memory memory) {
    Journal journal(memory);
    Seen seen;
    seen.found = journal.load();
    seen.settled = journal.settled();
    seen.move = journal.state().move;
    core::State next = journal.state();
    ++next.move;
    EXPECT_TRUE(journal.write(next));
    EXPECT_TRUE(journal.advance());
    seen.operations = memory.operations;
    return seen;
}

TEST(Classes, of_generations_only_the_order_counts) {
    Dice dice;
    int closed = 0;
    for (int round = 0; round < 3000; ++round) {
        std::vector<std::uint32_t> order{1, 2, 3, 4};
        std::ranges::shuffle(order, dice.engine);
        const std::uint32_t factor = 1 + dice() % 100000;
        const std::uint32_t offset = dice() % 1000000;
        Memory near;
        Memory far;
        for (std::uint32_t bank = 0; bank < banks; ++bank) {
            const std::uint32_t marks = dice() % 6; // none: without C
            if (dice() % 4 == 0) continue;          // empty
            put_bank(near, bank, order[bank], static_cast<std::uint16_t>(10 * bank), marks);
            put_bank(far, bank, order[bank] * factor + offset, static_cast<std::uint16_t>(10 * bank), marks);
            closed += marks != 0 ? 1 : 0;
        }
        ASSERT_EQ(play(near), play(far)) << "round " << round;
    }
    EXPECT_GT(closed, 1000);
}

// Bank 0 is settled; bank 1 is written on top of it and was torn.
class TornBank : public testing::Test {
  protected:
    static constexpr std::uint32_t begin = bank_bytes;

    TornBank() {
        put_bank(whole_, 0, 7, 1, 2);
        before_ = whole_;
        put_bank(whole_, 1, 8, 2, 3);
    }

    [[nodiscard]] static Seen fold(Memory memory) {
        Journal journal(memory);
        return {.found = journal.load(), .settled = journal.settled(), .move = journal.state().move, .operations = {}};
    }

    // As if none of these units had ever been written, from each of the five of which the fold may see all or nothing.
    [[nodiscard]] std::vector<Seen> outcomes_by_unit() const {
        std::vector<Seen> outcomes;
        for (unsigned seen = 0; seen < 16; ++seen) { // S, C, D, one mark of progress
            Memory memory = before_;
            const auto copy = [&](std::uint32_t at, std::uint32_t count) {
                std::copy_n(whole_.bytes.begin() + begin + at, count, memory.bytes.begin() + begin + at);
            };
            if ((seen & 1) != 0) copy(0, s_bytes);
            for (std::uint32_t mark = 0; mark < 3; ++mark) {
                if ((seen >> (mark + 1) & 1) != 0) copy(s_bytes + 4 * mark, 4);
            }
            outcomes.push_back(fold(memory));
        }
        return outcomes;
    }

    Memory before_;
    Memory whole_;
};

TEST_F(TornBank, one_bit_that_is_not_as_written_is_as_good_as_none) {
    for (std::uint32_t bit = 0; bit < s_bytes * 8; ++bit) {
        Memory memory = whole_;
        memory.bytes[begin + bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
        EXPECT_EQ(fold(memory), fold(before_)) << "bit " << bit << " of S";
    }
    for (std::uint32_t bit = 0; bit < 32; ++bit) {
        Memory memory = whole_;
        memory.bytes[begin + s_bytes + bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
        EXPECT_EQ(fold(memory), fold(before_)) << "bit " << bit << " of C";
    }
}

TEST_F(TornBank, any_mixture_of_bits_reads_as_written_or_as_nothing) {
    const std::vector<Seen> outcomes = outcomes_by_unit();
    Dice dice;
    int as_written = 0;
    constexpr int rounds = 20000;
    for (int round = 0; round < rounds; ++round) {
        Memory memory = before_;
        const std::uint32_t kept = dice() % 4; // how far this one got
        for (std::uint32_t i = 0; i < s_bytes + 12; ++i) {
            const auto noise = static_cast<std::uint8_t>(dice());
            const auto mask = static_cast<std::uint8_t>(i / 4 < 8 + kept && dice() % 64 != 0 ? 0xff : dice());
            const std::uint8_t value = whole_.bytes[begin + i];
            memory.bytes[begin + i] = static_cast<std::uint8_t>((value & mask) | (noise & ~mask));
        }
        const Seen seen = fold(memory);
        as_written += seen.move >= 2 ? 1 : 0;
        ASSERT_NE(std::ranges::find(outcomes, seen), outcomes.end()) << "round " << round;
    }
    EXPECT_GT(as_written, rounds / 100);
    EXPECT_LT(as_written, rounds - rounds / 100);
}

} // namespace
} // namespace outboot::explore
