// A device's serial number: text at a place in one of the layout's application regions.
#pragma once

#include <string>

#include "layout/model.hpp"
#include "tool/program.hpp"

namespace outboot::tool {

struct SerialPlace {
    std::string region;
    std::uint64_t address = 0;
    std::uint32_t size = 0; // bytes; the last one is always zero
};

inline constexpr std::uint32_t default_serial_bytes = 32;

// "REGION", "REGION+OFFSET", "REGION+OFFSET:SIZE", "REGION:SIZE"; numbers as a layout has them. Throws Failure unless
// it lies in an application region, on whole program units.
SerialPlace serial_place(const std::string& text, const layouts::Model& layout);

// Why this can't be a serial number of that size; empty if it can. It is printable ASCII, without a space at its ends.
std::string objection_to_serial(const std::string& serial, std::uint32_t size);

// Filled up with zeros. Throws Failure.
Piece serial_piece(const std::string& serial, const SerialPlace& place);

} // namespace outboot::tool
