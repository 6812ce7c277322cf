// Code flash: erase blocks in runs of different sizes, program units that can be programmed once per erase.
//
// Knows nothing of sequencers, CPUs or time: the explorer uses it too. Offsets count from the device's start.
// R01UH0890 §47 and FSP r_flash_hp: blocks 0-7 of 8 KB, then 32 KB; program unit 128 bytes; erased = 0xff.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "board/page_buffer.hpp"
#include "board/random.hpp"
#include "core/layout.hpp"

namespace outboot::board {

class CodeFlash {
  public:
    struct Block {
        std::uint32_t index = 0;
        std::uint32_t offset = 0;
        std::uint32_t size = 0;
    };
    enum class Unit : std::uint8_t { erased = 'e', programmed = 'p', torn = 't' };

    CodeFlash(); // the RA6M4's 1 MB
    CodeFlash(std::span<const core::BlockRun> runs, std::uint32_t unit_bytes);

    std::uint32_t size() const { return static_cast<std::uint32_t>(bytes_.size()); }
    std::uint32_t unit_bytes() const { return unit_bytes_; }
    const std::vector<Block>& blocks() const { return blocks_; }
    const Block& block_at(std::uint32_t offset) const;

    // Contents as they are read. The address of bytes().data() never changes, copy assignment included.
    std::span<const std::uint8_t> bytes() const { return bytes_; }
    std::uint8_t* mapping() { return bytes_.data(); }
    Unit unit_state(std::uint32_t offset) const { return units_[offset / unit_bytes_]; }
    std::uint32_t erase_count(std::uint32_t block) const { return erases_[block]; }

    // Why a program of `count` bytes at `offset` is against the rules; empty if it isn't: exactly one unit, aligned,
    // inside the device, erased since it was last programmed or torn. Over-programming is forbidden on this flash.
    std::string program_refusal(std::uint32_t offset, std::size_t count) const;

    // `offset` may be anywhere in the block.
    void erase(std::uint32_t offset);
    // The supply failed or the operation was stopped in the middle: the contents are old, erased and random bits mixed,
    // and the units must be erased before they are programmed.
    void erase_torn(std::uint32_t offset, Random& random);
    // Only after program_refusal() said nothing.
    void program(std::uint32_t offset, std::span<const std::uint8_t> bytes);
    void program_torn(std::uint32_t offset, std::span<const std::uint8_t> bytes, Random& random);

    // Factory programming and files: sets bytes without wear; units that are all 0xff count as erased, others as
    // programmed.
    void load(std::uint32_t offset, std::span<const std::uint8_t> bytes);
    // One character per unit (enum Unit) and the erase counts, for files. Throws std::invalid_argument if they don't
    // fit.
    std::string unit_states() const;
    void set_state(std::string_view unit_states, std::span<const std::uint32_t> erase_counts);
    std::span<const std::uint32_t> erase_counts() const { return erases_; }

  private:
    PageBuffer bytes_;
    std::vector<Block> blocks_;
    std::vector<Unit> units_;
    std::vector<std::uint32_t> erases_;
    std::uint32_t unit_bytes_;
};

} // namespace outboot::board
