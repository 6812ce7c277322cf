// The QSPI controller: register block at 0x64000000, mapped reads of the chip at 0x60000000.
//
// R01UH0890 §39 (registers §39.2; direct communication mode §39.3), FSP r_qspi. A bus cycle in direct mode begins with
// the first access to SFMCOM and ends only with a write to SFMCMD.
#pragma once

#include <cstdint>
#include <functional>

#include "board/nor.hpp"
#include "board/world.hpp"

namespace outboot::board {

class Qspi final : public Peripheral {
  public:
    static constexpr std::uint32_t base = 0x64000000;
    static constexpr std::uint32_t window = 0x60000000;

    Qspi(World& world, Nor& chip) : world_(world), chip_(chip) { Qspi::reset(); }

    std::uint32_t read(std::uint32_t offset, unsigned size) override;
    void write(std::uint32_t offset, unsigned size, std::uint32_t value) override;
    void reset() override;

    std::uint32_t read_window(std::uint32_t offset, unsigned size);

    // What else must be right for the bus to work: module running, pins given to the controller, caches not stale.
    // Each returns what is wrong, or nothing. Set by the board.
    std::function<const char*()> why_unreachable;
    std::function<const char*()> why_reads_are_stale;
    std::function<void()> on_chip_written;

  private:
    bool module_runs();
    Picoseconds clock_period() const;
    unsigned lines() const { return (sfmspc_ & 3) == 2 ? 4 : 1; } // of direct communication
    void end_cycle();
    std::uint8_t exchange(std::uint8_t out);
    std::uint8_t read_opcode() const;
    void charge_mapped_read(std::uint32_t offset, unsigned size);

    World& world_;
    Nor& chip_;

    std::uint32_t sfmsmd_ = 0, sfmssc_ = 0, sfmskc_ = 0, sfmsic_ = 0, sfmsac_ = 0, sfmsdc_ = 0, sfmspc_ = 0,
                  sfmpmd_ = 0, sfmcnt1_ = 0;
    bool direct_ = false;     // DCOM
    bool cycle_open_ = false; // COMBSY
    bool cycle_reaches_chip_ = false;
    bool window_error_ = false; // EROMR
    bool xip_ = false;          // SFMXST: the controller believes the chip to be in continuous-read mode

    // The mapped read stream: the chip stays selected for consecutive addresses and up to 18 bytes are prefetched.
    std::uint32_t next_offset_ = UINT32_MAX;
    Picoseconds stream_time_ = 0; // when the last byte handed over had arrived
};

} // namespace outboot::board
