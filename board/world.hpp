// What every model shares: virtual time, clocks, randomness, the list of broken rules, and the ways to make the CPU
// stop.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "board/operations.hpp"
#include "board/random.hpp"
#include "board/time.hpp"

namespace outboot::board {

// A rule of the hardware that the firmware broke.
struct Violation {
    std::string what;
    std::uint32_t pc = 0; // start of the translated block that did it, a few instructions early at most
    Picoseconds time = 0;
};

enum class ResetCause : std::uint8_t { power_on, software, iwdt, wdt };

// Bus clocks in Hz; after reset MOCO 8 MHz divided by 4 (R01UH0890 §9).
struct Clocks {
    std::uint32_t iclk = 2'000'000, pclka = 2'000'000, pclkb = 2'000'000, pclkc = 2'000'000, pclkd = 2'000'000;
    std::uint32_t bclk = 2'000'000, fclk = 2'000'000;
};

constexpr Picoseconds cycles(std::uint64_t count, std::uint32_t hz) {
    return count * second / hz;
}

class World {
  public:
    explicit World(std::uint64_t seed) : random(seed) {}

    Random random;
    Operations operations;
    Clocks clocks;
    std::vector<Violation> violations;
    std::uint64_t instructions = 0; // executed since the board was made

    Picoseconds now() const { return now_; }

    // Time that passes while the CPU executes, or is held by a bus.
    void pass(Picoseconds t) { now_ += t; }

    // The firmware polls for something that happens at `t`: nothing else can happen before the horizon, so time jumps
    // there. Stops short at the horizon, and then the poll still sees the old state.
    void skip_to(Picoseconds t) { now_ = std::max(now_, std::min(t, horizon_)); }

    // The next moment at which the board must look up: a watchdog, a limit, an interrupt. Never later than needed.
    Picoseconds horizon() const { return horizon_; }
    void set_horizon(Picoseconds t) { horizon_ = t; }
    void look_up_at(Picoseconds t) { horizon_ = std::min(horizon_, t); }

    // A firmware that breaks rules in a loop isn't worth all the memory.
    void violation(std::string what) {
        constexpr std::size_t most_kept = 1000;
        if (violations.size() < most_kept) violations.push_back({std::move(what), current_pc ? current_pc() : 0, now_});
        look_up_at(0);
    }

    // The supply fails now, or the MCU is reset: the CPU does nothing more.
    void cut_power() {
        power_failed = true;
        if (stop_cpu) stop_cpu();
    }
    void reset(ResetCause cause) {
        reset_wanted = cause;
        if (stop_cpu) stop_cpu();
    }
    bool power_failed = false;
    std::optional<ResetCause> reset_wanted;

    // Set by the board; models under test may leave them empty.
    std::function<std::uint32_t()> current_pc;
    std::function<void()> stop_cpu;

  private:
    Picoseconds now_ = 0;
    Picoseconds horizon_ = never;
};

// Whether the firmware asks the same thing again and again and does nothing else in between.
class PollCounter {
  public:
    // One more look; returns how many there have been in a row.
    unsigned look(std::uint64_t instructions) {
        constexpr std::uint64_t short_loop = 200; // instructions from one look to the next
        count_ = instructions - last_ <= short_loop ? count_ + 1 : 1;
        last_ = instructions;
        return count_;
    }
    void clear() { count_ = 0; }

  private:
    std::uint64_t last_ = 0;
    unsigned count_ = 0;
};

// A block of registers in the address space.
class Peripheral {
  public:
    virtual ~Peripheral() = default;
    // `size` is 1, 2 or 4 bytes, `offset` counts from the block's base.
    virtual std::uint32_t read(std::uint32_t offset, unsigned size) = 0;
    virtual void write(std::uint32_t offset, unsigned size, std::uint32_t value) = 0;
    virtual void reset() = 0; // any reset of the MCU
};

} // namespace outboot::board
