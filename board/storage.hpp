// Register blocks that are modelled as plain storage: written values are read back and nothing else happens.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "board/world.hpp"

namespace outboot::board {

class Storage : public Peripheral {
  public:
    // `resets`: offset of a word and its value after reset; all others are 0.
    Storage(std::uint32_t size, std::vector<std::pair<std::uint32_t, std::uint32_t>> resets)
        : bytes_(size), resets_(std::move(resets)) {
        Storage::reset();
    }

    std::uint32_t read(std::uint32_t offset, unsigned size) override {
        std::uint32_t v = 0;
        for (unsigned i = 0; i < size; ++i) v |= static_cast<std::uint32_t>(bytes_[offset + i]) << (8 * i);
        return v;
    }
    void write(std::uint32_t offset, unsigned size, std::uint32_t value) override {
        for (unsigned i = 0; i < size; ++i) bytes_[offset + i] = static_cast<std::uint8_t>(value >> (8 * i));
    }
    void reset() override {
        std::fill(bytes_.begin(), bytes_.end(), std::uint8_t{0});
        for (const auto& [offset, value] : resets_) Storage::write(offset, 4, value);
    }

  private:
    std::vector<std::uint8_t> bytes_;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> resets_;
};

// Module stop, R01UH0890 §10: a stopped module neither reads nor writes. MSTPCRA-E at 0x40084000 + 4·n.
class ModuleStop final : public Storage {
  public:
    static constexpr std::uint32_t base = 0x40084000;
    ModuleStop()
        : Storage(
              0x1000,
              {{0x00, 0xffbfff7e}, {0x04, 0xffffffff}, {0x08, 0xffffffff}, {0x0c, 0xffffffff}, {0x10, 0xffffffff}}) {}
    bool runs(char group, unsigned bit) {
        return (read(static_cast<std::uint32_t>(group - 'A') * 4, 4) >> bit & 1) == 0;
    }
};

} // namespace outboot::board
