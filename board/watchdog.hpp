// Both watchdogs: IWDT (15 kHz, started only by OFS0) and WDT (PCLKB, started by OFS0 or by its first refresh).
//
// R01UH0890 §25 (WDT), §26 (IWDT), §6 (OFS0). An underflow or a refresh outside the window resets the MCU.
#pragma once

#include <cstdint>

#include "board/world.hpp"

namespace outboot::board {

class Watchdog final : public Peripheral {
  public:
    enum class Which : std::uint8_t { iwdt, wdt };
    static constexpr std::uint32_t iwdt_base = 0x40083200, wdt_base = 0x40083400;

    Watchdog(World& world, Which which) : world_(world), which_(which) { Watchdog::reset(); }

    std::uint32_t read(std::uint32_t offset, unsigned size) override;
    void write(std::uint32_t offset, unsigned size, std::uint32_t value) override;
    void reset() override;

    // What OFS0 says, right after a reset.
    void start_from_ofs0(std::uint32_t ofs0);
    void clock_changes(std::uint32_t new_pclkb);
    void slept(Picoseconds duration); // the CPU slept so long; the counter may have stood still

    Picoseconds underflow_at() const { return running_ ? end_ : never; }
    bool expired() const { return running_ && world_.now() >= end_; }
    ResetCause cause() const { return which_ == Which::iwdt ? ResetCause::iwdt : ResetCause::wdt; }

  private:
    struct Settings {
        unsigned timeout = 3, divider = 0xf, window_end = 3, window_start = 3; // register fields
    };
    void configure(const Settings& s);
    void start();
    void refresh();
    std::uint32_t counter() const;
    std::uint32_t hertz() const;

    World& world_;
    Which which_;
    Settings settings_;
    bool running_ = false, control_written_ = false, stops_in_sleep_ = false, resets_ = true, armed_ = false;
    std::uint32_t steps_ = 0; // counter's start value
    std::uint32_t divider_ = 1;
    Picoseconds end_ = never, period_ = 0;
    std::uint16_t control_ = 0x33f3;
    std::uint8_t reset_control_ = 0x80, stop_control_ = 0x80;
};

} // namespace outboot::board
