// The journal as a new device gets it.
#pragma once

#include "layout/model.hpp"
#include "tool/program.hpp"

namespace outboot::tool {

// The whole region: one bank that says idle, with this counter as the lowest that may run; all else 0xFF, so that
// nothing of an earlier life survives in it, wherever the programmer erases only what it programs. Written by the
// bootloader's own code.
Piece initial_journal(const layouts::Model& layout, std::uint32_t counter_floor);

} // namespace outboot::tool
