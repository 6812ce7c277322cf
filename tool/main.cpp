#include <CLI/CLI.hpp>

#include "tool/commands.hpp"
#include "tool/console.hpp"
#include "tool/failure.hpp"

int main(int argc, char** argv) {
    using namespace outboot::tool;
    CLI::App app{"Secure bootloader system for microcontrollers: layouts, keys, images, production files", "outboot"};
    app.require_subcommand(1);
    int exit_code = exit_success;
    add_layout_command(app, exit_code);
    try {
        app.parse(argc, argv);
        return exit_code;
    } catch (const CLI::Success& help) {
        return app.exit(help);
    } catch (const CLI::ParseError& error) {
        print_error(error.what(), "see `outboot --help`");
        return exit_usage;
    } catch (const Failure& failure) {
        print_error(failure.what(), failure.hint());
    } catch (const std::exception& error) {
        print_error(error.what());
    }
    return exit_failure;
}
