#include "tool/command_tree.hpp"

#include <fmt/format.h>

namespace outboot::tool {
namespace {

// CLI11 keeps what a value may be as text only: "TEXT:{hash,full}".
std::vector<std::string> choices_in(const std::string& type) {
    const auto open = type.find('{');
    const auto close = type.find('}', open);
    if (open == std::string::npos || close == std::string::npos) return {};
    return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

OptionInfo describe(const CLI::Option& option) {
    OptionInfo info;
    for (const auto& name : option.get_snames()) info.names.push_back("-" + name);
    for (const auto& name : option.get_lnames()) info.names.push_back("--" + name);
    if (option.get_positional()) info.names.push_back(option.get_name(true));
    const auto type = option.get_type_name();
    if (option.get_items_expected_max() > 0) info.value = type.substr(0, type.find(':'));
    info.choices = choices_in(type);
    info.description = option.get_description();
    info.default_value = option.get_default_str();
    info.required = option.get_required();
    info.repeated = option.get_items_expected_max() > 1;
    return info;
}

CommandInfo describe(const CLI::App& app, const std::string& above) {
    CommandInfo info;
    info.name = app.get_name();
    info.path = above.empty() ? info.name : above + " " + info.name;
    info.aliases = app.get_aliases();
    info.description = app.get_description();
    info.examples = app.get_footer();
    for (const auto* option : app.get_options())
        (option->get_positional() ? info.positionals : info.options).push_back(describe(*option));
    for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
        info.commands.push_back(describe(*command, info.path));
    return info;
}

void collect(const CommandInfo& info, std::vector<CommandInfo>& found) {
    if (info.commands.empty()) found.push_back(info);
    for (const auto& command : info.commands) collect(command, found);
}

} // namespace

CommandInfo command_tree(const CLI::App& app) {
    return describe(app, {});
}

std::vector<CommandInfo> leaves(const CommandInfo& root) {
    std::vector<CommandInfo> found;
    collect(root, found);
    return found;
}

} // namespace outboot::tool
