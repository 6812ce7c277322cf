#pragma once

#include <iosfwd>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

namespace outboot::tool {

// What a first layout is made of, as somebody wrote it; unset: not said.
struct InitAnswers {
    std::optional<std::string> mcu;
    std::optional<std::string> nor;
    std::optional<std::string> plan;
    std::optional<std::string> encryption;
    std::optional<std::string> files;
};

// Asks for what is unset, again after an answer that can't be used; an empty one takes what is offered. Throws Failure
// when nobody answers any more.
void ask(InitAnswers& answers, std::istream& in, std::ostream& out);

// `init`, below `outboot layout`.
void add_layout_init(CLI::App& layout);

} // namespace outboot::tool
