// `outboot board --replay`: a history of the explorer on the real bootloader and application.
#pragma once

#include "tool/board_options.hpp"

namespace outboot::tool {

// Returns the exit code.
int replay_on_board(const BoardOptions& options);

} // namespace outboot::tool
