// What an exploration reports.
#pragma once

#include <functional>
#include <optional>

#include "explore/history.hpp"

namespace outboot::explore {

// How long an exploration takes, and what it is for.
enum class Size : std::uint8_t {
    quick,    // seconds
    minutes,  // a few of them
    long_run, // hours and more
    walk,     // too large to finish: random histories
    story,    // breaks a stated assumption to show the shortest failure; not part of "all"
};

struct Violation {
    std::string what;
    std::vector<Step> history; // from the factory
};

struct Progress {
    std::uint64_t states = 0;
    std::uint64_t edges = 0;   // cuts, and ends of boots and acts
    std::uint64_t runs = 0;    // boots and acts, one for each way in which torn units may read
    std::uint64_t waiting = 0; // states found and not yet explored
    double seconds = 0;
};

struct Limits {
    std::uint64_t states = ~std::uint64_t{0};
    double seconds = 1e9;
};

struct Outcome {
    Progress progress;
    bool complete = false; // every reachable state was explored
    std::optional<Violation> violation;
};

using Report = std::function<void(const Progress&)>;
// `passing`: an operation that came to its end, of which a short story says nothing.
using Tell = std::function<void(const std::string& line, bool passing)>;

} // namespace outboot::explore
