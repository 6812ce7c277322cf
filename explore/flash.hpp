// Flash with the rules of all three kinds a product has, as the explorer needs it: a small value that can be copied,
// compared and hashed, and whose unstable cells are *asked about* instead of drawn.
//
// A unit whose program or erase was interrupted is torn. Until the next completed erase each read of it may give what
// was written there last, the erased value, or noise, another one each time: whoever reads is given one of these by a
// Chooser, so that exploration can take all of them and a test can draw. One torn state is enough: what an interrupted
// operation did to some cells and not to others reads like one of the three, and whether it will read so again is never
// promised.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "core/layout.hpp"
#include "format/image.hpp"

namespace outboot::explore {

using format::Bytes;
using format::MutableBytes;

// Answers questions that the hardware leaves open: a number below `count`.
class Chooser {
  public:
    virtual std::uint32_t choose(std::uint32_t count) = 0;

  protected:
    ~Chooser() = default;
};

// The core broke a rule of the chip.
struct RuleBroken : std::logic_error {
    using std::logic_error::logic_error;
};

class Flash {
  public:
    enum class Unit : std::uint8_t { erased, programmed, torn, dead }; // dead: torn, and never again reads as anything

    struct Kind {
        std::uint32_t unit_bytes = 0;
        bool whole_units = true;         // programs cover whole units
        bool erased_reads_noise = false; // data flash
    };

    // Blocks in ascending order.
    Flash(Kind kind, std::span<const core::BlockRun> blocks);

    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(bytes_.size()); }
    [[nodiscard]] std::uint32_t unit_bytes() const { return kind_.unit_bytes; }
    [[nodiscard]] std::uint32_t block_size(std::uint32_t at) const; // of the block that begins at `at`; 0: none does

    void read(std::uint32_t at, MutableBytes out, Chooser& chooser) const;

    // Both throw RuleBroken for what silicon refuses. `at` is the block's first byte.
    void erase(std::uint32_t at);
    void program(std::uint32_t at, Bytes bytes);

    // The operation was interrupted.
    void tear_erase(std::uint32_t at);
    void tear_program(std::uint32_t at, Bytes bytes);
    // The block's torn units stay noise until they are erased.
    void kill(std::uint32_t at);

    // Factory programming. Any place, any contents; the units count as programmed.
    void load(std::uint32_t at, Bytes bytes);

    // For checks and for hashing. Erased and dead units hold the erased value here.
    [[nodiscard]] Bytes bytes() const { return bytes_; }
    [[nodiscard]] std::span<const Unit> units() const { return units_; }
    [[nodiscard]] bool all(Unit unit, std::uint32_t from, std::uint32_t to) const;
    [[nodiscard]] bool any_torn(std::uint32_t from, std::uint32_t to) const;

    bool operator==(const Flash& other) const { return bytes_ == other.bytes_ && units_ == other.units_; }

    // Contents in 128 bits, kept up to date with every change. Equal contents, equal digests.
    using Digest = std::array<std::uint64_t, 2>;
    [[nodiscard]] const Digest& digest() const { return digest_; }
    [[nodiscard]] Digest digest_of(std::uint32_t from, std::uint32_t to) const;

  private:
    [[nodiscard]] std::span<Unit> units_of(std::uint32_t at, std::uint32_t bytes);
    void program_as(Unit unit, std::uint32_t at, Bytes bytes);
    void add_digest(Digest& digest, std::uint32_t unit, std::uint64_t sign) const;

    template <class Change>
    void change(std::uint32_t at, std::uint32_t bytes, Change change);

    Kind kind_;
    std::vector<core::BlockRun> blocks_;
    std::vector<std::uint8_t> bytes_;
    std::vector<Unit> units_;
    Digest digest_{};
};

} // namespace outboot::explore
