#pragma once

#include <CLI/CLI.hpp>

namespace outboot::tool {

// outboot explore: every power cut of small devices, and random histories of larger ones.
void add_explore_command(CLI::App& app, int& exit_code);

} // namespace outboot::tool
