// The RA6M4 as core/boot.hpp wants a board: its devices, and the few things only a port can do.
#pragma once

#include "core/plan.hpp"
#include "core/ram_record.hpp"
#include "outboot_layout.hpp"
#include "ports/ra6m4/flash.hpp"
#include "ports/ra6m4/qspi.hpp"
#include "ports/ra6m4/watchdog.hpp"

namespace outboot::ra6m4 {

// A layout for another MCU, or for a chip that the driver can't erase, doesn't compile.
static_assert(layout.code_flash_address == 0 && layout.primary_program_unit == CodeFlash::program_unit &&
                  layout.journal_program_unit == DataFlash::program_unit,
              "the layout isn't for an RA6M4");
static_assert(layout.external_erase_block == 0x1000,
              "the RA6M4's driver erases blocks of 4, 32 and 64 KB: the layout's chip has others");
static_assert(core::chunks_fit(layout), "the layout's chunks aren't whole erase blocks: it can't be updated");

// Waits about `ms` milliseconds at 200 MHz, longer at less, feeding the watchdog.
void delay(std::uint32_t ms);

// Resets the MCU.
[[noreturn]] void reset();

// Puts the MCU back as after reset, wipes the RAM that was used, and runs the vector table at `address`.
[[noreturn]] void hand_over(std::uint32_t address);

class Board {
  public:
    static constexpr const core::Layout& layout() { return outboot::layout; }

    static const std::uint8_t* key_block() { return reinterpret_cast<const std::uint8_t*>(layout().keys_address); }

    static core::RamRecord& ram_record() { return *reinterpret_cast<core::RamRecord*>(layout().ram_record_address); }

    static void feed() { watchdogs.feed(); }
    static void pause() { delay(100); }

    // What a device with nothing to run can do: wait for a debugger. Products hook their own recovery in here.
    static void recover(core::Reason) {}

    [[noreturn]] static void reset() { ra6m4::reset(); }
    [[noreturn]] static void start(std::uint32_t address) { hand_over(address); }

    struct JournalFlash : DataFlash {
        static constexpr const core::Layout& layout() { return outboot::layout; }

        // A brown-out that comes and goes must not cut one erase after another: the more banks read closed, the more
        // cut erases lie behind us, and the longer the supply has to hold before the next.
        static void before_erase(std::uint32_t closed_banks) { delay(1 + 4 * closed_banks); }
    };

    CodeFlash code_flash;
    JournalFlash data_flash;
    QspiNor external;
};

} // namespace outboot::ra6m4
