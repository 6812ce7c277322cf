#include "tool/explore_command.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "explore/campaign.hpp"
#include "tool/console.hpp"
#include "tool/failure.hpp"

namespace outboot::tool {
namespace {

using explore::Campaign;
using explore::Outcome;
using explore::Progress;
using explore::Size;

struct ExploreOptions {
    std::vector<std::string> names;
    bool all = false;
    bool list = false;
    bool walk = false;
    bool json = false;
    double seconds = 0; // 0: until it is complete
    std::uint64_t seed = 1;
    std::string replay;
};

const char* size_name(Size size) {
    switch (size) {
    case Size::quick:
        return "quick";
    case Size::long_run:
        return "long";
    case Size::walk:
        return "walk";
    case Size::story:
        break;
    }
    return "story";
}

void print_list(const std::vector<Campaign>& campaigns, bool json) {
    auto rows = nlohmann::json::array();
    for (const Campaign& each : campaigns) {
        rows.push_back({{"name", each.name}, {"about", each.about}, {"size", size_name(each.size)}});
        if (!json) fmt::print("{:22} {:6} {}\n", each.name, size_name(each.size), each.about);
    }
    if (json) fmt::print("{}\n", rows.dump(2));
}

// One line on a terminal, rewritten twice a second.
class ProgressLine {
  public:
    ProgressLine(std::string name, double limit_seconds) : name_(std::move(name)), limit_(limit_seconds) {}

    void show(const Progress& p) {
        if (isatty(STDERR_FILENO) == 0 || p.seconds < next_) return;
        next_ = p.seconds + 0.5;
        // What was explored of what was found: it only grows for good towards the end, and the limit may come first.
        const double found = static_cast<double>(p.states + 1);
        const double explored = static_cast<double>(p.states - p.waiting) / found;
        const double done = limit_ > 0 ? std::max(explored, p.seconds / limit_) : explored;
        const auto filled = static_cast<std::size_t>(std::clamp(done, 0.0, 1.0) * 20);
        fmt::print(stderr, "\r\033[K{:22} [{:20}] {} states, {} waiting, {:.0f} states/s", name_,
                   std::string(filled, '='), p.states, p.waiting, static_cast<double>(p.states) / p.seconds);
        shown_ = true;
    }

    ~ProgressLine() {
        if (shown_) fmt::print(stderr, "\r\033[K");
    }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

