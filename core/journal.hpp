// The journal: all update state, in one small piece of internal flash. FORMAT.md gives every byte, DESIGN.md the
// argument.
//
// Banks of one erase block each hold S (state), C (closed), D (done) and progress units; two begin-records follow them:
//
//     | S C D p p p… | S C D p… | … six banks … |  record A  |  record B  |
//
// The rule, in the order its writes happen (every step is read back):
//   1. erase a victim: a bank that shows no C, else the one with the highest generation;
//   2. write S with a generation above every visible one, then C;
//   3. erase every other bank: those that show no C first, then from the highest generation down;
//   4. write D. Only now may anything irreversible follow.
// A unit whose program or erase was interrupted may read differently at every boot, so: each unit is read once, blank
// checks decide nothing, and progress is believed only behind D and added to only by the session that wrote that D.
#pragma once

#include <array>
#include <cstring>

#include "core/digest.hpp"
#include "core/state.hpp"

namespace outboot::core {

// `Device` is internal flash by offsets from its start: bool read(offset, MutableBytes), bool erase(offset, bytes),
// bool program(offset, Bytes), const Layout& layout(), void before_erase(closed_banks), which waits for a stable
// supply: longer, the more banks read closed, since a brown-out must not cut one erase after another (DESIGN.md, "What
// the journal can't survive").
template <class Sha256, class Device>
class Journal {
  public:
    static constexpr std::size_t max_banks = 8;

    explicit Journal(Device& device) : device_(device) {}

    // Reads every unit once. False: nothing closed, the journal is empty or lost, and state() is a fresh one.
    bool load() {
        std::uint32_t newest = 0;
        state_ = {};
        settled_ = writable_ = false;
        for (std::uint32_t b = 0; b < layout().journal_banks; ++b) {
            std::array<std::uint8_t, state_bytes> block;
            if (!read_bank(b, block) || !banks_[b].closed) continue;
            const bool done = shows(b, done_mark);
            if (banks_[b].generation <= newest) continue;
            newest = banks_[b].generation;
            std::memcpy(&state_, &block[4], sizeof state_);
            std::uint32_t mark = first_progress_mark;
            for (; done && mark < marks_per_bank() && shows(b, mark); ++mark) ++state_.move;
            settled_ = done && mark == first_progress_mark;
        }
        return newest != 0;
    }

    [[nodiscard]] const State& state() const { return state_; }

    // What was read may be acted on without writing first.
    [[nodiscard]] bool settled() const { return settled_; }

    // This session has written D: what it read before is gone from every other bank.
    [[nodiscard]] bool written() const { return writable_; }

    // Makes `next` the state. False: the journal can't be written; state() is unchanged.
    bool write(const State& next) {
        std::uint32_t generation = 0;
        std::uint32_t closed = 0;
        for (std::uint32_t b = 0; b < layout().journal_banks; ++b) {
            generation = std::max(generation, banks_[b].generation);
            closed += banks_[b].closed ? 1 : 0;
        }
        if (!supply_checked_) device_.before_erase(closed);
        supply_checked_ = true;
        settled_ = writable_ = false;
        const std::uint32_t bank = open_bank(next, generation);
        if (bank == no_bank || !erase_others(bank) || !put_mark(bank, done_mark)) return false;
        state_ = next;
        current_ = bank;
        next_mark_ = first_progress_mark;
        settled_ = writable_ = true;
        return true;
    }

    // Records by a mark that one more move is done. False: it needs a write(), since there was none in this session,
    // the bank is full, or the mark can't be written.
    bool advance() {
        if (!writable_ || next_mark_ >= marks_per_bank() || !put_mark(current_, next_mark_)) return false;
        ++next_mark_;
        ++state_.move;
        return true;
    }

    // Stores a begin-record where the current one is not, and makes `next` refer to it. Needs a write() before it in
    // this session: until then the area may still be referred to by a bank that hasn't been erased.
    bool write_record(BeginRecord& record, State& next) {
        if (!writable_) return false;
        seal(record);
        const std::uint8_t index = state_.record == 1 ? 2 : 1;
        const std::uint32_t at = record_offset(index);
        if (!device_.erase(at, layout().journal_record_bytes) || !device_.program(at, as_bytes(record))) return false;
        next.record = index;
        next.record_check = check_word(record);
        return read_record(next, record); // its check covers every byte
    }

    // Reads the begin-record that `state` refers to. False: none, or not the one that was written.
    bool read_record(const State& state, BeginRecord& record) {
        if (state.record != 1 && state.record != 2) return false;
        if (!device_.read(record_offset(state.record), as_mutable(record))) return false;
        const auto claimed = record.check;
        seal(record);
        return claimed == record.check && check_word(record) == state.record_check &&
               record.magic == BeginRecord::expected_magic && same_fingerprint(record.fingerprint, layout());
    }

  private:
    static constexpr std::uint32_t state_bytes = 32; // generation 4, state 20, check 8
    static constexpr std::uint32_t check_at = 24;
    static constexpr std::uint32_t no_bank = ~0U;

    // What follows S in a bank, one program unit each.
    static constexpr std::uint32_t close_mark = 0;
    static constexpr std::uint32_t done_mark = 1;
    static constexpr std::uint32_t first_progress_mark = 2;

    struct Bank {
        std::uint32_t generation = 0; // of a visible S, else 0
        std::uint32_t check[2] = {};
        bool closed = false;
    };

    [[nodiscard]] const Layout& layout() const { return device_.layout(); }

    [[nodiscard]] std::uint32_t mark_offset(std::uint32_t bank, std::uint32_t mark) const {
        const std::uint32_t unit = layout().journal_program_unit;
        return bank_offset(bank) + (state_bytes + unit - 1) / unit * unit + mark * unit;
    }

