#include "tool/explore_rows.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tool/failure.hpp"
#include "tool/files.hpp"

namespace outboot::tool {
namespace {

using nlohmann::json;

const char* verdict(const ExploreRow& row) {
    if (row.outcome.violation) return "VIOLATION";
    return row.outcome.complete ? "complete" : row.walked ? "walked" : "cut off";
}

int violations(const ExploreRow& row) {
    return row.outcome.violation ? 1 : 0;
}

json to_json(const ExploreRow& row) {
    const explore::Progress& p = row.outcome.progress;
    json each{{"name", row.campaign.name}, {"about", row.campaign.about},
              {"plan", row.campaign.plan}, {"states", p.states},
              {"edges", p.edges},          {"runs", p.runs},
              {"seconds", p.seconds},      {"complete", row.outcome.complete},
              {"walked", row.walked},      {"violations", violations(row)}};
    if (row.walked) each["seed"] = row.seed;
    if (row.outcome.violation) {
        each["violation"] = {{"what", row.outcome.violation->what},
                             {"replay", explore::to_text(row.campaign.name, row.outcome.violation->history)}};
    }
    return each;
}

ExploreRow from_json(const json& each) {
    ExploreRow row;
    row.campaign = {.name = each.at("name"), .about = each.at("about"), .plan = each.at("plan")};
    auto& progress = row.outcome.progress;
    progress.states = each.at("states");
    progress.edges = each.at("edges");
    progress.runs = each.at("runs");
    progress.seconds = each.at("seconds");
    row.outcome.complete = each.at("complete");
    row.walked = each.at("walked");
    row.seed = each.value("seed", std::uint64_t{0});
    if (each.contains("violation")) {
        const std::string line = each["violation"].at("replay");
        row.outcome.violation = explore::Violation{.what = each["violation"].at("what"),
                                                   .history = explore::parse_history(line.substr(line.find(':') + 1))};
    }
    return row;
}

void add(ExploreRow& to, const ExploreRow& row) {
    if (!to.walked && row.outcome.progress.states > to.outcome.progress.states) {
        const auto known = to.outcome.violation;
        to = row;
        if (known) to.outcome.violation = known;
        return;
    }
    if (!to.outcome.violation) to.outcome.violation = row.outcome.violation;
    if (!to.walked || to.seed == row.seed) return; // the same again
    auto& progress = to.outcome.progress;
    progress.states += row.outcome.progress.states;
    progress.edges += row.outcome.progress.edges;
    progress.runs += row.outcome.progress.runs;
    progress.seconds += row.outcome.progress.seconds;
}

} // namespace

std::string explore_table_head() {
    return fmt::format("{:20} {:9} {:>10} {:>12} {:>10} {:>8}", "geometry", "plan", "states", "edges", "violations",
                       "seconds");
}

std::string explore_table_line(const ExploreRow& row) {
    const explore::Progress& p = row.outcome.progress;
    return fmt::format("{:20} {:9} {:10} {:12} {:10} {:8.1f}  {}", row.campaign.name, row.campaign.plan, p.states,
                       p.edges, violations(row), p.seconds, verdict(row));
}

nlohmann::json to_json(const std::vector<ExploreRow>& rows) {
    auto all = json::array();
    for (const ExploreRow& row : rows) all.push_back(to_json(row));
    return all;
}

std::vector<ExploreRow> merge_rows(const std::vector<std::string>& files) {
    std::vector<ExploreRow> merged;
    for (const std::string& file : files) {
        const auto content = read_file(file, "the results");
        try {
            for (const json& each : json::parse(content)) {
                const ExploreRow row = from_json(each);
                const auto known = std::ranges::find(merged, row.campaign.name,
                                                     [](const ExploreRow& other) { return other.campaign.name; });
                known == merged.end() || known->walked != row.walked ? merged.push_back(row) : add(*known, row);
            }
        } catch (const std::exception& error) {
            throw Failure(fmt::format("'{}' holds no results of outboot explore: {}", file, error.what()),
                          "outboot explore --json writes them");
        }
    }
    return merged;
}

} // namespace outboot::tool
