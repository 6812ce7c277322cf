// What one history does to a device, as pictures of its slots: one after each step.
#pragma once

#include <string>
#include <vector>

#include "explore/geometry.hpp"

namespace outboot::explore {

// One letter for each cell of a chip: '.' erased; '0' and up: that image in clear; 'a' and up: staged; 'A' and up:
// its backup; '~' torn; '?' anything else.
struct Frame {
    std::vector<std::string> story; // what happened since the frame before
    std::string inside;             // primary slot
    std::string outside;            // whole external chip
};

inline constexpr std::uint32_t picture_cell_bytes = 64;

struct Picture {
    std::vector<Frame> frames;
    std::string wrong; // in the end; empty: nothing
};

Picture picture_of(const Geometry& geometry, const std::vector<Step>& history);

} // namespace outboot::explore
