// What a check of `outboot doctor` finds. Checks are pure functions from facts to findings; they never stop at the
// first.
#pragma once

#include <string>
#include <vector>

#include "tool/objection.hpp"

namespace outboot::tool::doctor {

enum class Severity {
    remark,  // as it should be, but better known
    warning, // works, and may not be meant
    error,   // doesn't work
};

struct Finding {
    Severity severity = Severity::error;
    std::string check; // which rule, for scripts: "linked-elsewhere"; never renamed
    std::string where; // file, perhaps with section or address
    std::string what;
    std::string remedy;
    std::vector<std::string> details = {}; // one line each: what takes the room
};

using Findings = std::vector<Finding>;

inline void append(Findings& all, Findings more) {
    all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

// An objection names its file itself, so the finding's `where` is only kept for scripts.
inline void append(Findings& all, const std::string& where, const std::vector<Objection>& objections) {
    for (const auto& each : objections) all.push_back({Severity::error, each.check, where, each.message, each.hint});
}

} // namespace outboot::tool::doctor
