// One function per subcommand: it adds its options to the command line, and when it runs sets the exit code or throws
// Failure.
#pragma once

#include <CLI/CLI.hpp>

namespace outboot::tool {

void add_keygen_command(CLI::App& app, int& exit_code);
void add_getpub_command(CLI::App& app, int& exit_code);
void add_sign_command(CLI::App& app, int& exit_code);
void add_verify_command(CLI::App& app, int& exit_code);
void add_dumpinfo_command(CLI::App& app, int& exit_code);
void add_layout_command(CLI::App& app, int& exit_code);
void add_provision_command(CLI::App& app, int& exit_code);

} // namespace outboot::tool
