// Random histories without a fixed end, for geometries too large to explore in full. The same seed walks the same way.
#pragma once

#include "explore/geometry.hpp"
#include "explore/outcome.hpp"

namespace outboot::explore {

// Never complete: stops at a limit (of time, or of runs in place of states) or at the first violation.
Outcome walk(const Geometry& geometry, std::uint64_t seed, const Limits& limits = {}, const Report& report = {});

} // namespace outboot::explore
