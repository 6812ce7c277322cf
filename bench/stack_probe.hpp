// The stack that was really used: painted at every start of the bootloader, looked at before it wipes its RAM.
#pragma once

#include "bench/firmware.hpp"
#include "board/board.hpp"

namespace outboot::bench {

class StackProbe {
  public:
    // Watches until the board is gone. Throws std::runtime_error if the firmware has no end that can be watched.
    StackProbe(board::Board& board, const Firmware& firmware);
    StackProbe(const StackProbe&) = delete;
    StackProbe& operator=(const StackProbe&) = delete;

    // Of all boots that came to their end so far, the most: bytes.
    [[nodiscard]] std::uint32_t deepest() const { return deepest_; }

  private:
    void look(board::Board& board);

    std::uint32_t bottom_, top_;
    bool painted_ = false;
    std::uint32_t deepest_ = 0;
};

} // namespace outboot::bench