  private:
    std::string name_;
    double limit_;
    double next_ = 0.5;
    bool shown_ = false;
};

const char* verdict(const Outcome& outcome, bool walked) {
    if (outcome.violation) return "VIOLATION";
    return outcome.complete ? "complete" : walked ? "walked" : "cut off";
}

nlohmann::json row_of(const Campaign& campaign, const Outcome& outcome, const ExploreOptions& o, bool walked) {
    const Progress& p = outcome.progress;
    nlohmann::json row{{"name", campaign.name},
                       {"about", campaign.about},
                       {"states", p.states},
                       {"edges", p.edges},
                       {"runs", p.runs},
                       {"seconds", p.seconds},
                       {"complete", outcome.complete},
                       {"violations", outcome.violation ? 1 : 0}};
    if (walked) row["seed"] = o.seed;
    if (outcome.violation) {
        row["violation"] = {{"what", outcome.violation->what},
                            {"replay", explore::to_text(campaign.name, outcome.violation->history)}};
    }
    return row;
}

void tell_story(const std::string& line) {
    const auto print = [](const std::string& text) { fmt::print("    {}\n", text); };
    const std::string wrong = explore::replay_line(line, print);
    fmt::print("  {}\n", wrong.empty() ? "nothing is wrong in the end" : "in the end: " + wrong);
}

std::vector<Campaign> chosen(const ExploreOptions& o) {
    const auto all = explore::all_campaigns();
    std::vector<Campaign> wanted;
    for (const std::string& name : o.names) {
        const auto found = std::ranges::find(all, name, &Campaign::name);
        if (found == all.end())
            throw Failure(fmt::format("there is no geometry '{}'", name), "see outboot explore --list");
        wanted.push_back(*found);
    }
    if (!o.names.empty()) return wanted;
    for (const Campaign& each : all) {
        if (each.size == Size::quick || (o.all && each.size != Size::story)) wanted.push_back(each);
    }
    return wanted;
}

double limit_of(const Campaign& campaign, const ExploreOptions& o) {
    constexpr double walk_seconds = 10;
    constexpr double long_seconds = 60;
    if (o.seconds > 0) return o.seconds;
    if (o.walk || campaign.size == Size::walk) return walk_seconds;
    return o.names.empty() && campaign.size == Size::long_run ? long_seconds : 0;
}

void run_all(const ExploreOptions& o, int& exit_code) {
    const std::vector<Campaign> campaigns = chosen(o);
    auto rows = nlohmann::json::array();
    if (!o.json) {
        fmt::print("{:22} {:>10} {:>12} {:>11} {:>8}\n", "geometry", "states", "edges", "runs", "seconds");
    }
    for (const Campaign& campaign : campaigns) {
        const bool walked = o.walk || campaign.size == Size::walk;
        const double seconds = limit_of(campaign, o);
        explore::Limits limits;
        if (seconds > 0) limits.seconds = seconds;
        Outcome outcome;
        {
            ProgressLine line(campaign.name, seconds);
            const auto report = [&line](const Progress& p) { line.show(p); };
            outcome = o.walk ? explore::walk_campaign(campaign.name, o.seed, limits, report)
                             : explore::run_campaign(campaign.name, o.seed, limits, report);
        }
        if (outcome.violation) exit_code = exit_failure;
        rows.push_back(row_of(campaign, outcome, o, walked));
        if (o.json) continue;
        const Progress& p = outcome.progress;
        fmt::print("{:22} {:10} {:12} {:11} {:8.1f}  {}\n", campaign.name, p.states, p.edges, p.runs, p.seconds,
                   verdict(outcome, walked));
        if (outcome.violation) {
            const std::string line = explore::to_text(campaign.name, outcome.violation->history);
            fmt::print("  {}\n  replay: outboot explore --replay '{}'\n", outcome.violation->what, line);
            tell_story(line);
        }
        std::fflush(stdout);
    }
    if (o.json) fmt::print("{}\n", rows.dump(2));
}

void run_explore(const ExploreOptions& o, int& exit_code) {
    if (o.list) return print_list(explore::all_campaigns(), o.json);
    try {
        if (o.replay.empty()) return run_all(o, exit_code);
        const std::string wrong =
            explore::replay_line(o.replay, [](const std::string& text) { fmt::print("{}\n", text); });
        if (wrong.empty()) return fmt::print("nothing is wrong in the end\n");
        fmt::print("in the end: {}\n", wrong);
        exit_code = exit_failure;
    } catch (const std::invalid_argument& error) {
        throw Failure(error.what(), "see outboot explore --list");
    }
}

} // namespace

void add_explore_command(CLI::App& app, int& exit_code) {
    auto* command = app.add_subcommand("explore", "Explore every power cut of small devices, on the shipping core");
    auto options = std::make_shared<ExploreOptions>();
    command->add_option("GEOMETRY", options->names, "Which ones; without, all that take seconds");
    command->add_flag("--all", options->all, "Also those that take longer, a minute each unless --for says otherwise");
    command->add_flag("--list", options->list, "Name the geometries and what they are");
    command->add_flag("--walk", options->walk, "Random histories instead of all");
    command->add_option("--for", options->seconds, "Time for each geometry, in seconds or as 10m or 1h")
        ->transform(CLI::AsNumberWithUnit(std::map<std::string, double>{{"s", 1}, {"m", 60}, {"h", 3600}}))
        ->check(CLI::PositiveNumber);
    command->add_option("--seed", options->seed, "Of random histories")->capture_default_str();
    command->add_option("--replay", options->replay, "Tell one history, as printed with a violation");
    command->add_flag("--json", options->json, "Print a row for each geometry as JSON");
    command->callback([options, &exit_code] { run_explore(*options, exit_code); });
}

} // namespace outboot::tool
