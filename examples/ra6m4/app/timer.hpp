// Milliseconds from SysTick, polled: no interrupt, so nothing of it can meet flash programming.
#pragma once

#include <cstdint>

namespace example::timer {

void begin(std::uint32_t iclk_mhz);

// Milliseconds since begin(); must be called at least every 80 ms to keep count.
std::uint32_t now_ms();

class Deadline {
  public:
    explicit Deadline(std::uint32_t ms) : start_(now_ms()), ms_(ms) {}
    [[nodiscard]] bool passed() const { return now_ms() - start_ >= ms_; }

  private:
    std::uint32_t start_;
    std::uint32_t ms_;
};

} // namespace example::timer
