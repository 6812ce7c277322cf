// Findings as people and scripts read them.
#pragma once

#include <string>

#include "tool/doctor/finding.hpp"

namespace outboot::tool::doctor {

struct Report {
    Findings findings;
    std::vector<std::string> looked_at;   // files, in the order of the command line
    std::vector<std::string> not_checked; // what couldn't be looked at, and what is missing for it
};

std::string report_text(const Report& report, bool coloured);
std::string report_json(const Report& report);

} // namespace outboot::tool::doctor
