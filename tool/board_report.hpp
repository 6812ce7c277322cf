// What `outboot board` says when a run is over.
#pragma once

#include <string>

#include "board/board.hpp"

namespace outboot::tool {

// The RAM record, decoded; says so if there is none.
std::string ram_record_text(const board::Board& board, std::uint32_t address);
// Operations, times and wear per device.
std::string statistics_text(const board::Board& board);
// Everything, as one JSON document.
std::string report_json(const board::Board& board, const board::RunResult& result, std::uint32_t ram_record_address);

} // namespace outboot::tool
