// A journal on a data flash of its own, whose interrupted units read as they like.
#pragma once

#include <functional>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "core/journal.hpp"
#include "explore/flash.hpp"
#include "explore/model_crypto.hpp"

namespace outboot::core::journal_test {

using explore::Flash;

struct PowerCut {};
enum class When { before, inside, after };

// Data flash that can lose its supply, have worn-out blocks, and keeps a list of what was done to it.
class Chip : public explore::Chooser {
  public:
    explicit Chip(const Layout& layout)
        : layout_(layout),
          flash_({.unit_bytes = 4, .erased_reads_noise = true},
                 std::vector<BlockRun>{{layout.journal.size / layout.journal_bank_bytes, layout.journal_bank_bytes}}),
          block_bytes_(layout.journal_bank_bytes) {}

    [[nodiscard]] const Layout& layout() const { return layout_; }

    bool read(std::uint32_t at, MutableBytes out) {
        flash_.read(at, out, *this);
        return true;
    }

    bool erase(std::uint32_t at, std::uint32_t bytes) {
        for (std::uint32_t block = at; block < at + bytes; block += block_bytes_) {
            log.push_back("erase " + std::to_string(block / block_bytes_));
            if (worn.contains(block / block_bytes_)) return false;
            operate([&] { flash_.erase(block); }, [&] { tear_erase(block); });
        }
        return true;
    }

    bool program(std::uint32_t at, Bytes bytes) {
        const std::uint32_t block = at / block_bytes_;
        log.push_back("program " + std::to_string(block) + '+' + std::to_string(at % block_bytes_));
        if (unprogrammable.contains(block)) return false;
        operate([&] { flash_.program(at, bytes); }, [&] { flash_.tear_program(at, bytes); });
        return true;
    }

    void before_erase(std::uint32_t closed_banks) { log.push_back("supply " + std::to_string(closed_banks)); }

    std::uint32_t choose(std::uint32_t count) override { return choice ? choice(count) : 0; }

    Flash& flash() { return flash_; }
    void cut(std::uint32_t operation, When when) { cut_at_ = operation, cut_when_ = when, operations_ = 0; }
    [[nodiscard]] std::uint32_t operations() const { return operations_; }

    std::vector<std::string> log;
    std::set<std::uint32_t> worn;           // blocks whose erase fails
    std::set<std::uint32_t> unprogrammable; // blocks whose program fails
    std::function<std::uint32_t(std::uint32_t)> choice;
    std::function<bool()> torn_erase_may_live; // else the block never reads as anything again

  private:
    template <class Complete, class Tear>
    void operate(Complete complete, Tear tear) {
        const bool cut_here = operations_++ == cut_at_;
        if (cut_here && cut_when_ == When::before) throw PowerCut{};
        if (cut_here && cut_when_ == When::inside) tear();
        if (!cut_here || cut_when_ == When::after) complete();
        if (cut_here) throw PowerCut{};
    }

    void tear_erase(std::uint32_t block) {
        if (!torn_erase_may_live || torn_erase_may_live()) {
            flash_.tear_erase(block);
        } else {
            flash_.kill(block);
        }
    }

    const Layout& layout_;
    Flash flash_;
    std::uint32_t block_bytes_;
    std::uint32_t operations_ = 0;
    std::uint32_t cut_at_ = ~0U;
    When cut_when_ = When::before;
};

using TestJournal = Journal<explore::ModelHash, Chip>;

constexpr std::uint32_t bank_bytes = 64;
constexpr std::uint32_t record_bytes = 320;
constexpr std::uint32_t state_end = 32; // S; then C, D and progress, one unit each
constexpr std::uint32_t marks = (bank_bytes - state_end) / 4;

inline Layout layout_with(std::uint32_t banks) {
    Layout layout;
    layout.fingerprint = {1, 2, 3, 4, 5, 6, 7, 8};
    layout.journal = {0, banks * bank_bytes + 2 * record_bytes};
    layout.journal_bank_bytes = bank_bytes;
    layout.journal_banks = banks;
    layout.journal_record_bytes = record_bytes;
    return layout;
}

// As a boot does it: a mark, or else a new state.
inline bool progress(TestJournal& journal) {
    if (journal.advance()) return true;
    State next = journal.state();
    ++next.move;
    return journal.write(next);
}

class JournalTest : public testing::Test {
  protected:
    static constexpr std::uint32_t banks = 6;

    TestJournal session() {
        chip.log.clear();
        return TestJournal(chip);
    }

    TestJournal loaded() {
        TestJournal journal = session();
        EXPECT_TRUE(journal.load());
        chip.log.clear();
        return journal;
    }

    static State state_number(std::uint32_t n) {
        State state;
        state.counter_floor = n;
        return state;
    }

    // One session that writes `n`.
    void store(std::uint32_t n) {
        TestJournal journal = session();
        (void)journal.load();
        ASSERT_TRUE(journal.write(state_number(n)));
    }

    // The bank that holds the only state.
    std::uint32_t current_bank() {
        for (std::uint32_t b = 0; b < banks; ++b) {
            if (!chip.flash().all(Flash::Unit::erased, b * bank_bytes, (b + 1) * bank_bytes)) return b;
        }
        return banks;
    }

    void flip_bit(std::uint32_t at, unsigned bit) {
        const auto byte = static_cast<std::uint8_t>(chip.flash().bytes()[at] ^ 1U << bit);
        chip.flash().load(at, {&byte, 1});
    }

    Layout layout = layout_with(banks);
    Chip chip{layout};
};

// Calls `check` with a fresh session for every way in which the torn units may read.
inline void for_all_readings(Chip& chip, const std::function<void()>& check) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> path; // choice, alternatives
    for (;;) {
        std::size_t depth = 0;
        chip.choice = [&](std::uint32_t count) {
            if (depth == path.size()) path.emplace_back(0, count);
            return path[depth++].first;
        };
        check();
        while (!path.empty() && path.back().first + 1 == path.back().second) path.pop_back();
        if (path.empty()) break;
        ++path.back().first;
    }
    chip.choice = nullptr;
}

} // namespace outboot::core::journal_test
