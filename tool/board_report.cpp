#include "tool/board_report.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/ram_record.hpp"
#include "core/reason_text.hpp"
#include "tool/reason_remedy.hpp"

namespace outboot::tool {
namespace {

using Json = nlohmann::ordered_json;

std::optional<core::RamRecord> ram_record(const board::Board& board, std::uint32_t address) {
    const auto bytes = board.read(address, sizeof(core::RamRecord));
    core::RamRecord record;
    std::memcpy(&record, bytes.data(), sizeof record);
    if (record.magic != core::RamRecord::expected_magic || record.version != core::RamRecord::expected_version)
        return {};
    return record;
}

std::string version_text(const format::Version& v) {
    return fmt::format("{}.{}.{}+{}", v.major, v.minor, v.revision, v.build);
}

struct Wear {
    std::uint32_t most = 0;
    std::size_t where = 0;
    std::uint64_t all = 0;
};

Wear wear_of(std::span<const std::uint32_t> erases) {
    Wear w;
    for (std::size_t i = 0; i < erases.size(); ++i) {
        w.all += erases[i];
        if (erases[i] > w.most) w.most = erases[i], w.where = i;
    }
    return w;
}

std::span<const std::uint32_t> erase_counts(const board::Board& board, board::Device device) {
    switch (device) {
    case board::Device::code_flash:
        return board.code_flash().erase_counts();
    case board::Device::data_flash:
        return board.data_flash().erase_counts();
    case board::Device::external:
        break;
    }
    return board.external().array().erase_counts();
}

constexpr board::Device devices[] = {board::Device::code_flash, board::Device::data_flash, board::Device::external};

Json record_json(const core::RamRecord& r) {
    return {{"phase", core::name(r.state.phase)},
            {"request", core::name(r.state.request)},
            {"outcome", core::name(r.state.outcome)},
            {"outcome_reason", core::name(r.state.reason)},
            {"boot_reason", core::name(r.boot_reason)},
            {"boot_remedy", r.application_runs != 0 ? "" : remedy(r.boot_reason)},
            {"attempts", r.state.attempts},
            {"move", r.state.move},
            {"counter_floor", r.state.counter_floor},
            {"journal_lost", r.journal_lost != 0},
            {"application_runs", r.application_runs != 0},
            {"nothing_valid_boots", r.nothing_valid_boots},
            {"running", version_text(r.running)}};
}

} // namespace

std::string ram_record_text(const board::Board& board, std::uint32_t address) {
    const auto r = ram_record(board, address);
    if (!r) return fmt::format("no bootloader record in RAM at 0x{:08x}\n", address);
    const core::State& state = r->state;
    std::string text = "bootloader record:\n";
    const auto line = [&](const char* what, const auto& value) { text += fmt::format("  {:<14} {}\n", what, value); };
    const auto reason = [](core::Reason of) {
        return fmt::format("{}: {}", core::text(of).name, core::text(of).meaning);
    };
    line("phase", core::name(state.phase));
    line("request", core::name(state.request));
    line("last outcome", core::name(state.outcome));
    line("its reason", reason(state.reason));
    line("this boot", reason(r->boot_reason));
    if (state.phase == core::Phase::on_trial) line("attempts left", state.attempts);
    if (state.phase == core::Phase::moving || state.phase == core::Phase::restoring) line("next move", state.move);
    line("counter floor", state.counter_floor);
    if (r->application_runs == 0 && r->boot_reason != core::Reason::none) line("to mend it", remedy(r->boot_reason));
    line("application", r->application_runs != 0 ? "runs, version " + version_text(r->running) : "not started");
    if (r->journal_lost != 0) line("journal", "was empty or damaged");
    return text;
}

std::string statistics_text(const board::Board& board) {
    std::string text = fmt::format("{:<12} {:>8} {:>9} {:>12} {:>12} {:>10}   {}\n", "", "erases", "programs",
                                   "B erased", "B programmed", "busy", "most erased block");
    for (const board::Device d : devices) {
        const board::DeviceCounts& c = board.operations().counts(d);
        const Wear w = wear_of(erase_counts(board, d));
        text += fmt::format("{:<12} {:>8} {:>9} {:>12} {:>12} {:>8.3f} s   {}\n", name(d), c.erases, c.programs,
                            c.bytes_erased, c.bytes_programmed, board::in_seconds(c.busy),
                            w.most == 0 ? "-" : fmt::format("{} ({} times in its life)", w.where, w.most));
    }
    text += fmt::format("virtual time {:.3f} s, {} instructions, {} boots, {} bytes read from the external chip\n",
                        board::in_seconds(board.now()), board.instructions(), board.boots().size(),
                        board.external().bytes_read());
    return text;
}

std::string report_json(const board::Board& board, const board::RunResult& result, std::uint32_t ram_record_address) {
    Json report{{"stop", name(result.stop)},
                {"detail", result.detail},
                {"pc", result.pc},
                {"instructions", board.instructions()},
                {"seconds", board::in_seconds(board.now())}};
    for (const board::Boot& b : board.boots())
        report["boots"].push_back(
            {{"cause", name(b.cause)}, {"at_seconds", board::in_seconds(b.began)}, {"uart", b.uart}});
    report["violations"] = Json::array();
    for (const board::Violation& v : board.violations())
        report["violations"].push_back({{"what", v.what}, {"pc", v.pc}, {"at_seconds", board::in_seconds(v.time)}});
    for (const board::Device d : devices) {
        const board::DeviceCounts& c = board.operations().counts(d);
        const auto erases = erase_counts(board, d);
        report["devices"][name(d)] = {{"erases", c.erases},
                                      {"programs", c.programs},
                                      {"configurations", c.configurations},
                                      {"bytes_erased", c.bytes_erased},
                                      {"bytes_programmed", c.bytes_programmed},
                                      {"busy_seconds", board::in_seconds(c.busy)},
                                      {"wear", std::vector<std::uint32_t>(erases.begin(), erases.end())}};
    }
    const auto record = ram_record(board, ram_record_address);
    report["ram_record"] = record ? record_json(*record) : Json(nullptr);
    return report.dump(2, ' ', false, Json::error_handler_t::replace); // firmware may send any bytes
}

} // namespace outboot::tool
