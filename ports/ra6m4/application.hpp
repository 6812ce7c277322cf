// For a bare-metal application on the RA6M4: start-up of what outboot's drivers need, and its flash devices as
// outboot::Update wants them. An application with drivers of its own lends those instead.
#pragma once

#include "app/update.hpp"
#include "outboot_layout.hpp"
#include "ports/ra6m4/flash.hpp"
#include "ports/ra6m4/qspi.hpp"

namespace outboot::ra6m4 {

// 200 MHz, flash sequencer enabled, watchdogs known.
void begin_application();

[[noreturn]] void reset_mcu();

class Devices {
  public:
    // The external chip is opened at the first lock, and readable at its mapped address while it isn't locked.
    FlashAccess external();
    FlashAccess data_flash();

  private:
    struct External {
        QspiNor nor;
        bool open = false;
        bool locked = false;
    };
    struct Data {
        DataFlash flash;
        bool locked = false;
    };

    External external_;
    Data data_;
};

} // namespace outboot::ra6m4
