// bench/update: what an update costs, for each plan: flash work per chip against the minimum, virtual time by phase.
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "bench/call_graph.hpp"
#include "bench/command_line.hpp"
#include "bench/device.hpp"
#include "bench/profile.hpp"
#include "bench/stack_probe.hpp"

namespace outboot::bench {
namespace {

using board::Picoseconds;
using Json = nlohmann::ordered_json;

constexpr Picoseconds slice = board::millisecond; // how exactly the phases' borders are found
// What a plan may cost at most, as Result::ratio() says it, for images that nearly fill the slot.
double ratio_budget(const std::string& plan) {
    return plan == "scratch" ? 1.53 : 1.03;
}

constexpr std::array chips{board::Device::code_flash, board::Device::external};

struct Work {
    std::uint64_t erased = 0, programmed = 0; // bytes
    std::uint64_t minimum = 0;                // of both together
    Picoseconds busy = 0;

    [[nodiscard]] std::uint64_t bytes() const { return erased + programmed; }
};

struct Result {
    std::string plan;
    std::size_t image_bytes = 0;
    std::array<Work, chips.size()> work;
    std::uint64_t journal_erases = 0, journal_programs = 0;
    Picoseconds before = 0, move = 0, after = 0; // verification, moving, verification
    std::uint64_t instructions = 0;
    std::uint32_t stack = 0;          // deepest that was used, bytes
    std::uint32_t stack_computed = 0; // deepest that is possible, as bench/size finds it
    std::vector<Profile::Share> shares;

