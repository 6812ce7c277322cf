// SRAM wait states and their protection, 0x40002000: SRAMPRCR +4, SRAMWTSC +8, SRAMPRCR2 +0xC. R01UH0890 §45.
#pragma once

#include <cstdint>
#include <functional>

#include "board/world.hpp"

namespace outboot::board {

class SramControl final : public Peripheral {
  public:
    static constexpr std::uint32_t base = 0x40002000;
    explicit SramControl(World& world) : world_(world) {}

    std::uint32_t read(std::uint32_t offset, unsigned size) override;
    void write(std::uint32_t offset, unsigned size, std::uint32_t value) override;
    void reset() override;

    unsigned wait_states() const { return sramwtsc_; }
    std::function<void()> on_change;

  private:
    World& world_;
    bool unlocked_ = false, unlocked_2_ = false;
    std::uint8_t sramwtsc_ = 1, parity_action_ = 0;
};

} // namespace outboot::board
