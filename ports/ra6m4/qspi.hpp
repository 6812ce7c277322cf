// The layout's SPI NOR on the RA6M4's QSPI controller: mapped reads, everything else in direct communication mode
// (R01UH0890 "Quad Serial Peripheral Interface"; commands as in the W25Q16JV and MX25 data sheets).
//
// A chip that has gone away reads as ones without any error, so each read is followed by the JEDEC id: data count only
// if the chip that gave them is still there.
#pragma once

#include "format/image.hpp"

namespace outboot::ra6m4 {

using format::Bytes;
using format::MutableBytes;

class QspiNor {
  public:
    // Brings controller and chip up, out of whatever state a reset has left the chip in: continuous read, QPI,
    // power-down, a running or a suspended erase. False: no answer, or another chip.
    static bool open();

    // Controller and pins as after reset; the chip waits for commands in single-line mode.
    static void close();

    // Makes the chip readable at its mapped address.
    static void map();

    static bool read(std::uint32_t at, MutableBytes bytes);
    static bool erase(std::uint32_t at, std::uint32_t bytes); // whole 4 KB blocks, by the largest opcode that fits
    static bool program(std::uint32_t at, Bytes bytes);       // any range of erased bytes
};

} // namespace outboot::ra6m4