    [[nodiscard]] Picoseconds total() const { return before + move + after; }
    [[nodiscard]] Picoseconds slower_chip() const { return std::max(work[0].busy, work[1].busy); }
    [[nodiscard]] Picoseconds busy() const { return work[0].busy + work[1].busy; }
    // Against every image byte erased and programmed once in each chip that the plan writes.
    [[nodiscard]] double ratio() const {
        return static_cast<double>(work[0].bytes() + work[1].bytes()) /
               static_cast<double>(work[0].minimum + work[1].minimum);
    }
};

std::uint64_t chip_operations(const board::Board& board) {
    return board.operations().counts(chips[0]).operations() + board.operations().counts(chips[1]).operations();
}

// Begins at the bootloader's first instruction, ends at the application's.
void measure_run(Device& device, Result& result) {
    Profile profile(device.bootloader);
    const Picoseconds began = device.board.now();
    const std::uint64_t began_at = device.board.instructions();
    Picoseconds first_work = 0, last_work = 0, looked = began;
    std::uint64_t seen = chip_operations(device.board);
    const auto look = [&](std::uint32_t pc) {
        profile.sample(pc);
        const std::uint64_t now = chip_operations(device.board);
        if (now != seen) {
            if (first_work == 0) first_work = looked; // within the slice that has just passed
            last_work = device.board.now();
        }
        seen = now;
        looked = device.board.now();
    };
    device.run_to_application({.time = slice}, look);
    result.before = first_work - began;
    result.move = last_work - first_work;
    result.after = device.board.now() - last_work;
    result.instructions = device.board.instructions() - began_at;
    result.shares = profile.shares();
}

Result measure(const std::string& plan, const std::string& arm_directory, std::uint32_t bytes) {
    Device device(plan, arm_directory);
    const std::uint32_t wanted = bytes == 0 ? device.layout.max_image : bytes;
    const StackProbe probe(device.board, device.bootloader);
    const auto next = device.image(2, wanted);
    device.provision(device.image(1, wanted));
    device.stage(next);
    device.run_to_reset_handler();
    device.run_to_application({.time = board::second}, [](std::uint32_t) {});
    // The application's own start, then what it does when an update is staged.
    if (device.board.run({.uart_text = "ready"}).stop != board::Stop::uart_text)
        throw std::runtime_error("the application doesn't start");
    const std::string request = plan == "overwrite" ? "request permanent" : "request test";
    device.command(request, request + ": ok");
    device.command("reset", "resetting");
    device.run_to_reset_handler();

    device.board.operations().reset_counts();
    Result result;
    result.plan = plan;
    result.image_bytes = next.size();
    measure_run(device, result);
    for (std::size_t i = 0; i < chips.size(); ++i) {
        const board::DeviceCounts& counts = device.board.operations().counts(chips[i]);
        const bool written = chips[i] == board::Device::code_flash || plan != "overwrite";
        result.work[i] = {counts.bytes_erased, counts.bytes_programmed, written ? 2 * next.size() : 0, counts.busy};
    }
    const board::DeviceCounts& journal = device.board.operations().counts(board::Device::data_flash);
    result.journal_erases = journal.erases;
    result.journal_programs = journal.programs;
    result.stack = probe.deepest();
    result.stack_computed =
        deepest_stack(device.bootloader, device.bootloader.address_of("outboot_reset_handler")).bytes;

    if (device.board.run({.uart_text = "ready"}).stop != board::Stop::uart_text ||
        device.board.uart().find("version 2.0.0") == std::string::npos || !device.board.violations().empty())
        throw std::runtime_error("the update failed:\n" + device.board.uart());
    return result;
}

// --- Telling

double ratio_of(std::uint64_t part, std::uint64_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
}

void print_result(const Result& r) {
    fmt::print("plan {}, images of {} bytes\n", r.plan, r.image_bytes);
    fmt::print("  {:<12}{:>12}{:>14}{:>12}{:>10}{:>12}\n", "", "B erased", "B programmed", "B minimum", "ratio",
               "busy");
    for (std::size_t i = 0; i < chips.size(); ++i) {
        const Work& w = r.work[i];
        fmt::print("  {:<12}{:>12}{:>14}{:>12}{:>10}{:>10.3f} s\n", name(chips[i]), w.erased, w.programmed, w.minimum,
                   w.minimum == 0 ? "-" : fmt::format("{:.4f}", ratio_of(w.bytes(), w.minimum)),
                   board::in_seconds(w.busy));
    }
    fmt::print("  {:<12}{:>48.4f}\n", "both", r.ratio());
    fmt::print("  journal: {} erases, {} programs\n", r.journal_erases, r.journal_programs);
    fmt::print("  virtual time, from reset to the application:\n");
    fmt::print("    {:<30}{:>8.3f} s\n", "verify both images", board::in_seconds(r.before));
    fmt::print("    {:<30}{:>8.3f} s, of which the chips are busy {:.3f} s and the rest is CPU and bus\n", "move",
               board::in_seconds(r.move), board::in_seconds(r.busy()));
    fmt::print("    {:<30}{:>8.3f} s\n", "verify, hand over", board::in_seconds(r.after));
    fmt::print("    {:<30}{:>8.3f} s, {:.2f} of the slower chip's own share; {:.1f} M instructions\n", "all",
               board::in_seconds(r.total()), ratio_of(r.total(), r.slower_chip()),
               static_cast<double>(r.instructions) / 1e6);
    fmt::print("  where the time goes (waiting for a chip counts for its driver):\n");
    for (const auto& share : r.shares) fmt::print("    {:<44}{:>5.1f} %\n", share.part, 100 * share.share);
    fmt::print("  stack used: {} B at most, of {} B that the deepest chain of calls can need\n\n", r.stack,
               r.stack_computed);
}

Json as_json(const Result& r) {
    Json json{{"plan", r.plan}, {"image_bytes", r.image_bytes}};
    for (std::size_t i = 0; i < chips.size(); ++i)
        json["chips"].push_back({{"name", name(chips[i])},
                                 {"bytes_erased", r.work[i].erased},
                                 {"bytes_programmed", r.work[i].programmed},
                                 {"bytes_minimum", r.work[i].minimum},
                                 {"busy_seconds", board::in_seconds(r.work[i].busy)}});
    json["ratio"] = r.ratio();
    json["journal"] = {{"erases", r.journal_erases}, {"programs", r.journal_programs}};
    json["seconds"] = {{"verify_before", board::in_seconds(r.before)},
                       {"move", board::in_seconds(r.move)},
                       {"verify_after", board::in_seconds(r.after)},
                       {"all", board::in_seconds(r.total())}};
    json["instructions"] = r.instructions;
    json["stack"] = {{"used_bytes", r.stack}, {"computed_bytes", r.stack_computed}};
    for (const auto& share : r.shares) json["time_shares"].push_back({{"part", share.part}, {"share", share.share}});
    return json;
}

} // namespace
} // namespace outboot::bench

int main(int argc, char** argv) {
    using namespace outboot::bench;
    CLI::App app{"What an update costs on the virtual board, for each plan", "bench/update"};
    std::vector<std::string> plans{"offset", "scratch", "overwrite"};
    std::string arm_directory = OUTBOOT_ARM;
    std::uint32_t bytes = 0;
    bool json = false;
    bool check = false;
    app.add_option("--plan", plans, "offset, scratch, overwrite; several may be given")
        ->check(CLI::IsMember({"offset", "scratch", "overwrite"}));
    app.add_option("--bytes", bytes,
                   "Size of both images, header to last TLV; as large as the slot allows if not given");
    app.add_option("--arm", arm_directory, "Where the ARM binaries are")->capture_default_str();
    app.add_flag("--json", json, "Result as JSON");
    app.add_flag("--check", check,
                 "Fail if the chips do more work than budgeted, or the stack grows deeper than computed");
    return run_bench(app, argc, argv, [&] {
        bool good = true;
        Json all = Json::array();
        for (const std::string& plan : plans) {
            const Result result = measure(plan, arm_directory, bytes);
            good &= result.ratio() <= ratio_budget(plan) && result.stack <= result.stack_computed;
            if (json)
                all.push_back(as_json(result));
            else
                print_result(result);
        }
        if (json) fmt::print("{}\n", all.dump(2));
        return good || !check;
    });
}
