// The sending half of XMODEM-1K with CRC, towards an application on the virtual board.
#pragma once

#include "board/board.hpp"
#include "tool/primitives.hpp"

namespace outboot::rig {

// Sends `bytes`, the last block filled up with 0x1a. Ends with the run in which the receiver acknowledged the end
// (Stop::uart_text), or with the first one that stopped otherwise: a power cut, a receiver that refused or is silent.
board::RunResult send_xmodem(board::Board& board, tool::ByteSpan bytes);

} // namespace outboot::rig
