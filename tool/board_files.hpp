// Flash contents of the virtual board in files: raw bytes, and beside them, in FILE.state, what bytes can't say: which
// units are blank or torn, and how often blocks were erased.
#pragma once

#include <string>

#include "board/board.hpp"

namespace outboot::tool {

struct BoardFiles {
    std::string code;     // 1 MB, with the option-setting memory in its state
    std::string data;     // 8 KB
    std::string external; // the chip's size
};

// Reads what exists; an empty name or a missing file means erased, a missing state means that whatever isn't all ones
// is programmed. Throws Failure if a file has the wrong size or its state doesn't fit.
void read_board_files(const BoardFiles& files, board::Contents& contents);

// Each file appears whole or not at all.
void write_board_files(const BoardFiles& files, const board::Contents& contents);

} // namespace outboot::tool
