// Gives every region of one memory its place: in the file's order, each at the first place that suits it.
#pragma once

#include <vector>

#include "layout/diagnostics.hpp"
#include "layout/geometry.hpp"
#include "layout/spec.hpp"

namespace outboot::layouts {

struct Placed {
    const RegionSpec* spec = nullptr;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;

    [[nodiscard]] std::uint64_t end() const { return offset + size; }
};

// Where a region without an `offset` may begin: offset % block == phase, on top of the memory's own block boundaries.
struct Fit {
    const RegionSpec* spec = nullptr; // nullptr: no such wish
    std::uint32_t block = 1;
    std::uint32_t phase = 0;
};

// `regions` all lie in this memory. A region whose size is unknown (already reported) ends the placing of those behind
// it, since whatever was said about them would be guesswork. Overlaps and lack of room are reported here.
std::vector<Placed> place(const std::vector<const RegionSpec*>& regions, const Geometry& geometry, Memory memory,
                          const Fit& fit, Diagnostics& diagnostics);

} // namespace outboot::layouts
