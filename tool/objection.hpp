// A reason not to use something, found by a check that goes on: `outboot doctor` tells all of them, a command that
// needs the thing gives up at the first.
#pragma once

#include <string>
#include <vector>

#include "tool/failure.hpp"

namespace outboot::tool {

struct Objection {
    std::string check; // which rule, for scripts: "bootloader-overlaps-slot"; never renamed
    std::string message;
    std::string hint;
};

// Throws Failure with the first one, if there is one.
inline void give_up_at_first(const std::vector<Objection>& objections) {
    if (!objections.empty()) throw Failure(objections.front().message, objections.front().hint);
}

} // namespace outboot::tool
