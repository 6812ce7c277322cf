#pragma once

#include <CLI/CLI.hpp>

namespace outboot::tool {

// outboot board: runs ARM binaries on the virtual RA6M4 board.
void add_board_command(CLI::App& app, int& exit_code);

} // namespace outboot::tool
