// Option-setting memory at 0x0100A100: what the MCU reads at reset. R01UH0890 §6; written by Config Set only.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace outboot::board {

class OptionMemory {
  public:
    static constexpr std::uint32_t base = 0x0100A100;
    static constexpr std::uint32_t size = 0x200;
    static constexpr std::uint32_t unit_bytes = 16;

    std::span<const std::uint8_t> bytes() const { return bytes_; }
    std::uint32_t word(std::uint32_t offset) const;
    void load(std::uint32_t offset, std::span<const std::uint8_t> bytes);      // factory programming
    void config_set(std::uint32_t offset, std::span<const std::uint8_t> unit); // permanent bits stay 0

    // Whether a code-flash block is protected against programming and erasing, as latched at the last reset.
    enum class Protection : std::uint8_t { none, non_secure_set, secure_set, permanent };
    Protection protection(std::uint32_t block) const;
    void latch();

    std::uint32_t ofs0() const { return word(0x00); }
    // Each bit of OFS1 comes from the non-secure or, where OFS1_SEL is 0, from the secure word.
    std::uint32_t ofs1() const { return (word(0x80) & word(0x180)) | (word(0x100) & ~word(0x180)); }

  private:
    std::array<std::uint8_t, size> bytes_ = [] {
        std::array<std::uint8_t, size> a{};
        a.fill(0xff);
        return a;
    }();
    std::array<std::uint8_t, size> latched_ = bytes_;
};

} // namespace outboot::board
