// A small, fast, seeded generator (splitmix64): everything random on the board is replayable from its seed.
#pragma once

#include <cstdint>

namespace outboot::board {

class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        return z ^ z >> 31;
    }

    // 0 … bound - 1. `bound` is far below 2^64, so the bias doesn't matter.
    std::uint64_t below(std::uint64_t bound) { return next() % bound; }

    std::uint8_t byte() { return static_cast<std::uint8_t>(next() >> 32); }

    bool chance(double p) { return static_cast<double>(next() >> 11) * 0x1p-53 < p; }

  private:
    std::uint64_t state_;
};

} // namespace outboot::board
