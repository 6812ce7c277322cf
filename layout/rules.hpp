// What a layout must keep to. Reports all faults at once; a layout without any can be built.
#pragma once

#include <vector>

#include "layout/diagnostics.hpp"
#include "layout/model.hpp"
#include "layout/spec.hpp"

namespace outboot::layouts {

// `regions` as placed: those that could not be placed are missing, and have been reported.
void check(const LayoutSpec& spec, const std::vector<Region>& regions, Diagnostics& diagnostics);

} // namespace outboot::layouts
