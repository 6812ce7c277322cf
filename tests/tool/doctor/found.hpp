// For tests of checks: what was found, by the name of the check.
#pragma once

#include <algorithm>

#include <gtest/gtest.h>

#include "tool/doctor/finding.hpp"

namespace outboot::tool::doctor {

inline std::string all_of(const Findings& findings) {
    std::string text;
    for (const auto& each : findings) text += each.check + ": " + each.what + "\n";
    return text;
}

// Exactly one finding of this check, which says all of these words and what to do.
inline void expect_found(const Findings& findings, const std::string& check, Severity severity,
                         const std::vector<std::string>& words) {
    const auto of_check = [&](const Finding& each) { return each.check == check; };
    ASSERT_EQ(std::count_if(findings.begin(), findings.end(), of_check), 1) << check << "\n" << all_of(findings);
    const auto& found = *std::find_if(findings.begin(), findings.end(), of_check);
    EXPECT_EQ(found.severity, severity);
    EXPECT_FALSE(found.where.empty());
    EXPECT_FALSE(found.remedy.empty());
    for (const auto& each : words)
        EXPECT_TRUE((found.what + "\n" + found.remedy).find(each) != std::string::npos)
            << "\"" << each << "\" isn't in: " << found.what << "\n"
            << found.remedy;
}

inline void expect_nothing(const Findings& findings) {
    EXPECT_TRUE(findings.empty()) << all_of(findings);
}

} // namespace outboot::tool::doctor
