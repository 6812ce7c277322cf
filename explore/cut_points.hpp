// The cuts of a history, said by place instead of by number, so that another device of the same shape can be cut there.
#pragma once

#include <optional>

#include "explore/geometry.hpp"
#include "explore/history.hpp"
#include "explore/host_board.hpp"

namespace outboot::explore {

struct CutPoint {
    Chip chip{};
    bool is_erase = false;
    std::uint32_t at = 0;      // a byte that the operation changes: the first, in the middle or the last, as the cut is
    std::uint32_t earlier = 0; // operations of this kind, in this step, that changed it before
    Cut cut = Cut::none;       // inside or after
};

// For each step of the history; nothing for one that is not cut inside or after an operation.
std::vector<std::optional<CutPoint>> cut_points(const Geometry& geometry, const std::vector<Step>& history);

} // namespace outboot::explore
