#include "tool/completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace outboot::tool {
namespace {

std::vector<std::string> all_names(const CommandInfo& command) {
    std::vector<std::string> names{command.name};
    names.insert(names.end(), command.aliases.begin(), command.aliases.end());
    return names;
}

// The command and all below it.
std::vector<const CommandInfo*> flattened(const CommandInfo& root) {
    std::vector<const CommandInfo*> all{&root};
    for (const auto& command : root.commands)
        for (const auto* each : flattened(command)) all.push_back(each);
    return all;
}

// "outboot layout emit" -> "_outboot_layout_emit"
std::string function_name(const CommandInfo& command) {
    std::string name = "_";
    for (const char c : command.path) name += c == ' ' || c == '-' ? '_' : c;
    return name;
}

// ---- bash

// Steps from a command to one below it, by any of its names.
std::string bash_steps(const CommandInfo& root) {
    std::string text;
    for (const auto* command : flattened(root))
        for (const auto& below : command->commands) {
            std::vector<std::string> patterns;
            for (const auto& name : all_names(below)) patterns.push_back(fmt::format("\"{} {}\"", command->path, name));
            text += fmt::format("      {}) path=\"{}\" ;;\n", fmt::join(patterns, "|"), below.path);
        }
    return text;
}

bool is_file(const OptionInfo& option) {
    return option.value == "TEXT" || option.value == "FILE" || option.value == "DIR";
}

// What may follow an option: one of a few words, something that can't be guessed, or else a file.
std::string bash_values(const CommandInfo& root) {
    std::string text;
    for (const auto* command : flattened(root))
        for (const auto& option : command->options) {
            if (option.value.empty()) continue;
            std::vector<std::string> patterns;
            for (const auto& name : option.names) patterns.push_back(fmt::format("\"{}:{}\"", command->path, name));
            const std::string action = !option.choices.empty()
                                           ? fmt::format(" words=\"{}\"", fmt::join(option.choices, " "))
                                       : is_file(option) ? " files=1"
                                                         : "";
            text += fmt::format("    {}) value=1{} ;;\n", fmt::join(patterns, "|"), action);
        }
    return text;
}

std::string bash_words(const CommandInfo& root) {
    std::string text;
    for (const auto* command : flattened(root)) {
        std::vector<std::string> options;
        for (const auto& option : command->options)
            options.insert(options.end(), option.names.begin(), option.names.end());
        std::vector<std::string> below;
        for (const auto& each : command->commands) {
            const auto names = all_names(each);
            below.insert(below.end(), names.begin(), names.end());
        }
        std::vector<std::string> values;
        for (const auto& positional : command->positionals)
            values.insert(values.end(), positional.choices.begin(), positional.choices.end());
        below.insert(below.end(), values.begin(), values.end());
        text += fmt::format("      \"{}\") options=\"{}\" words=\"{}\" files={} ;;\n", command->path,
                            fmt::join(options, " "), fmt::join(below, " "),
                            command->positionals.empty() || !values.empty() ? "" : "1");
    }
    return text;
}

// ---- zsh

std::string shell_word(const std::string& text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'')
            out += "'\\''";
        else
            out += c;
    }
    return out + "'";
}

// In _arguments a description ends with a bracket and a message with a colon.
std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

std::string zsh_action(const OptionInfo& option) {
    if (!option.choices.empty()) return fmt::format("({})", fmt::join(option.choices, " "));
    return is_file(option) ? "_files" : " ";
}

std::string zsh_arguments(const CommandInfo& command) {
    std::string text;
    for (const auto& option : command.options)
        for (const auto& name : option.names) {
            const bool repeated = option.repeated;
            std::string spec = repeated ? "*" : fmt::format("({})", fmt::join(option.names, " "));
            spec += fmt::format("{}[{}]", name, escaped(option.description));
            if (!option.value.empty()) spec += fmt::format(":{}:{}", option.value, zsh_action(option));
            text += fmt::format("    {} \\\n", shell_word(spec));
        }
    for (const auto& positional : command.positionals)
        text += fmt::format("    {} \\\n", shell_word(fmt::format("{}:{}:{}", positional.repeated ? "*" : "",
                                                                  positional.names.front(), zsh_action(positional))));
    return text;
}

std::string zsh_function(const CommandInfo& command) {
    if (command.commands.empty())
        return fmt::format("{}() {{\n  _arguments -s -S \\\n{}    && return 0\n}}\n\n", function_name(command),
                           zsh_arguments(command));
    std::string list;
    std::string cases;
    for (const auto& below : command.commands) {
        for (const auto& name : all_names(below))
            list += fmt::format("      {}\n", shell_word(escaped(name) + ":" + below.description));
        cases += fmt::format("      {}) {} ;;\n", fmt::join(all_names(below), "|"), function_name(below));
    }
    return fmt::format("{0}() {{\n"
                       "  local curcontext=$curcontext state line\n"
                       "  local -a commands\n"
                       "  _arguments -C \\\n{1}"
                       "    '1:command:->command' '*::argument:->argument' && return 0\n"
                       "  case $state in\n"
                       "  command)\n"
                       "    commands=(\n{2}    )\n"
                       "    _describe command commands ;;\n"
                       "  argument)\n"
                       "    case $line[1] in\n{3}    esac ;;\n"
                       "  esac\n"
                       "}}\n\n",
                       function_name(command), zsh_arguments(command), list, cases);
}

} // namespace

std::string bash_completion(const CommandInfo& root) {
    return fmt::format(R"(# Completion of outboot for bash, made by `outboot completion bash`.
_outboot() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}}
  local path="outboot" options="" words="" files="" value="" i
  # bash takes --option=value for three words.
  if [[ $current == "=" ]]; then current=""
  elif [[ $previous == "=" ]]; then previous=${{COMP_WORDS[COMP_CWORD - 2]}}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path ${{COMP_WORDS[i]}}" in
{}    esac
  done
  case "$path:$previous" in
{}  esac
  if [[ -z $value ]]; then
    case "$path" in
{}    esac
    if [[ $current == -* ]]; then words=$options files=""; fi
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [[ -n $files ]]; then
    compopt -o filenames 2>/dev/null
    local IFS=$'\n'
    COMPREPLY+=($(compgen -f -- "$current"))
  fi
}}
complete -F _outboot outboot
)",
                       bash_steps(root), bash_values(root), bash_words(root));
}

std::string zsh_completion(const CommandInfo& root) {
    std::string text = "#compdef outboot\n# Completion of outboot for zsh, made by `outboot completion zsh`.\n\n";
    const auto all = flattened(root);
    for (auto command = all.rbegin(); command != all.rend(); ++command) text += zsh_function(**command);
    // In a file of $fpath this is the body of _outboot itself; sourced, it only announces the function.
    return text +
           "if [ \"$funcstack[1]\" = _outboot ]; then\n  _outboot \"$@\"\nelse\n  compdef _outboot outboot\nfi\n";
}

} // namespace outboot::tool
