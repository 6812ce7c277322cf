#include "tool/doctor/report.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace outboot::tool::doctor {
namespace {

const char* name(Severity severity) {
    switch (severity) {
    case Severity::remark:
        return "remark";
    case Severity::warning:
        return "warning";
    case Severity::error:
        break;
    }
    return "error";
}

const char* colour(Severity severity) {
    switch (severity) {
    case Severity::remark:
        return "\033[1;36m";
    case Severity::warning:
        return "\033[1;33m";
    case Severity::error:
        break;
    }
    return "\033[1;31m";
}

std::string counted(const Findings& findings, Severity severity) {
    const auto count = std::count_if(findings.begin(), findings.end(), [&](auto& f) { return f.severity == severity; });
    return fmt::format("{} {}{}", count, name(severity), count == 1 ? "" : "s");
}

} // namespace

std::string report_text(const Report& report, bool coloured) {
    auto findings = report.findings;
    std::stable_sort(findings.begin(), findings.end(), [](auto& a, auto& b) { return a.severity > b.severity; });
    std::string text;
    for (const auto& each : findings) {
        text += fmt::format("{}{}:{} {}\n", coloured ? colour(each.severity) : "", name(each.severity),
                            coloured ? "\033[0m" : "", each.what);
        for (const auto& line : each.details) text += fmt::format("    {}\n", line);
        if (!each.remedy.empty()) text += fmt::format("  to mend it: {}\n", each.remedy);
    }
    for (const auto& each : report.not_checked) text += fmt::format("not checked: {}\n", each);
    if (findings.empty())
        text += fmt::format("nothing found: {}\n", fmt::join(report.looked_at, ", "));
    else
        text += fmt::format("{}, {}, {}\n", counted(findings, Severity::error), counted(findings, Severity::warning),
                            counted(findings, Severity::remark));
    return text;
}

std::string report_json(const Report& report) {
    auto findings = nlohmann::ordered_json::array();
    for (const auto& each : report.findings)
        findings.push_back({{"severity", name(each.severity)},
                            {"check", each.check},
                            {"file", each.where},
                            {"what", each.what},
                            {"remedy", each.remedy},
                            {"details", each.details}});
    const nlohmann::ordered_json root{
        {"looked_at", report.looked_at}, {"findings", findings}, {"not_checked", report.not_checked}};
    return root.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace outboot::tool::doctor
