// Random histories without a fixed end, for geometries too large to explore in full. The same seed walks the same way.
#pragma once

#include "explore/geometry.hpp"
#include "explore/history.hpp"
#include "explore/outcome.hpp"

namespace outboot::explore {

// Never complete: stops at a limit (of time, or of runs in place of states) or at the first violation.
Outcome walk(const Geometry& geometry, std::uint64_t seed, const Limits& limits = {}, const Report& report = {});

// As walk() makes them; one device. Shorter if something is wrong.
std::vector<Step> random_history(const Geometry& geometry, std::uint64_t seed, std::uint32_t steps);

} // namespace outboot::explore
