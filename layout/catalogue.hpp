// The parts a layout can name: what their memories are made of. Facts only; what is done with them is decided
// elsewhere.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/layout.hpp"

namespace outboot::layouts {

struct AddressRange {
    std::uint32_t address = 0;
    std::uint32_t size = 0; // bytes

    [[nodiscard]] constexpr std::uint64_t end() const { return std::uint64_t{address} + size; }
    [[nodiscard]] constexpr bool contains(std::uint64_t at) const { return at >= address && at < end(); }
};

struct McuPart {
    std::string name; // without package and temperature suffix
    std::uint32_t code_flash_address = 0;
    std::vector<core::BlockRun> code_flash_blocks; // ascending
    std::uint32_t code_flash_program_unit = 0;     // bytes
    std::uint32_t data_flash_address = 0;
    core::BlockRun data_flash_blocks;
    std::uint32_t data_flash_program_unit = 0;
    AddressRange ram;
    AddressRange option_setting;          // never written by us: some of its bits are for ever
    AddressRange external_window;         // where the external chip's offset 0 is mapped
    std::uint32_t vector_table_align = 0; // bytes; VTOR demands it of the payload's start
};

struct EraseKind {
    std::uint32_t size = 0;       // bytes
    std::uint32_t typical_ms = 0; // data sheet, typical
};

struct NorPart {
    std::string name;
    std::uint32_t size = 0;          // bytes
    std::uint8_t address_bytes = 0;  // in its commands, as the ports drive it
    std::array<EraseKind, 3> erases; // ascending
    std::uint32_t jedec_id = 0;      // 0x00MMTTCC: manufacturer, type, capacity
    std::uint32_t jedec_id_mask = 0; // bits that must match; clear where variants of one part differ
};

const std::vector<McuPart>& mcu_parts();
const std::vector<NorPart>& nor_parts();

// nullptr if there is none of that name.
const McuPart* find_mcu(const std::string& name);
const NorPart* find_nor(const std::string& name);

} // namespace outboot::layouts
