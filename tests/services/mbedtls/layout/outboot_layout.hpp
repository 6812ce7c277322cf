// As layout/outboot_layout.h has it: no table.
#pragma once

#include "core/layout.hpp"

namespace outboot {
inline constexpr core::Layout layout{};
}
