// Numbers on the command line: as imgtool takes them, or sizes as a layout has them.
#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

namespace outboot::tool {

CLI::Option* add_number(CLI::App& command, const std::string& names, std::optional<std::uint32_t>& target,
                        const std::string& description);

} // namespace outboot::tool
