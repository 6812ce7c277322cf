// Virtual time: picoseconds since the board was made. It never runs backwards, also not over resets and power cuts.
#pragma once

#include <cstdint>

namespace outboot::board {

using Picoseconds = std::uint64_t; // 200 days fit

inline constexpr Picoseconds nanosecond = 1'000;
inline constexpr Picoseconds microsecond = 1'000 * nanosecond;
inline constexpr Picoseconds millisecond = 1'000 * microsecond;
inline constexpr Picoseconds second = 1'000 * millisecond;
inline constexpr Picoseconds never = UINT64_MAX;

// The datasheet's typical busy times, or its maxima.
enum class Pace : std::uint8_t { typical, maximum };

constexpr double in_seconds(Picoseconds t) {
    return static_cast<double>(t) / static_cast<double>(second);
}

} // namespace outboot::board
