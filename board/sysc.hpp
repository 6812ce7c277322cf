// The system controller: clocks, their order and their limits; register protection; reset causes.
//
// R01UH0890 §9 (clocks), §6 (resets), §12 (PRCR). A clock that is raised beyond what wait states and dividers allow is
// a violation at the moment it is raised, as is a write that PRCR swallows.
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "board/world.hpp"

namespace outboot::board {

class Sysc final : public Peripheral {
  public:
    static constexpr std::uint32_t base = 0x4001E000;

    explicit Sysc(World& world) : world_(world) { Sysc::reset(); }

    std::uint32_t read(std::uint32_t offset, unsigned size) override;
    void write(std::uint32_t offset, unsigned size, std::uint32_t value) override;
    void reset() override;

    void set_cause(ResetCause cause); // after reset()
    void set_ofs1(std::uint32_t ofs1);

    // The wait states of code flash (FLWT) and SRAM (SRAMWTSC) against the present ICLK. Called when either changes.
    void check_wait_states();

    std::function<unsigned()> flash_wait_states;
    std::function<unsigned()> sram_wait_states;
    std::function<void(const Clocks& next)> on_clock_change; // before the new frequencies hold
    std::uint8_t* fwepror = nullptr;                         // lives in the flash sequencer

  private:
    enum class Source : std::uint8_t { hoco = 0, moco = 1, loco = 2, main = 3, sub = 4, pll = 5 };

    bool unlocked(unsigned prc_bit, const char* reg);
    std::uint8_t stable_flags();
    std::uint64_t frequency(Source source) const;
    std::uint64_t pll_output() const;
    bool running(Source source) const;
    void select(std::uint8_t source);
    void apply_clocks();
    void start(Picoseconds& stable_at, bool stop, Picoseconds settle_time);
    void write_pll_control(std::uint16_t value);
    void check_pll();
    void write_stop(std::uint32_t offset, bool stop);
    void write_dividers(std::uint32_t value);

    World& world_;
    std::uint16_t prcr_ = 0;
    std::uint32_t dividers_ = 0;
    Source source_ = Source::moco;
    std::uint16_t pllccr_ = 0x1300, pll2ccr_ = 0x1300;
    // When each oscillator is stable; never: stopped.
    Picoseconds hoco_stable_ = never, main_stable_ = never, pll_stable_ = never, pll2_stable_ = never;
    bool moco_stopped_ = false, loco_stopped_ = false, sub_stopped_ = true;
    std::uint32_t hoco_hz_ = 20'000'000;
    bool hoco_at_reset_ = false;
    std::uint16_t rstsr1_ = 0;
    std::uint8_t rstsr0_ = 0, rstsr2_ = 0;
    bool flags_polled_ = false;
    std::array<std::uint8_t, 0x500> storage_{}; // registers without behaviour here
};

} // namespace outboot::board
