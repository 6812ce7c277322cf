// Code flash and data flash of the RA6M4, through the flash sequencer ("FACI", R01UH0890 "Flash Memory").
//
// While code flash is in P/E mode nothing may be fetched or read from it, so the one routine that drives the sequencer
// runs from RAM (section .ramcode) and is handed everything it needs; it is the same for both memories. The caller
// makes sure that no interrupt handler in code flash can run meanwhile.
#pragma once

#include "format/image.hpp"

namespace outboot::ra6m4 {

using format::Bytes;
using format::MutableBytes;

// Once after every clock change. `fclk_mhz` 4 to 50, rounded up.
void flash_begin(std::uint32_t fclk_mhz);

// Forbids programming and erasing again, as after reset.
void flash_end();

// 8 KB blocks below 0x10000, 32 KB above; 128-byte units. Offsets count from address 0.
struct CodeFlash {
    static constexpr std::uint32_t program_unit = 128;

    static constexpr std::uint32_t block_bytes(std::uint32_t at) { return at < 0x10000 ? 0x2000 : 0x8000; }

    static bool read(std::uint32_t at, MutableBytes bytes);
    static bool erase(std::uint32_t at, std::uint32_t bytes); // whole blocks
    static bool program(std::uint32_t at, Bytes bytes);       // whole units, from a source in RAM
};

// 64-byte blocks, 4-byte units; erased, it reads as noise.
struct DataFlash {
    static constexpr std::uint32_t program_unit = 4;
    static constexpr std::uint32_t block_bytes = 64;

    static bool read(std::uint32_t at, MutableBytes bytes);
    static bool erase(std::uint32_t at, std::uint32_t bytes);
    static bool program(std::uint32_t at, Bytes bytes);

    // What the sequencer's blank check says of [at, at + bytes), a multiple of 4. A hint, never more: a unit whose
    // program or erase was interrupted may answer either.
    static bool blank(std::uint32_t at, std::uint32_t bytes);
};

} // namespace outboot::ra6m4
