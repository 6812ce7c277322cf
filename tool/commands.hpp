// One function per subcommand: it adds its options to the command line. A command that runs and doesn't throw Failure
// has succeeded, unless it sets an exit code of its own. Each command's footer has an example, as it would be typed.
#pragma once

#include <CLI/CLI.hpp>

namespace outboot::tool {

void add_keygen_command(CLI::App& app);
void add_getpub_command(CLI::App& app);
void add_getpubhash_command(CLI::App& app);
void add_getpriv_command(CLI::App& app);
void add_keyinfo_command(CLI::App& app);
void add_sign_command(CLI::App& app);
void add_verify_command(CLI::App& app);
void add_dumpinfo_command(CLI::App& app);
void add_accept_command(CLI::App& app, int& exit_code);
void add_doctor_command(CLI::App& app, int& exit_code);
void add_layout_command(CLI::App& app, int& exit_code);
void add_provision_command(CLI::App& app);
void add_completion_command(CLI::App& app);
void add_man_command(CLI::App& app, const std::string& version);

} // namespace outboot::tool
