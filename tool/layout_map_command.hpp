#pragma once

#include <CLI/CLI.hpp>

namespace outboot::tool {

// `map`, below `outboot layout`.
void add_layout_map(CLI::App& layout);

} // namespace outboot::tool
