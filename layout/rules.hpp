// What a layout must keep to. Reports all faults at once; a layout without any can be built.
#pragma once

#include <vector>

#include "core/key_block.hpp"
#include "layout/diagnostics.hpp"
#include "layout/model.hpp"
#include "layout/spec.hpp"

namespace outboot::layouts {

// What the bootloader with everything in it may take of the flash (README, "Budgets"), and the device's keys.
inline constexpr std::uint32_t bootloader_room_bytes =
    12 * 1024 + static_cast<std::uint32_t>(core::key_block::size_bytes);

// `regions` as placed: those that could not be placed are missing, and have been reported.
void check(const LayoutSpec& spec, const std::vector<Region>& regions, Diagnostics& diagnostics);

} // namespace outboot::layouts
