// One SCI channel as an asynchronous UART, polled. R01UH0890 §27: registers §27.2, baud rate table §27.2.
//
// Bytes take the time the baud rate gives them: TDRE, TEND and RDRF follow virtual time. A byte counts as sent when its
// stop bit is out, so that a reset or a clock change before TEND loses it, as on the wire. FIFO, interrupts and
// synchronous modes aren't modelled and say so.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "board/world.hpp"

namespace outboot::board {

// The other end of the wire.
class UartHost {
  public:
    virtual ~UartHost() = default;
    virtual void received(std::uint8_t byte) = 0; // by the host
    virtual bool has_byte() = 0;
    virtual std::uint8_t take_byte() = 0;
    virtual void firmware_waits() = 0; // it polled for a byte that isn't there
};

class Sci final : public Peripheral {
  public:
    static constexpr std::uint32_t base(unsigned channel) { return 0x40118000 + channel * 0x100; }

    Sci(World& world, UartHost& host, unsigned channel) : world_(world), host_(host), channel_(channel) {
        Sci::reset();
    }

    std::uint32_t read(std::uint32_t offset, unsigned size) override;
    void write(std::uint32_t offset, unsigned size, std::uint32_t value) override;
    void reset() override; // what isn't out yet is lost

    void settle(); // delivers what has gone out by now
    Picoseconds next_event() const { return on_the_wire_.empty() ? never : on_the_wire_.front().ends; }
    bool sending() { return settle(), !on_the_wire_.empty(); }

    std::function<const char*()> why_unreachable; // module stopped, pins not given; nothing: all is well
    std::function<void(Picoseconds)> wake_at;     // settle() is wanted then

  private:
    struct InFlight {
        std::uint8_t byte;
        Picoseconds starts, ends;
    };
    std::uint32_t status();
    std::uint8_t take();
    void send(std::uint8_t byte);
    bool transmit_empty() const { return on_the_wire_.empty() || on_the_wire_.back().starts <= world_.now(); }
    Picoseconds character_time() const;
    std::uint8_t& stored(std::uint32_t offset) { return registers_[offset % registers_.size()]; }

    World& world_;
    UartHost& host_;
    unsigned channel_;
    std::array<std::uint8_t, 0x20> registers_{};
    std::deque<InFlight> on_the_wire_; // shift register and TDR: two at most
    Picoseconds next_receive_ = 0;
    std::uint8_t last_received_ = 0;
    bool waited_ = false; // the last status read showed something still on its way
};

} // namespace outboot::board
