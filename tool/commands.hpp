// One function per subcommand: it adds its options to the command line, and when it runs sets the exit code or throws
// Failure.
#pragma once

#include <CLI/App.hpp>

namespace outboot::tool {

void add_layout_command(CLI::App& app, int& exit_code);

} // namespace outboot::tool
