#include "tool/explore_command.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "tool/console.hpp"
#include "tool/explore_rows.hpp"
#include "tool/failure.hpp"
#include "tool/files.hpp"

namespace outboot::tool {
namespace {

using explore::Campaign;
using explore::Progress;
using explore::Size;

struct ExploreOptions {
    std::vector<std::string> names;
    bool all = false;
    bool deep = false;
    bool list = false;
    bool walk = false;
    bool json = false;
    double seconds = 0; // 0: until it is complete
    std::uint64_t seed = 1;
    unsigned threads = std::max(1U, std::thread::hardware_concurrency());
    std::string shard;
    std::vector<std::string> merge;
    std::string html;
    std::string replay;
};

// One of n parts of the work: "2/4".
struct Shard {
    std::size_t index = 0;
    std::size_t count = 1;
};

const char* size_name(Size size) {
    switch (size) {
    case Size::quick:
        return "quick";
    case Size::minutes:
        return "minutes";
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
        rows.push_back(
            {{"name", each.name}, {"about", each.about}, {"plan", each.plan}, {"size", size_name(each.size)}});
        if (!json) fmt::print("{:20} {:8} {}\n", each.name, size_name(each.size), each.about);
    }
    if (json) fmt::print("{}\n", rows.dump(2));
}

// One line on a terminal for all that is being explored, rewritten twice a second.
class ProgressLine {
  public:
    explicit ProgressLine(std::size_t campaigns) : campaigns_(campaigns) {}

    void show(const std::string& name, const Progress& progress) {
        const std::lock_guard lock(mutex_);
        running_[name] = progress;
        const auto now = Clock::now();
        if (isatty(STDERR_FILENO) == 0 || now < next_) return;
        next_ = now + std::chrono::milliseconds(500);
        std::uint64_t states = 0;
        double each_second = 0;
        std::string names;
        for (const auto& [each, p] : running_) {
            states += p.states;
            each_second += static_cast<double>(p.states) / p.seconds;
            names += (names.empty() ? "" : ", ") + each;
        }
        const std::size_t filled = done_ * 20 / campaigns_;
        fmt::print(stderr, "\r\033[K[{:20}] {} of {} | {} states, {:.0f} states/s | {}", std::string(filled, '='),
                   done_, campaigns_, states, each_second, names);
        shown_ = true;
    }

    void done(const std::string& name) {
        const std::lock_guard lock(mutex_);
        running_.erase(name);
        ++done_;
        clear();
    }

  private:
    using Clock = std::chrono::steady_clock;

    void clear() {
        if (shown_) fmt::print(stderr, "\r\033[K");
        shown_ = false;
    }

