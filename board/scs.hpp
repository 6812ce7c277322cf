// The Cortex-M33's system control space at 0xE000E000: SysTick, NVIC, SCB. Armv8-M Architecture Reference Manual, D1.2.
//
// Decides which exception is to be taken; taking it is the CPU's part (cpu.hpp). 96 external lines, 4 priority bits.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>

#include "board/world.hpp"

namespace outboot::board {

namespace exception {
inline constexpr unsigned nmi = 2, hard_fault = 3, mem_manage = 4, bus_fault = 5, usage_fault = 6, svcall = 11,
                          pendsv = 14, systick = 15, external = 16;
}

class Scs final : public Peripheral {
  public:
    static constexpr std::uint32_t base = 0xE000E000;
    static constexpr unsigned external_lines = 96;
    static constexpr unsigned exceptions = exception::external + external_lines;

    explicit Scs(World& world) : world_(world) { Scs::reset(); }

    std::uint32_t read(std::uint32_t offset, unsigned size) override;
    void write(std::uint32_t offset, unsigned size, std::uint32_t value) override;
    void reset() override;

    std::uint32_t vtor() const { return vtor_; }
    void set_pending(unsigned number) { pending_[number] = true; }
    void entered(unsigned number);  // taken: no longer pending, active
    void returned(unsigned number); // no longer active
    bool any_pending() const;

    struct Masks {
        bool primask = false, faultmask = false;
        std::uint8_t basepri = 0;
    };
    // The exception to be taken now, if any may be.
    std::optional<unsigned> due(const Masks& masks) const;
    // A WFI ends for it even with PRIMASK set.
    bool wakes(const Masks& masks) const {
        return due({.primask = false, .faultmask = masks.faultmask, .basepri = masks.basepri}).has_value();
    }

    // SysTick: when it next reaches 0, and whether that raises an exception. settle() lets it happen.
    Picoseconds systick_wraps_at() const { return wraps_at_; }
    bool systick_interrupts() const { return (csr_ & 2) != 0; }
    void settle();
    void clock_changes(std::uint32_t new_iclk);

    std::array<std::uint32_t, 4> fault_status() const { return {cfsr_, hfsr_, mmfar_, bfar_}; }

  private:
    int priority(unsigned number) const;
    int execution_priority(const Masks& masks) const;
    void write_word(std::uint32_t offset, std::uint32_t value);
    std::uint32_t read_word(std::uint32_t offset);
    std::uint32_t systick_value();
    bool systick_on() const { return (csr_ & 1) != 0; }
    Picoseconds tick() const { return cycles(1, world_.clocks.iclk); } // CLKSOURCE = 0 too: no reference is modelled
    void restart_systick(std::uint32_t from);

    World& world_;
    std::uint32_t vtor_ = 0, cpacr_ = 0, ccr_ = 0x201, shcsr_ = 0, cfsr_ = 0, hfsr_ = 0, mmfar_ = 0, bfar_ = 0,
                  scr_ = 0, aircr_group_ = 0;
    std::array<bool, exceptions> pending_{}, active_{}, enabled_{};
    std::array<std::uint8_t, exceptions> priorities_{};

    std::uint32_t csr_ = 0, rvr_ = 0; // SYST_CSR without COUNTFLAG, SYST_RVR
    bool count_flag_ = false;
    Picoseconds wraps_at_ = never;   // when the counter next reaches 0
    std::uint32_t frozen_value_ = 0; // SYST_CVR while it stands
    PollCounter polls_;
    std::array<std::uint8_t, 0x1000> storage_{};
};

} // namespace outboot::board
