#include "tool/command_line.hpp"

#include <fmt/format.h>

#include "layout/text.hpp"
#include "tool/board_command.hpp"
#include "tool/commands.hpp"
#include "tool/console.hpp"
#include "tool/explore_command.hpp"
#include "tool/failure.hpp"

namespace outboot::tool {
namespace {

// The subcommand the user got to, however deep.
const CLI::App& deepest(const CLI::App& app) {
    const auto parsed = app.get_subcommands();
    return parsed.empty() ? app : deepest(*parsed.front());
}

std::string full_name(const CLI::App& app) {
    const auto* parent = app.get_parent();
    return parent ? full_name(*parent) + " " + app.get_name() : app.get_name();
}

// "--type: ecdsa-p265 not in {ecdsa-p256,ed25519}": the value that was meant, perhaps.
std::optional<std::string> meant_value(const std::string& complaint) {
    const auto reason = complaint.find(" not in {");
    if (reason == std::string::npos || !complaint.ends_with('}')) return std::nullopt;
    const auto word = complaint.substr(complaint.rfind(' ', reason - 1) + 1);
    const auto list = complaint.substr(complaint.find('{', reason) + 1);
    return layouts::closest(word.substr(0, word.find(' ')), CLI::detail::split(list.substr(0, list.size() - 1), ','));
}

// What CLI11 says, or, if there is a word that nothing took, that word: it is the cause of whatever seems to be
// missing.
void print_usage_error(const CLI::App& app, const CLI::ParseError& error) {
    const auto& command = deepest(app);
    const std::string help = fmt::format("see `{} --help`", full_name(command));
    const auto extras = app.remaining(true);
    if (extras.empty()) {
        const auto meant = meant_value(error.what());
        return print_error(error.what(), meant ? fmt::format("did you mean {}?", *meant) : help);
    }
    std::vector<std::string> known;
    const auto below = command.get_subcommands([](const CLI::App*) { return true; });
    for (const auto* option : command.get_options())
        for (const auto& name : option->get_lnames()) known.push_back("--" + name);
    for (const auto* each : below) known.push_back(each->get_name());
    const auto word = extras.front().substr(0, extras.front().find('='));
    const auto meant = layouts::closest(word, known);
    const char* kind = word.starts_with('-') ? "option" : below.empty() ? "argument" : "command";
    print_error(fmt::format("{} has no {} '{}'", full_name(command), kind, word),
                meant ? fmt::format("did you mean {}?", *meant) : help);
}

} // namespace

void add_all_commands(CLI::App& app, int& exit_code) {
    app.require_subcommand(1);
    add_layout_command(app, exit_code);
    add_keygen_command(app);
    add_getpub_command(app);
    add_getpubhash_command(app);
    add_getpriv_command(app);
    add_keyinfo_command(app);
    add_sign_command(app);
    add_verify_command(app);
    add_dumpinfo_command(app);
    add_accept_command(app, exit_code);
    add_doctor_command(app, exit_code);
    add_provision_command(app);
    add_board_command(app, exit_code);
    add_explore_command(app, exit_code);
    add_completion_command(app);
    add_man_command(app, OUTBOOT_VERSION);
    auto* version = app.add_subcommand("version", "Print the version");
    version->callback([] { fmt::print("{}\n", OUTBOOT_VERSION); });
    version->footer("Example:\n  outboot version");
    app.set_version_flag("--version", OUTBOOT_VERSION, "Print the version");
    app.footer("`outboot COMMAND --help` has an example of each.");
}

int run_command_line(CLI::App& app, int argc, const char* const* argv, const int& exit_code) {
    try {
        app.parse(argc, argv);
        return exit_code;
    } catch (const CLI::Success& help) {
        return app.exit(help);
    } catch (const CLI::ParseError& error) {
        print_usage_error(app, error);
        return exit_usage;
    } catch (const Failure& failure) {
        print_error(failure.what(), failure.hint());
    } catch (const std::exception& error) {
        print_error(error.what());
    }
    return exit_failure;
}

} // namespace outboot::tool
