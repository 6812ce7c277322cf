// What to do about a reason that the bootloader gives: for people.
#pragma once

#include <string_view>

#include "core/reason.hpp"

namespace outboot::tool {

// One sentence or two, without a full stop at the end. Empty for Reason::none.
std::string_view remedy(core::Reason reason);

} // namespace outboot::tool
