// The options of `outboot board`, and their text forms.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "board/board.hpp"
#include "tool/board_files.hpp"

namespace outboot::tool {

struct CutOption {
    std::uint64_t number = 0;
    board::Moment moment = board::Moment::inside;
    std::optional<board::Device> device{};
    std::optional<board::Kind> kind{};
};

struct RandomCuts {
    std::uint64_t seed = 0;
    unsigned count = 0;
    double per_operation = 0.01;
};

// All of them throw CLI::ValidationError, which is wrong usage.
board::Picoseconds parse_duration(const std::string& text); // 10s, 250ms, 1.5s, 2min
CutOption parse_cut(const std::string& text);               // 17, 17:before, 3:inside:external:erase
RandomCuts parse_random_cuts(const std::string& text);      // SEED:COUNT, SEED:COUNT:PROBABILITY

struct BoardOptions {
    std::string replay;          // a line of the explorer; then no other option counts but:
    std::string replay_layout;   // file
    std::string replay_programs; // directory
    BoardFiles files;
    std::vector<std::string> load;
    std::string uart = "stdio"; // stdio, none, pty, file:PATH
    std::string pty_link;
    std::string send; // bytes queued for the firmware
    std::string time = "60s", until;
    std::vector<std::string> cuts;
    std::string random_cuts;
    bool power_back = false; // after a cut: on again, until no cut is left
    bool external_missing = false;
    std::optional<std::uint64_t> external_dead_after;
    bool watchdog = false, slowest = false;
    std::uint64_t seed = 1;
    std::uint32_t ram_record = board::address::ram_record;
    bool stats = false, json = false;
};

} // namespace outboot::tool
