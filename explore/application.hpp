// What an application does to its device, over the same devices as the bootloader, so that it can be cut there too:
// stages an image, asks for its installation, confirms its trial. It changes the state as DESIGN.md says: it copies the
// folded state and changes one field.
#pragma once

#include "explore/host_board.hpp"

namespace outboot::explore {

class Application {
  public:
    explicit Application(HostBoard& board) : board_(board), journal_(board.data_flash) { (void)journal_.load(); }

    [[nodiscard]] const core::State& state() const { return journal_.state(); }

    // A backup that may still be needed stands where the application would write.
    [[nodiscard]] bool may_stage() const {
        const auto flags = state().flags;
        return state().phase == core::Phase::idle || (state().phase == core::Phase::on_trial &&
                                                      (flags & (core::flag_confirmed | core::flag_backup_lost)) != 0);
    }

    bool stage(Bytes image);
    bool request(core::Request request);
    bool confirm();

  private:
    HostBoard& board_;
    core::Journal<ModelHash, HostBoard::DataFlash> journal_;
};

} // namespace outboot::explore
