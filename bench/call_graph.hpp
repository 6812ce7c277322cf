// The deepest stack a program can need: found in the binary itself, from its calls and the frames its debug information
// describes. Exact as long as every call has one known target and nothing recurses, and that is checked.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bench/firmware.hpp"

namespace outboot::bench {

struct StackStep {
    std::string function;
    std::uint32_t bytes = 0; // of its frame, at the call that leads to the next step
};

struct StackReport {
    std::uint32_t bytes = 0;           // of the deepest chain
    std::vector<StackStep> chain;      // from the entry to the deepest function
    std::vector<std::string> problems; // why `bytes` may be too low; empty: it isn't
};

// `entry` runs with an empty stack.
StackReport deepest_stack(const Firmware& firmware, std::uint32_t entry);

} // namespace outboot::bench
