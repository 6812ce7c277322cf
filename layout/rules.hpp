// What a layout must keep to. Reports all faults at once; a layout without any can be built.
#pragma once

#include <vector>

#include "layout/diagnostics.hpp"
#include "layout/model.hpp"
#include "layout/spec.hpp"

namespace outboot::layouts {

// The external erase that chunks are fitted to: every part in the catalogue has it, and it is the fastest per byte that
// isn't larger than an RA's code-flash block.
inline constexpr std::uint32_t chunk_erase_block = 32 * 1024;

// `regions` as placed: those that could not be placed are missing, and have been reported.
void check(const LayoutSpec& spec, const std::vector<Region>& regions, Diagnostics& diagnostics);

} // namespace outboot::layouts
