#include "tool/command_line.hpp"

int main(int argc, char** argv) {
    CLI::App app{"Secure bootloader system for microcontrollers: layouts, keys, images, production files", "outboot"};
    int exit_code = 0;
    outboot::tool::add_all_commands(app, exit_code);
    return outboot::tool::run_command_line(app, argc, argv, exit_code);
}
