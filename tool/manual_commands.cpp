// outboot completion and man: what packages and shells want of the command line, made of the command line itself.
#include <memory>

#include <fmt/format.h>

#include "tool/command_tree.hpp"
#include "tool/commands.hpp"
#include "tool/completion.hpp"
#include "tool/man_page.hpp"

namespace outboot::tool {

void add_completion_command(CLI::App& app) {
    auto* command = app.add_subcommand("completion", "Print a script that completes outboot's command line in a shell");
    const auto shell = std::make_shared<std::string>();
    command->add_option("SHELL", *shell, "The shell")->required()->check(CLI::IsMember({"bash", "zsh"}));
    command->callback([shell, &app] {
        const auto tree = command_tree(app);
        fmt::print("{}", *shell == "bash" ? bash_completion(tree) : zsh_completion(tree));
    });
    command->footer("Example, for this shell, and for each one from now on:\n"
                    "  source <(outboot completion bash)\n"
                    "  outboot completion bash > ~/.local/share/bash-completion/completions/outboot\n"
                    "  outboot completion zsh > ~/.zfunc/_outboot    # a directory of $fpath");
}

void add_man_command(CLI::App& app, const std::string& version) {
    auto* command = app.add_subcommand("man", "Print the manual page, in roff");
    command->callback([&app, version] { fmt::print("{}", man_page(command_tree(app), version)); });
    command->footer("Example:\n"
                    "  outboot man | man -l -");
}

} // namespace outboot::tool
