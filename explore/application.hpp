// What an application does to its device, with the real library (app/update.hpp) over the same devices as the
// bootloader, so that it can be cut there too: stages an image, asks for its installation, confirms its trial.
#pragma once

#include <functional>

#include "app/update.hpp"
#include "explore/host_board.hpp"

namespace outboot::explore {

class Application {
  public:
    // `slot_opens`: called when the library turns to the external chip.
    explicit Application(HostBoard& board, std::function<void()> slot_opens = {});
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;

    [[nodiscard]] UpdateStatus status();

    // Goes on with an earlier staging of the same image. not_confirmed: nothing was done.
    UpdateResult stage(Bytes image);
    UpdateResult request(core::Request request);
    UpdateResult confirm();

  private:
    FlashAccess lend_external();

    HostBoard& board_;
    std::function<void()> slot_opens_;
    BasicUpdate<Hash> update_;
};

} // namespace outboot::explore