    [[nodiscard]] std::uint32_t marks_per_bank() const {
        return (bank_offset(1) - mark_offset(0, 0)) / layout().journal_program_unit;
    }

    [[nodiscard]] std::uint32_t bank_offset(std::uint32_t bank) const {
        return layout().journal.base + bank * layout().journal_bank_bytes;
    }

    [[nodiscard]] std::uint32_t record_offset(std::uint8_t index) const {
        return bank_offset(layout().journal_banks) + (index - 1U) * layout().journal_record_bytes;
    }

    // Marks are derived from the bank's own check, so no stray content can pass for one.
    static std::uint32_t mark_value(const Bank& bank, std::uint32_t mark) {
        return bank.check[0] + (bank.check[1] | 1U) * (mark + 1);
    }

    static void state_check(const std::uint8_t* block, void* check) {
        std::array<std::uint8_t, 32> digest;
        digest_of<Sha256>({block, check_at}, digest);
        std::memcpy(check, digest.data(), 8);
    }

    bool shows(std::uint32_t bank, std::uint32_t mark) {
        std::uint8_t raw[4];
        return device_.read(mark_offset(bank, mark), raw) && format::get32(raw) == mark_value(banks_[bank], mark);
    }

    // S and C of one bank. False: no valid S.
    bool read_bank(std::uint32_t b, std::array<std::uint8_t, state_bytes>& block) {
        Bank& bank = banks_[b];
        bank = {};
        if (!device_.read(bank_offset(b), block)) return false;
        state_check(block.data(), bank.check);
        if (std::memcmp(bank.check, &block[check_at], sizeof bank.check) != 0) return false;
        bank.generation = format::get32(block.data());
        bank.closed = shows(b, close_mark);
        return true;
    }

    bool put(std::uint32_t offset, const std::uint8_t* from, std::size_t bytes) {
        std::array<std::uint8_t, state_bytes> back;
        return device_.program(offset, {from, bytes}) && device_.read(offset, {back.data(), bytes}) &&
               std::memcmp(back.data(), from, bytes) == 0;
    }

    bool put_mark(std::uint32_t bank, std::uint32_t mark) {
        std::uint8_t raw[4];
        format::put32(raw, mark_value(banks_[bank], mark));
        return put(mark_offset(bank, mark), raw, sizeof raw);
    }

    // The order in which banks fall: those that show no C first, then from the highest generation down.
    [[nodiscard]] std::uint32_t next_to_erase(std::uint32_t candidates) const {
        std::uint32_t first = no_bank;
        std::uint32_t highest = 0;
        for (std::uint32_t b = 0; b < layout().journal_banks; ++b) {
            const std::uint32_t rank = banks_[b].closed ? banks_[b].generation : ~0U;
            if ((candidates >> b & 1U) == 0 || rank <= highest) continue;
            highest = rank;
            first = b;
        }
        return first;
    }

    bool erase_bank(std::uint32_t b) {
        if (!device_.erase(bank_offset(b), layout().journal_bank_bytes)) return false;
        banks_[b] = {};
        return true;
    }

    // Steps 1 and 2, with a generation above `generation`. A worn-out bank is passed over, but a closed one never falls
    // because another is worn out.
    std::uint32_t open_bank(const State& next, std::uint32_t generation) {
        std::uint8_t block[state_bytes];
        std::memcpy(block + 4, &next, sizeof next);
        const std::uint32_t all = (1U << layout().journal_banks) - 1;
        for (std::uint32_t left = all; left != 0;) {
            const std::uint32_t b = next_to_erase(left);
            if (banks_[b].closed && left != all) break;
            left &= ~(1U << b);
            // Each try has a generation of its own: what the last one left behind may still become readable.
            format::put32(block, ++generation);
            state_check(block, block + check_at);
            if (!erase_bank(b) || !put(bank_offset(b), block, sizeof block)) continue;
            banks_[b].generation = generation;
            std::memcpy(banks_[b].check, block + check_at, sizeof banks_[b].check);
            if (!put_mark(b, close_mark)) continue;
            banks_[b].closed = true;
            return b;
        }
        return no_bank;
    }

    // Step 3. An unclosed bank that can't be erased does no harm; a closed one would come back.
    bool erase_others(std::uint32_t keep) {
        for (std::uint32_t left = ((1U << layout().journal_banks) - 1) & ~(1U << keep); left != 0;) {
            const std::uint32_t b = next_to_erase(left);
            left &= ~(1U << b);
            if (!erase_bank(b) && banks_[b].closed) return false;
        }
        return true;
    }

    static void seal(BeginRecord& record) {
        std::array<std::uint8_t, 32> digest;
        digest_of<Sha256>(as_bytes(record).first(offsetof(BeginRecord, check)), digest);
        std::memcpy(record.check.data(), digest.data(), record.check.size());
    }

    static std::uint32_t check_word(const BeginRecord& record) { return format::get32(record.check.data()); }
    static Bytes as_bytes(const BeginRecord& r) { return {reinterpret_cast<const std::uint8_t*>(&r), sizeof r}; }
    static MutableBytes as_mutable(BeginRecord& r) { return {reinterpret_cast<std::uint8_t*>(&r), sizeof r}; }

    State state_; // first: short offsets
    bool settled_ = false;
    bool writable_ = false; // this session wrote D: progress may follow
    bool supply_checked_ = false;
    std::uint32_t current_ = no_bank;
    std::uint32_t next_mark_ = 0;
    Device& device_;
    std::array<Bank, max_banks> banks_{};
};

} // namespace outboot::core
