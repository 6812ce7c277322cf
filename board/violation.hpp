// A rule of the hardware that the firmware broke.
#pragma once

#include <cstdint>
#include <string>

#include "board/time.hpp"

namespace outboot::board {

struct Violation {
    std::string what;
    std::uint32_t pc = 0; // start of the translated block that did it, a few instructions early at most
    Picoseconds time = 0;
};

} // namespace outboot::board
