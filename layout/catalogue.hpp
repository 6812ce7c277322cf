// The parts a layout can name: what their memories are made of. Facts only; what is done with them is decided
// elsewhere.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
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

struct EraseTime {
    std::uint32_t block = 0;      // bytes
    std::uint32_t typical_us = 0; // 0: unknown
};

// An internal flash. Times and cycles serve the estimates of `outboot layout check` and nothing else.
struct FlashPart {
    std::uint32_t address = 0;
    std::vector<core::BlockRun> blocks; // ascending; none: the MCU has no such memory
    std::uint32_t program_unit = 0;     // bytes
    std::vector<EraseTime> erase_times; // one per block size
    std::uint32_t program_us = 0;       // one unit, typical
    std::uint32_t cycles = 0;           // erases a block is specified for

    [[nodiscard]] std::uint32_t size() const; // bytes
    [[nodiscard]] std::uint32_t erase_us(std::uint32_t block) const;
};

// Windows that a Renesas FSP project's memory_regions.ld names, beyond what a layout is about.
struct FspWindows {
    AddressRange sdram;
    AddressRange ospi_0;
    AddressRange ospi_1;
};

struct McuPart {
    std::string name; // without package and temperature suffix
    FlashPart code_flash;
    FlashPart data_flash = {}; // perhaps none
    AddressRange ram;
    AddressRange option_setting;          // never written by us: some of its bits are for ever; size 0: not mapped
    AddressRange external_window;         // where the external chip's offset 0 is mapped
    std::uint32_t vector_table_align = 0; // bytes; VTOR demands it of the payload's start
    std::optional<FspWindows> fsp = {};   // a part that FSP supports
    bool by_hand = false;                 // described in the layout file
};

struct EraseKind {
    std::uint32_t size = 0;       // bytes
    std::uint32_t typical_ms = 0; // data sheet, typical; 0: unknown
    std::uint8_t opcode = 0;
};

struct NorPart {
    std::string name;
    std::uint32_t size = 0;          // bytes
    std::uint8_t address_bytes = 0;  // in its commands, as the ports drive it
    std::vector<EraseKind> erases;   // ascending
    std::uint32_t page_us = 0;       // programs 256 bytes, typical; 0: unknown
    std::uint32_t cycles = 0;        // erases a block is specified for
    std::uint32_t jedec_id = 0;      // 0x00MMTTCC: manufacturer, type, capacity
    std::uint32_t jedec_id_mask = 0; // bits that must match; clear where variants of one part differ

    // The erase that chunks are fitted to: the fastest per byte that isn't larger than a usual chunk.
    [[nodiscard]] std::uint32_t chunk_erase() const;
};

inline constexpr std::uint32_t nor_page_bytes = 256;

using McuPointer = std::shared_ptr<const McuPart>;
using NorPointer = std::shared_ptr<const NorPart>;

const std::vector<McuPointer>& mcu_parts();
const std::vector<NorPointer>& nor_parts();

// nullptr if there is none of that name.
McuPointer find_mcu(const std::string& name);
NorPointer find_nor(const std::string& name);

} // namespace outboot::layouts
