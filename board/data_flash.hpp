// Data flash: 64-byte erase blocks, 4-byte units, and nothing that can be trusted where it isn't programmed.
//
// An erased unit reads as noise, another one at every read; only a blank check tells it from a programmed one. A unit
// whose program or erase was interrupted reads old, new, a mixture, or unsteadily, and may answer a blank check either
// way: drawn anew at every boot, until it is erased. Knows nothing of sequencers, CPUs or time: the explorer uses it
// too. R01UH0890 §47, FSP r_flash_hp; "worst the chip can do" for torn units is this project's assumption (DESIGN.md).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "board/random.hpp"

namespace outboot::board {

class DataFlash {
  public:
    static constexpr std::uint32_t unit_bytes = 4;
    enum class Unit : std::uint8_t { blank = 'e', programmed = 'p', torn = 't' };

    explicit DataFlash(std::uint32_t size_bytes = 0x2000, std::uint32_t block_bytes = 64, std::uint64_t seed = 1);

    std::uint32_t size() const { return static_cast<std::uint32_t>(cells_.size()) * unit_bytes; }
    std::uint32_t block_bytes() const { return block_bytes_; }
    Unit unit_state(std::uint32_t offset) const { return cells_[offset / unit_bytes].state; }
    std::span<const std::uint32_t> erase_counts() const { return erases_; }

    // A reset of any kind: torn units decide anew how they read.
    void new_boot();

    void read(std::uint32_t offset, std::span<std::uint8_t> out) const;
    // What the blank check says of one unit.
    bool reads_blank(std::uint32_t offset) const;

    // Why a program is against the rules; empty if it isn't: 4, 8 or 16 bytes, aligned to their count, blank.
    std::string program_refusal(std::uint32_t offset, std::size_t count) const;

    void erase(std::uint32_t offset); // the block that contains it
    void erase_torn(std::uint32_t offset);
    void program(std::uint32_t offset, std::span<const std::uint8_t> bytes);
    void program_torn(std::uint32_t offset, std::span<const std::uint8_t> bytes);

    // Factory programming and files, no wear. Every unit touched counts as programmed.
    void load(std::uint32_t offset, std::span<const std::uint8_t> bytes);
    // For files: the programmed (or, of torn units, the present) contents, blank units 0xff; one character per unit.
    std::vector<std::uint8_t> image() const;
    std::string unit_states() const;
    void set_state(std::string_view unit_states, std::span<const std::uint32_t> erase_counts);

  private:
    using Word = std::array<std::uint8_t, unit_bytes>;
    enum class Reading : std::uint8_t { old_content, new_content, mixture, unsteady };
    struct Cell {
        Unit state = Unit::blank;
        bool old_blank = true, new_blank = true; // torn: whether either end of the operation is blank
        Reading reading = Reading::old_content;  // torn: how it reads in this boot
        bool answers_blank = true;               // torn: the blank check in this boot
        Word word{}, old_word{}, mixed_word{};   // programmed or new; torn: what was before, what is between
    };

    void tear(Cell& cell, bool new_blank, const Word& new_word);
    void draw(Cell& cell);
    Word noise() const;

    std::vector<Cell> cells_;
    std::vector<std::uint32_t> erases_;
    std::uint32_t block_bytes_;
    mutable Random random_;
};

} // namespace outboot::board
