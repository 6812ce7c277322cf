// How fast the explorer is: states, and boots and acts, each second on one core.
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "bench/command_line.hpp"
#include "explore/campaign.hpp"

namespace {

using namespace outboot;

struct Speed {
    std::string geometry;
    explore::Progress progress;

    [[nodiscard]] double each_second(std::uint64_t count) const {
        return static_cast<double>(count) / progress.seconds;
    }
};

std::vector<Speed> measure(double seconds) {
    std::vector<Speed> speeds;
    explore::Limits limits;
    limits.seconds = seconds;
    for (const char* name : {"offset-2-counters", "scratch-2-counters", "overwrite-2-rubbish", "journal-3"}) {
        speeds.push_back({name, explore::run_campaign(name, 1, limits, {}).progress});
    }
    return speeds;
}

void print_table(const std::vector<Speed>& speeds) {
    fmt::print("{:<20} {:>10} {:>12} {:>8} {:>12} {:>12}\n", "geometry", "states", "runs", "seconds", "states/s",
               "runs/s");
    for (const Speed& s : speeds)
        fmt::print("{:<20} {:>10} {:>12} {:>8.1f} {:>12.0f} {:>12.0f}\n", s.geometry, s.progress.states,
                   s.progress.runs, s.progress.seconds, s.each_second(s.progress.states),
                   s.each_second(s.progress.runs));
}

nlohmann::ordered_json as_json(const std::vector<Speed>& speeds) {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const Speed& s : speeds)
        rows.push_back({{"geometry", s.geometry},
                        {"states", s.progress.states},
                        {"runs", s.progress.runs},
                        {"seconds", s.progress.seconds},
                        {"states_per_second", s.each_second(s.progress.states)},
                        {"runs_per_second", s.each_second(s.progress.runs)}});
    return rows;
}

} // namespace

int main(int argc, char** argv) {
    CLI::App app{"How fast outboot explore is on one core", "bench/explore"};
    double seconds = 10;
    bool json = false;
    app.add_option("--for", seconds, "Time for each geometry, at most, in seconds")->capture_default_str();
    app.add_flag("--json", json, "Result as JSON");
    return outboot::bench::run_bench(app, argc, argv, [&] {
        const auto speeds = measure(seconds);
        if (json)
            fmt::print("{}\n", as_json(speeds).dump(2));
        else
            print_table(speeds);
        return true;
    });
}
