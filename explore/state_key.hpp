// What tells two states of a device apart, in 128 bits. States that no run can tell apart have the same key.
#pragma once

#include "explore/host_board.hpp"
#include "explore/mix.hpp"
#include "explore/model.hpp"

namespace outboot::explore {

struct Key {
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    bool operator==(const Key&) const = default;
};

struct KeyHash {
    std::size_t operator()(const Key& key) const { return key.a; }
};

class Mixer {
  public:
    void add(std::uint64_t value) {
        key_.a = mix(key_.a ^ value) + 0x9e3779b97f4a7c15;
        key_.b = mix(key_.b + value * 0xff51afd7ed558ccd) ^ 0xc4ceb9fe1a85ec53;
    }
    void add(const Flash::Digest& digest) {
        add(digest[0]);
        add(digest[1]);
    }
    [[nodiscard]] Key key() const { return key_; }

  private:
    Key key_;
};

// Of the journal's generations only the order counts (tests/explore shows it), so they are renamed by rank. Marks are
// not looked at: whether they are right is decided by the S in front of them, which is. `whole`: else the journal is
// settled whenever a state is taken, and one bank, whichever it is, says all.
Key journal_key(const Product& product, const Flash& journal, bool whole);

Key state_key(const Product& product, const World& world, const Model& model, bool running, bool whole_journal);

} // namespace outboot::explore
