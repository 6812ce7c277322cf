// Explores every state that a device's flash can be in, breadth first: from each, one boot is run to its end, and at
// each of its flash operations the supply goes, after it and inside it, which gives the next states; likewise for what
// an application does. Histories with any number of cuts follow from exploring states instead of runs.
//
// In every state: the boot ends in the image that the reference model (explore/model.hpp) allows, and that image is
// byte-exact, on steady cells, with nothing behind it; the backup of an image on trial is byte-exact; no plaintext is
// ever programmed outside; the counter never falls; no rule of a chip or area is broken.
#pragma once

#include <functional>
#include <optional>
#include <unordered_set>

#include "explore/geometry.hpp"
#include "explore/history.hpp"
#include "explore/host_board.hpp"
#include "explore/model.hpp"

namespace outboot::explore {

struct Violation {
    std::string what;
    std::vector<Step> history; // from the factory
};

struct Progress {
    std::uint64_t states = 0;
    std::uint64_t edges = 0; // cuts, and ends of boots and acts
    std::uint64_t boots = 0;
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

// Stops at the first violation: breadth first, so no history to one is shorter.
Outcome explore(const Geometry& geometry, const Limits& limits = {},
                const std::function<void(const Progress&)>& report = {});

// Runs one history, telling each step and operation; what is wrong at its end, or empty.
std::string replay(const Geometry& geometry, const std::vector<Step>& history,
                   const std::function<void(const std::string&)>& tell);

} // namespace outboot::explore
