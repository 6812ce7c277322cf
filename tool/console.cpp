#include "tool/console.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>
#include <unistd.h>

namespace outboot::tool {
namespace {

bool has_colours(int descriptor) {
    const char* term = std::getenv("TERM");
    return isatty(descriptor) == 1 && !std::getenv("NO_COLOR") && term && std::strcmp(term, "dumb") != 0;
}

void print(const char* kind, const char* colour, const std::string& message, const std::string& hint) {
    const bool coloured = has_colours(STDERR_FILENO);
    fmt::print(stderr, "outboot: {}{}:{} {}\n", coloured ? colour : "", kind, coloured ? "\033[0m" : "", message);
    if (!hint.empty()) fmt::print(stderr, "  hint: {}\n", hint);
}

} // namespace

void print_error(const std::string& message, const std::string& hint) {
    print("error", "\033[1;31m", message, hint);
}
void print_warning(const std::string& message, const std::string& hint) {
    print("warning", "\033[1;33m", message, hint);
}
void print_note(const std::string& message) {
    print("note", "\033[1;36m", message, {});
}

void print_diagnostics(const layouts::Diagnostics& diagnostics, const std::string& file) {
    for (const auto& each : diagnostics.all()) {
        const auto text = layouts::describe(each, file);
        if (each.severity == layouts::Severity::error)
            print_error(text, each.hint);
        else
            print_warning(text, each.hint);
    }
}

bool stdout_has_colours() {
    return has_colours(STDOUT_FILENO);
}

} // namespace outboot::tool
