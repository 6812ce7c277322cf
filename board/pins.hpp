// Ports, pin function select and its write protection. R01UH0890 §19: PWPR 0x40080D03, PmnPFS 0x40080800 + 0x40·m +
// 4·n.
//
// Pins are storage: the board looks at them only to see whether a peripheral reaches the outside.
#pragma once

#include <array>
#include <cstdint>

#include "board/world.hpp"

namespace outboot::board {

class Pins final : public Peripheral { // 0x40080000, ports and PFS
  public:
    static constexpr std::uint32_t base = 0x40080000;

    explicit Pins(World& world) : world_(world) { reset(); }

    std::uint32_t read(std::uint32_t offset, unsigned size) override;
    void write(std::uint32_t offset, unsigned size, std::uint32_t value) override;
    void reset() override;

    // Pin Pmnn is a peripheral's (PMR), and that peripheral is `function` (PSEL).
    bool is(unsigned port, unsigned pin, unsigned function) const;

  private:
    static constexpr std::uint32_t pfs = 0x800, pfs_end = 0xd00, pwpr = 0xd03, pwprs = 0xd05, end = 0x1000;

    World& world_;
    std::array<std::uint8_t, end> bytes_{};
    std::uint8_t pwpr_ = 0x80, pwprs_ = 0x80;
};

} // namespace outboot::board
