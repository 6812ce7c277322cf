// The host's end of the UART: a queue for tests, file descriptors for terminals, and what the firmware has sent.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include "board/sci.hpp"
#include "board/world.hpp"

namespace outboot::board {

class UartLink final : public UartHost {
  public:
    explicit UartLink(World& world) : world_(world) {}

    void received(std::uint8_t byte) override;
    bool has_byte() override;
    std::uint8_t take_byte() override;
    void firmware_waits() override;

    void send(std::string_view text) { queue_.insert(queue_.end(), text.begin(), text.end()); }
    std::size_t unread() const { return queue_.size(); }
    void attach(int in, int out) { in_ = in, out_ = out; }

    // Sees every byte the firmware sends.
    std::function<void(char)> on_text;
    // Called when the firmware is waiting for nothing but a byte of the host.
    std::function<void()> on_input_wanted;
    // The earliest thing that the firmware might look at while it waits: its timer.
    std::function<Picoseconds()> next_timer_event;

  private:
    bool fill_from_descriptor(Picoseconds patience);
    void keep_to_real_time();

    World& world_;
    std::deque<std::uint8_t> queue_;
    int in_ = -1, out_ = -1;
    PollCounter waits_;
    std::chrono::steady_clock::time_point real_origin_;
    Picoseconds virtual_origin_ = 0;
};

} // namespace outboot::board
