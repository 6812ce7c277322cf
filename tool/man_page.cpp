#include "tool/man_page.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace outboot::tool {
namespace {

// As it is to be read: no hyphens for minus signs, no requests where a line happens to begin with a dot.
std::string roff(const std::string& text) {
    std::string out;
    bool at_begin = true;
    for (const char c : text) {
        if (at_begin && (c == '.' || c == '\'')) out += "\\&";
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else
            out += c;
        at_begin = c == '\n';
    }
    return out;
}

std::string synopsis(const CommandInfo& command) {
    std::string text = fmt::format(".B {}\n", roff(command.path));
    bool optional = false;
    for (const auto& option : command.options) {
        if (!option.required) optional = true;
        if (!option.required) continue;
        text += fmt::format("\\fB{}\\fR", roff(option.names.back()));
        text += option.value.empty() ? "\n" : fmt::format(" \\fI{}\\fR\n", roff(option.value));
    }
    if (optional) text += "[\\fIOPTION\\fR]...\n";
    for (const auto& positional : command.positionals) {
        const auto name = fmt::format("\\fI{}\\fR{}", roff(positional.names.front()), positional.repeated ? "..." : "");
        text += (positional.required ? name : "[" + name + "]") + "\n";
    }
    return text;
}

std::string remarks(const OptionInfo& option) {
    std::string text;
    if (!option.choices.empty())
        text += fmt::format("\nOne of: {}.", roff(fmt::format("{}", fmt::join(option.choices, ", "))));
    if (!option.default_value.empty()) text += fmt::format("\nDefault: {}.", roff(option.default_value));
    if (option.required) text += "\nRequired.";
    return text;
}

std::string option_text(const OptionInfo& option) {
    std::vector<std::string> names;
    for (const auto& name : option.names) names.push_back(fmt::format("\\fB{}\\fR", roff(name)));
    const bool positional = option.names.front().front() != '-';
    return fmt::format(".TP\n{}{}\n{}.{}\n", fmt::join(names, ", "),
                       option.value.empty() || positional ? "" : fmt::format(" \\fI{}\\fR", roff(option.value)),
                       roff(option.description), remarks(option));
}

// The footer of --help: lines of text, and indented ones that are to be typed.
std::string examples(const std::string& footer) {
    std::string text;
    bool typed = false;
    for (const auto& line : CLI::detail::split(footer, '\n')) {
        const bool types = line.starts_with("  ");
        if (types != typed) text += types ? ".PP\n.nf\n.RS 4\n" : ".RE\n.fi\n.PP\n";
        typed = types;
        if (!line.empty()) text += roff(types ? line.substr(2) : line) + "\n";
    }
    return text + (typed ? ".RE\n.fi\n" : "");
}

std::string section(const CommandInfo& command) {
    std::string text =
        fmt::format(".SS {}\n{}.\n", roff(command.path.substr(command.path.find(' ') + 1)), roff(command.description));
    for (const auto& alias : command.aliases) text += fmt::format("Also called \\fB{}\\fR.\n", roff(alias));
    text += fmt::format(".PP\n{}", synopsis(command));
    for (const auto& positional : command.positionals) text += option_text(positional);
    for (const auto& option : command.options)
        if (option.names.back() != "--help") text += option_text(option);
    if (!command.examples.empty()) text += ".PP\n" + examples(command.examples);
    return text;
}

constexpr const char* after_commands = R"(.SH EXIT STATUS
.TP
.B 0
Success.
.TP
.B 1
Failure, or a refusal: the file isn't valid, or isn't accepted.
.TP
.B 2
Wrong usage; of
.BR "outboot accept" ,
also whatever keeps the bootloader from being asked.
.SH ENVIRONMENT
.TP
.B OUTBOOT_PASSWORD
Password of a key file, or PIN of a token, where nobody can be asked.
.TP
.B PKCS11_MODULE_PATH
The token's library, for keys that are named by a PKCS#11 URI.
.TP
.B NO_COLOR
If it is set, no colours, also on a terminal.
.SH FILES
Files are written whole or not at all. What holds a private key or a decrypted program is written with mode 0600.
)";

} // namespace

std::string man_page(const CommandInfo& root, const std::string& version) {
    std::string text = fmt::format(".TH OUTBOOT 1 \"\" \"outboot {}\" \"outboot\"\n"
                                   ".SH NAME\noutboot \\- {}\n"
                                   ".SH SYNOPSIS\n.B outboot\n\\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIFILE\\fR]...\n"
                                   ".SH DESCRIPTION\n"
                                   "{}.\n"
                                   "Sizes and addresses are written 16384, 0x4000 or 16K.\n"
                                   ".SH COMMANDS\n",
                                   version, roff(root.description), roff(root.description));
    for (const auto& command : leaves(root)) text += section(command);
    return text + after_commands;
}

} // namespace outboot::tool
