#include "tool/number_option.hpp"

#include <fmt/format.h>

#include "layout/text.hpp"

namespace outboot::tool {

CLI::Option* add_number(CLI::App& command, const std::string& names, std::optional<std::uint32_t>& target,
                        const std::string& description) {
    return command
        .add_option_function<std::string>(
            names,
            [names, &target](const std::string& text) {
                target = layouts::parse_size(text);
                if (!target) throw CLI::ValidationError(names, fmt::format("'{}' is not a number", text));
            },
            description)
        ->type_name("NUMBER");
}

} // namespace outboot::tool