    std::mutex mutex_;
    std::size_t campaigns_;
    std::size_t done_ = 0;
    std::map<std::string, Progress> running_;
    Clock::time_point next_ = Clock::now() + std::chrono::milliseconds(500);
    bool shown_ = false;
};

void tell_story(const std::string& line) {
    constexpr std::size_t most_lines = 30;
    std::vector<std::string> story;
    const std::string wrong = explore::replay_line(line, [&](const std::string& text, bool passing) {
        if (!passing) story.push_back(text);
    });
    const std::size_t from = story.size() > most_lines ? story.size() - most_lines : 0;
    if (from != 0) fmt::print("    ... {} lines before; --replay tells all\n", from);
    for (std::size_t i = from; i < story.size(); ++i) fmt::print("    {}\n", story[i]);
    fmt::print("  {}\n", wrong.empty() ? "nothing is wrong in the end" : "in the end: " + wrong);
}

Shard parse_shard(const std::string& text) {
    Shard shard;
    char rest = 0;
    if (text.empty()) return shard;
    if (std::sscanf(text.c_str(), "%zu/%zu%c", &shard.index, &shard.count, &rest) != 2 || shard.index == 0 ||
        shard.index > shard.count) {
        throw Failure(fmt::format("--shard {}: not a part of the work", text), "for example 2/4: the second of four");
    }
    --shard.index;
    return shard;
}

// A shard has every n-th exploration, and every walk, each with dice of its own.
std::vector<Campaign> chosen(const ExploreOptions& o, const Shard& shard) {
    const auto all = explore::all_campaigns();
    std::vector<Campaign> wanted;
    for (const std::string& name : o.names) {
        const auto found = std::ranges::find(all, name, &Campaign::name);
        if (found == all.end())
            throw Failure(fmt::format("there is no geometry '{}'", name), "see outboot explore --list");
        wanted.push_back(*found);
    }
    for (const Campaign& each : all) {
        const bool included = each.size == Size::quick || ((o.all || o.deep) && each.size != Size::story);
        if (o.names.empty() && included) wanted.push_back(each);
    }
    std::size_t n = 0;
    std::erase_if(wanted, [&](const Campaign& each) {
        return !o.walk && each.size != Size::walk && n++ % shard.count != shard.index;
    });
    return wanted;
}

double limit_of(const Campaign& campaign, const ExploreOptions& o) {
    constexpr double walk_seconds = 10;
    constexpr double long_seconds = 30;
    constexpr double deep_walk_seconds = 600;
    if (o.seconds > 0) return o.seconds;
    if (o.walk || campaign.size == Size::walk) return o.deep ? deep_walk_seconds : walk_seconds;
    return o.names.empty() && !o.deep && campaign.size == Size::long_run ? long_seconds : 0;
}

ExploreRow run_one(const Campaign& campaign, const ExploreOptions& o, const Shard& shard, ProgressLine& line) {
    ExploreRow row{.campaign = campaign,
                   .outcome = {},
                   .walked = o.walk || campaign.size == Size::walk,
                   .seed = o.seed + shard.index};
    explore::Limits limits;
    if (const double seconds = limit_of(campaign, o); seconds > 0) limits.seconds = seconds;
    const auto report = [&](const Progress& p) { line.show(campaign.name, p); };
    row.outcome = row.walked ? explore::walk_campaign(campaign.name, row.seed, limits, report)
                             : explore::run_campaign(campaign.name, row.seed, limits, report);
    line.done(campaign.name);
    return row;
}

// Calls `use` with each row, in the order of `campaigns`, as soon as it and all before it are there.
template <class Use>
std::vector<ExploreRow> run_all(const std::vector<Campaign>& campaigns, const ExploreOptions& o, const Shard& shard,
                                Use use) {
    std::vector<std::size_t> order(campaigns.size()); // what takes long begins first
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    const auto urgency = [&](std::size_t i) {
        const Size size = campaigns[i].size;
        return size == Size::minutes ? 0 : size == Size::long_run ? 1 : 2;
    };
    std::ranges::stable_sort(order, {}, urgency);

    std::vector<std::optional<ExploreRow>> rows(campaigns.size());
    ProgressLine line(campaigns.size());
    std::mutex mutex;
    std::size_t used = 0;
    std::atomic<std::size_t> next = 0;
    std::exception_ptr failure;
    const auto work = [&] {
        for (std::size_t at = next++; at < order.size(); at = next++) {
            try {
                ExploreRow row = run_one(campaigns[order[at]], o, shard, line);
                const std::lock_guard lock(mutex);
                rows[order[at]] = std::move(row);
                for (; used < rows.size() && rows[used]; ++used) use(*rows[used]);
            } catch (...) {
                const std::lock_guard lock(mutex);
                failure = std::current_exception();
            }
        }
    };
    {
        std::vector<std::jthread> workers;
        for (unsigned i = 0; i < std::max(1U, o.threads); ++i) workers.emplace_back(work);
    }
    if (failure) std::rethrow_exception(failure);
    std::vector<ExploreRow> all;
    for (auto& row : rows) all.push_back(std::move(*row));
    return all;
}

void print_row(const ExploreRow& row) {
    fmt::print("{}\n", explore_table_line(row));
    if (row.outcome.violation) {
        const std::string line = explore::to_text(row.campaign.name, row.outcome.violation->history);
        fmt::print("  {}\n  replay: outboot explore --replay '{}'\n", row.outcome.violation->what, line);
        tell_story(line);
    }
    std::fflush(stdout);
}

void explore_or_merge(const ExploreOptions& o, int& exit_code) {
    const Shard shard = parse_shard(o.shard);
    std::vector<ExploreRow> rows;
    const auto print = [&](const ExploreRow& row) {
        if (!o.json) print_row(row);
    };
    if (!o.json) fmt::print("{}\n", explore_table_head());
    if (o.merge.empty()) {
        rows = run_all(chosen(o, shard), o, shard, print);
    } else {
        rows = merge_rows(o.merge);
        std::ranges::for_each(rows, print);
    }
    if (o.json) fmt::print("{}\n", to_json(rows).dump(2));
    if (!o.html.empty()) write_file(o.html, explore_page(rows));
    const bool failed =
        std::ranges::any_of(rows, [](const ExploreRow& row) { return row.outcome.violation.has_value(); });
    if (failed) exit_code = exit_failure;
}

void run_explore(const ExploreOptions& o, int& exit_code) {
    if (o.list) return print_list(explore::all_campaigns(), o.json);
    try {
        if (o.replay.empty()) return explore_or_merge(o, exit_code);
        const std::string wrong =
            explore::replay_line(o.replay, [](const std::string& text, bool) { fmt::print("{}\n", text); });
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
    command->add_flag("--all", options->all,
                      "Also those that take longer; of the longest, half a minute each unless --for says otherwise");
    command->add_flag("--deep", options->deep, "As --all, and each to its end, which takes hours; walks of 10 minutes");
    command->add_flag("--list", options->list, "Name the geometries and what they are");
    command->add_flag("--walk", options->walk, "Random histories instead of all");
    command->add_option("--for", options->seconds, "Time for each geometry, in seconds or as 10m or 1h")
        ->transform(CLI::AsNumberWithUnit(std::map<std::string, double>{{"s", 1}, {"m", 60}, {"h", 3600}}))
        ->check(CLI::PositiveNumber);
    command->add_option("--seed", options->seed, "Of random histories")->capture_default_str();
    command->add_option("--threads", options->threads, "Geometries explored at one time")
        ->check(CLI::Range(1, 1024))
        ->capture_default_str();
    command->add_option("--shard", options->shard, "Only part K of N of the work: K/N, K from 1");
    command->add_option("--merge", options->merge, "Explore nothing: put results of --json together")
        ->type_name("FILE");
    command->add_option("--html", options->html, "Also write the results as a page that needs nothing else")
        ->type_name("FILE");
    command->add_option("--replay", options->replay, "Tell one history, as printed with a violation");
    command->add_flag("--json", options->json, "Print a row for each geometry as JSON");
    command->footer("Example, on four machines or cores, put together afterwards:\n"
                    "  parallel 'outboot explore --all --threads 1 --shard {}/4 --json > part-{}.json' ::: 1 2 3 4\n"
                    "  outboot explore --merge part-*.json --html report.html\n\n"
                    "Exit code: 0 nothing found, 1 a violation, 2 wrong usage.");
    command->callback([options, &exit_code] { run_explore(*options, exit_code); });
}

} // namespace outboot::tool
