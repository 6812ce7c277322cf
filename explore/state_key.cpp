#include "explore/state_key.hpp"

#include <algorithm>

#include "explore/cryptography.hpp"

namespace outboot::explore {
namespace {

constexpr std::uint32_t unit = 4;
constexpr std::uint32_t s_bytes = 32; // S: generation, state, check

struct Bank {
    std::uint32_t at = 0;
    bool holds_state = false; // all of a good S, whether steady or not
    std::uint32_t generation = 0;
};

core::State state_in(const Flash& journal, const Bank& bank) {
    core::State state;
    std::memcpy(&state, &journal.bytes()[bank.at + 4], sizeof state);
    return state;
}

void add_record(Mixer& mixer, const Product& product, const Flash& journal, std::uint8_t index) {
    const auto& layout = product.layout();
    const std::uint32_t at = layout.journal.base + layout.journal_banks * layout.journal_bank_bytes +
                             (index - 1U) * layout.journal_record_bytes;
    // By contents: that the same record stands in the other place makes no difference.
    for (std::uint32_t i = 0; i < layout.journal_record_bytes; i += unit) {
        const auto state = journal.units()[(at + i) / unit];
        if (state == Flash::Unit::erased) continue;
        mixer.add(std::uint64_t{format::get32(&journal.bytes()[at + i])} << 8 | static_cast<std::uint64_t>(state));
    }
}

// Settled: exactly one bank, closed and done. Progress counts as the state it stands for.
Key settled_key(const Product& product, const Flash& journal, const std::vector<Bank>& banks) {
    Mixer mixer;
    for (const Bank& bank : banks) {
        if (!bank.holds_state) continue;
        core::State state = state_in(journal, bank);
        std::uint16_t progress = 0;
        const std::uint32_t end = bank.at + product.layout().journal_bank_bytes;
        for (std::uint32_t at = bank.at + s_bytes + 2 * unit; at < end; at += unit) {
            progress = static_cast<std::uint16_t>(progress + (journal.units()[at / unit] != Flash::Unit::erased));
        }
        state.move = static_cast<std::uint16_t>(state.move + progress);
        const std::uint8_t record = state.record;
        state.record = record == 0 ? 0 : 1;
        std::uint64_t words[3] = {};
        std::memcpy(words, &state, sizeof state);
        for (const auto word : words) mixer.add(word);
        mixer.add(progress != 0);
        if (record != 0) add_record(mixer, product, journal, record);
    }
    return mixer.key();
}

Key whole_key(const Product& product, const Flash& journal, std::vector<Bank> banks) {
    const auto& layout = product.layout();
    Mixer mixer;
    for (const Bank& bank : banks) {
        const auto older = std::ranges::count_if(
            banks, [&](const Bank& other) { return other.holds_state && other.generation < bank.generation; });
        mixer.add(bank.holds_state ? static_cast<std::uint64_t>(older) + 1 : 0);
        std::uint64_t units = 0;
        for (std::uint32_t at = bank.at; at < bank.at + layout.journal_bank_bytes; at += unit) {
            units = units << 2 | static_cast<std::uint64_t>(journal.units()[at / unit]);
        }
        mixer.add(units);
        if (!bank.holds_state) continue;
        std::uint64_t words[3] = {};
        const core::State state = state_in(journal, bank);
        std::memcpy(words, &state, sizeof state);
        for (const auto word : words) mixer.add(word);
    }
    const std::uint32_t records = layout.journal.base + layout.journal_banks * layout.journal_bank_bytes;
    mixer.add(journal.digest_of(records, layout.journal.base + layout.journal.size));
    return mixer.key();
}

// Rubbish that nobody wrote is no state.
bool good_check(const Flash& journal, std::uint32_t at) {
    constexpr std::uint32_t check_at = 24;
    const Bytes s = journal.bytes().subspan(at, s_bytes);
    const auto digest = hash_of(s.first(check_at));
    return std::equal(s.begin() + check_at, s.end(), digest.begin());
}

bool settled(const Flash& journal, const std::vector<Bank>& banks, std::uint32_t bank_bytes) {
    const auto is_other = [&](const Bank& bank) {
        return !bank.holds_state && !journal.all(Flash::Unit::erased, bank.at, bank.at + bank_bytes);
    };
    return std::ranges::count_if(banks, &Bank::holds_state) <= 1 && std::ranges::none_of(banks, is_other);
}

} // namespace

Key journal_key(const Product& product, const Flash& journal, bool whole) {
    const auto& layout = product.layout();
    std::vector<Bank> banks;
    for (std::uint32_t b = 0; b < layout.journal_banks; ++b) {
        const std::uint32_t at = layout.journal.base + b * layout.journal_bank_bytes;
        bool holds_state = true;
        for (std::uint32_t i = 0; i < s_bytes; i += unit) {
            const auto state = journal.units()[(at + i) / unit];
            holds_state = holds_state && (state == Flash::Unit::programmed || state == Flash::Unit::torn);
        }
        holds_state = holds_state && good_check(journal, at);
        banks.push_back({at, holds_state, format::get32(&journal.bytes()[at])});
    }
    const bool apart = whole || !settled(journal, banks, layout.journal_bank_bytes);
    return apart ? whole_key(product, journal, std::move(banks)) : settled_key(product, journal, banks);
}

Key state_key(const Product& product, const World& world, const Model& model, bool running, bool whole_journal) {
    Mixer mixer;
    mixer.add(world.code.digest());
    mixer.add(world.external.digest());
    const Key journal = journal_key(product, world.journal, whole_journal);
    mixer.add(journal.a);
    mixer.add(journal.b);
    mixer.add(model.key() << 1 | (running ? 1 : 0));
    return mixer.key();
}

} // namespace outboot::explore
