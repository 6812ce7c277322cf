// Runs a command line: parses, dispatches, and turns whatever goes wrong into one message and an exit code.
#pragma once

#include <CLI/CLI.hpp>

namespace outboot::tool {

// The program with all its commands. `exit_code` is set by the command that runs.
void add_all_commands(CLI::App& app, int& exit_code);

// Parses and runs. Returns the process's exit code; never throws.
int run_command_line(CLI::App& app, int argc, const char* const* argv, const int& exit_code);

} // namespace outboot::tool
