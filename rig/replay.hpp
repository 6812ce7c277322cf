// A history of the explorer on the real bootloader and application: the same steps, the supply cut at the same places,
// the same reference model as judge.
//
// What differs: a torn unit reads as the board has it, not as the history chose, and a step whose operation isn't come
// to, which can follow from that, goes on to its end. Images have the geometry's sizes times the scale, and the
// example application at their beginning.
#pragma once

#include "explore/cut_points.hpp"
#include "explore/outcome.hpp"
#include "rig/device.hpp"

namespace outboot::rig {

struct Replayed {
    std::string wrong; // with the device; empty: nothing
    unsigned boots = 0;
    unsigned cuts = 0;   // made
    unsigned missed = 0; // places that weren't come to
};

// How many times as large as in the geometry everything is on the device. Throws std::invalid_argument, saying what, if
// they are not of one shape.
std::uint32_t scale_of(const explore::Geometry& geometry, const core::Layout& layout);

// A device of `product`, from the factory on. Throws as scale_of().
Replayed replay(const Product& product, const explore::Geometry& geometry, const std::vector<explore::Step>& history,
                std::uint64_t seed, const explore::Tell& tell);

} // namespace outboot::rig
