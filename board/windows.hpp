// Pages of the address space that several small things share, or behind which a memory lies that isn't plain.
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "board/faci.hpp"
#include "board/option_memory.hpp"
#include "board/qspi.hpp"
#include "board/sci.hpp"
#include "board/watchdog.hpp"
#include "board/world.hpp"

namespace outboot::board {

// A page whose accesses go to a function; what isn't given is a violation.
class Window final : public Peripheral {
  public:
    using Read = std::function<std::uint32_t(std::uint32_t offset, unsigned size)>;
    using Write = std::function<void(std::uint32_t offset, unsigned size, std::uint32_t value)>;

    Window(World& world, const char* name, Read read, Write write)
        : world_(world), name_(name), read_(std::move(read)), write_(std::move(write)) {}

    std::uint32_t read(std::uint32_t offset, unsigned size) override;
    void write(std::uint32_t offset, unsigned size, std::uint32_t value) override;
    void reset() override {}

  private:
    World& world_;
    const char* name_;
    Read read_;
    Write write_;
};

struct Windows {
    Windows(World& world, Faci& faci, Qspi& qspi, const OptionMemory& options, Watchdog& iwdt, Watchdog& wdt,
            std::array<Sci, 10>& sci);

    Window faci_commands; // 0x407E0000
    Window data_flash;    // 0x08000000
    Window external;      // 0x60000000
    Window options;       // 0x0100A000
    Window factory;       // 0x01008000: part number, unique id
    Window timers;        // 0x40083000: RTC, IWDT, WDT
    Window uarts;         // 0x40118000: SCI0 to SCI9
    Window trace;         // 0xE0001000: DWT cycle counter
};

} // namespace outboot::board
