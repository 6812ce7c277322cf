// The command line as data: what completion and the manual page are made of, so that they can't differ from --help.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace outboot::tool {

struct OptionInfo {
    std::vector<std::string> names;   // "-k", "--key"; of a positional its name in capitals
    std::string value;                // "TEXT", "NUMBER"; empty: a flag
    std::vector<std::string> choices; // empty: anything
    std::string description;
    std::string default_value;
    bool required = false;
    bool repeated = false; // takes more than one value
};

struct CommandInfo {
    std::string path; // "outboot layout emit"
    std::string name;
    std::vector<std::string> aliases;
    std::string description;
    std::string examples; // as --help ends with them
    std::vector<OptionInfo> options;
    std::vector<OptionInfo> positionals;
    std::vector<CommandInfo> commands;
};

CommandInfo command_tree(const CLI::App& app);

// The leaves, in the order of --help: commands that do something themselves.
std::vector<CommandInfo> leaves(const CommandInfo& root);

} // namespace outboot::tool
