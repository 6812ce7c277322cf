// The erase blocks of one memory, and which of them an address range consists of.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/layout.hpp"
#include "layout/model.hpp"
#include "layout/spec.hpp"

namespace outboot::layouts {

class Geometry {
  public:
    Geometry(std::uint32_t address, std::vector<core::BlockRun> runs);

    [[nodiscard]] std::uint32_t address() const { return address_; } // where offset 0 is mapped
    [[nodiscard]] std::uint32_t size() const { return size_; }       // bytes
    [[nodiscard]] std::uint32_t smallest_block() const;

    // Nearest block boundary at or below / at or above. An offset beyond the end stays beyond it.
    [[nodiscard]] std::uint64_t floor(std::uint64_t offset) const;
    [[nodiscard]] std::uint64_t ceil(std::uint64_t offset) const;
    [[nodiscard]] bool on_boundary(std::uint64_t offset) const { return floor(offset) == offset; }

    // The blocks between two boundaries, as runs of equal size, ascending.
    [[nodiscard]] std::vector<core::BlockRun> blocks(std::uint64_t begin, std::uint64_t end) const;

    // "8 x 8 KB, 30 x 32 KB"
    [[nodiscard]] std::string describe() const;

  private:
    std::uint32_t address_;
    std::vector<core::BlockRun> runs_;
    std::uint32_t size_ = 0;
};

// `external` may be nullptr unless `memory` is the external chip.
Geometry geometry_of(Memory memory, const McuPart& mcu, const NorPart* external);

// Where the journal lies: in the data flash, or, for an MCU without one, in the code flash.
Memory journal_memory(const McuPart& mcu);
const FlashPart& journal_flash(const McuPart& mcu);

// False for data flash if the MCU has none.
bool has_memory(Memory memory, const McuPart& mcu);

// The chunks of a primary slot made of these blocks, ascending, exactly as the bootloader groups them (core/plan.hpp);
// empty if they can't be grouped.
std::vector<Chunk> chunk_table(const std::vector<core::BlockRun>& blocks, std::uint32_t external_block);

} // namespace outboot::layouts
