// How every bench runs: it takes its options, measures, and says in one line what went wrong.
#pragma once

#include <cstdio>
#include <exception>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace outboot::bench {

// `measure` prints what it finds and returns whether that is as it should be. Returns the process's exit code.
template <class Measure>
int run_bench(CLI::App& app, int argc, char** argv, const Measure& measure) {
    CLI11_PARSE(app, argc, argv);
    try {
        return measure() ? 0 : 1;
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}: error: {}\n", app.get_name(), error.what());
        return 1;
    }
}

} // namespace outboot::bench
