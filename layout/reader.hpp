// TOML -> LayoutSpec. Reports every key that is unknown, missing or of the wrong kind; judges nothing else.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "layout/diagnostics.hpp"
#include "layout/spec.hpp"

namespace outboot::layouts {

// nullopt only if the text isn't TOML at all; `diagnostics` then says where.
std::optional<LayoutSpec> read_spec(std::string_view text, const std::string& file, Diagnostics& diagnostics);

} // namespace outboot::layouts
