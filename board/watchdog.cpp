#include "board/watchdog.hpp"

#include <array>

#include <fmt/format.h>

namespace outboot::board {

namespace {
constexpr std::uint32_t iwdt_hz = 15'000;
namespace reg {
constexpr std::uint32_t rr = 0, cr = 2, sr = 4, rcr = 6, cstpr = 8;
}

std::uint32_t divider_of(Watchdog::Which which, unsigned field) {
    if (which == Watchdog::Which::iwdt) {
        switch (field) {
        case 0:
            return 1;
        case 2:
            return 16;
        case 3:
            return 32;
        case 4:
            return 64;
        case 5:
            return 256;
        default:
            return 128; // 0xf
        }
    }
    switch (field) {
    case 1:
        return 4;
    case 4:
        return 64;
    case 6:
        return 512;
    case 7:
        return 2048;
    case 8:
        return 8192;
    default:
        return 128; // 0xf
    }
}

std::uint32_t steps_of(Watchdog::Which which, unsigned field) {
    constexpr std::array<std::uint32_t, 4> iwdt{128, 512, 1024, 2048}, wdt{1024, 4096, 8192, 16384};
    return (which == Watchdog::Which::iwdt ? iwdt : wdt)[field & 3];
}
} // namespace

void Watchdog::reset() {
    running_ = control_written_ = armed_ = stops_in_sleep_ = false;
    resets_ = true;
    end_ = never;
    control_ = 0x33f3;
    reset_control_ = stop_control_ = 0x80;
}

std::uint32_t Watchdog::hertz() const {
    return which_ == Which::iwdt ? iwdt_hz : world_.clocks.pclkb;
}

void Watchdog::configure(const Settings& s) {
    settings_ = s;
    steps_ = steps_of(which_, s.timeout);
    divider_ = divider_of(which_, s.divider);
}

void Watchdog::start_from_ofs0(std::uint32_t ofs0) {
    const bool iwdt = which_ == Which::iwdt;
    const unsigned start_bit = iwdt ? 1 : 17, low = iwdt ? 2 : 18;
    if ((ofs0 >> start_bit & 1) != 0) return; // not started by the option
    const auto field = [&](unsigned offset, unsigned mask) { return ofs0 >> (low + offset) & mask; };
    configure(
        {.timeout = field(0, 3), .divider = field(2, 15), .window_end = field(6, 3), .window_start = field(8, 3)});
    resets_ = field(10, 1) != 0;
    stops_in_sleep_ = field(12, 1) != 0;
    start();
}

void Watchdog::start() {
    running_ = true;
    period_ = cycles(static_cast<std::uint64_t>(steps_) * divider_, hertz());
    end_ = world_.now() + period_;
    world_.look_up_at(end_);
    if (!resets_) world_.violation("a watchdog that raises an interrupt instead of a reset isn't modelled");
}

std::uint32_t Watchdog::counter() const {
    if (!running_ || end_ <= world_.now()) return 0;
    return static_cast<std::uint32_t>(static_cast<double>(end_ - world_.now()) / static_cast<double>(period_) * steps_);
}

void Watchdog::refresh() {
    if (!running_) {
        if (which_ == Which::iwdt) return; // has no register start
        configure({.timeout = control_ & 3u,
                   .divider = control_ >> 4 & 15u,
                   .window_end = control_ >> 8 & 3u,
                   .window_start = control_ >> 12 & 3u});
        resets_ = (reset_control_ & 0x80) != 0;
        stops_in_sleep_ = (stop_control_ & 0x80) != 0;
        return start();
    }
    // The window is open while the counter is between its end and start, in percent of the timeout.
    constexpr std::array<unsigned, 4> window_end{75, 50, 25, 0}, window_start{25, 50, 75, 100};
    const std::uint32_t percent = counter() * 100 / steps_;
    const bool in_window =
        percent >= window_end[settings_.window_end] && percent <= window_start[settings_.window_start];
    if (!in_window) return world_.reset(cause());
    end_ = world_.now() + period_;
}

void Watchdog::clock_changes(std::uint32_t new_pclkb) {
    if (!running_ || which_ == Which::iwdt || end_ <= world_.now()) return;
    const double scale = static_cast<double>(world_.clocks.pclkb) / static_cast<double>(new_pclkb);
    end_ = world_.now() + static_cast<Picoseconds>(static_cast<double>(end_ - world_.now()) * scale);
    period_ = static_cast<Picoseconds>(static_cast<double>(period_) * scale);
    world_.look_up_at(end_);
}

void Watchdog::slept(Picoseconds duration) {
    if (running_ && stops_in_sleep_) end_ += duration;
}

std::uint32_t Watchdog::read(std::uint32_t offset, unsigned size) {
    switch (offset) {
    case reg::rr:
        return 0xff;
    case reg::sr:
        return counter() & 0x3fff;
    case reg::cr:
        return control_;
    case reg::rcr:
        return reset_control_;
    case reg::cstpr:
        return stop_control_;
    default:
        break;
    }
    world_.violation(fmt::format("watchdog: {}-bit read of offset 0x{:02x}, where no register is", size * 8, offset));
    return 0;
}

void Watchdog::write(std::uint32_t offset, unsigned size, std::uint32_t value) {
    switch (offset) {
    case reg::rr: {
        const bool completes = armed_ && value == 0xff;
        armed_ = value == 0;
        if (completes) refresh();
        return;
    }
    case reg::sr:
        return; // UNDFF and REFEF lead to a reset, which clears them
    case reg::cr:
        if (which_ == Which::iwdt) break;
        if (control_written_ || running_)
            return world_.violation("WDTCR can be written once, before the WDT runs; ignored");
        control_ = static_cast<std::uint16_t>(value);
        control_written_ = true;
        return;
    case reg::rcr:
        if (which_ == Which::iwdt) break;
        reset_control_ = static_cast<std::uint8_t>(value);
        return;
    case reg::cstpr:
        if (which_ == Which::iwdt) break;
        stop_control_ = static_cast<std::uint8_t>(value);
        return;
    default:
        break;
    }
    world_.violation(fmt::format("watchdog: {}-bit write of 0x{:x} to offset 0x{:02x}, where no register is", size * 8,
                                 value, offset));
}

} // namespace outboot::board
