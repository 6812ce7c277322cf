#include "board/sci.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace outboot::board {

namespace {
namespace reg {
constexpr std::uint32_t smr = 0x00, brr = 0x01, scr = 0x02, tdr = 0x03, ssr = 0x04, rdr = 0x05, scmr = 0x06,
                        semr = 0x07, spmr = 0x0d, mddr = 0x12, dccr = 0x13, fcr = 0x14;
}
constexpr std::uint8_t tdre = 0x80, rdrf = 0x40, tend = 0x04;                                 // SSR
constexpr std::uint8_t te = 0x20, re = 0x10, interrupts = 0xc4;                               // SCR: TIE, RIE, TEIE
constexpr std::uint8_t synchronous = 0x80, parity = 0x20, stop_2 = 0x08, clock_select = 0x03; // SMR
constexpr std::uint8_t bgdm = 0x40, abcs = 0x10, abcse = 0x08;                                // SEMR
constexpr std::uint8_t fifo_mode = 0x01;                                                      // FCR
} // namespace

void Sci::reset() {
    settle();
    registers_.fill(0);
    registers_[reg::brr] = registers_[reg::tdr] = registers_[reg::mddr] = 0xff;
    registers_[reg::scmr] = 0xf2;
    registers_[reg::fcr + 1] = 0xf8;
    on_the_wire_.clear();
    next_receive_ = 0;
    waited_ = false;
}

Picoseconds Sci::character_time() const {
    const std::uint8_t smr = registers_[reg::smr], semr = registers_[reg::semr];
    const bool fast = (semr & bgdm) != 0, short_bits = (semr & abcs) != 0;
    const std::uint64_t per_step = (semr & abcse) != 0 ? 6 : fast && short_bits ? 8 : fast || short_bits ? 16 : 32;
    const std::uint64_t per_bit = per_step * (1u << 2 * (smr & clock_select)) * (registers_[reg::brr] + 1u);
    const std::uint64_t bits = 10u + ((smr & parity) != 0) + ((smr & stop_2) != 0);
    return cycles(per_bit * bits, world_.clocks.pclka);
}

void Sci::settle() {
    while (!on_the_wire_.empty() && on_the_wire_.front().ends <= world_.now()) {
        host_.received(on_the_wire_.front().byte);
        on_the_wire_.pop_front();
    }
}

// Whoever polls waits: for a busy transmitter the second look skips to the moment it is free, for a byte that is coming
// in to the moment it is there.
std::uint32_t Sci::status() {
    const bool receiving = (registers_[reg::scr] & re) != 0;
    const bool coming = receiving && host_.has_byte();
    if (waited_ && coming)
        world_.skip_to(next_receive_);
    else if (waited_ && !on_the_wire_.empty())
        world_.skip_to(transmit_empty() ? on_the_wire_.front().ends : on_the_wire_.back().starts);
    settle();
    std::uint32_t s = 0;
    if (transmit_empty()) s |= tdre;
    if (on_the_wire_.empty()) s |= tend;
    if (coming && world_.now() >= next_receive_) s |= rdrf;
    waited_ = (s & tend) == 0 || (coming && (s & rdrf) == 0);
    if (receiving && !coming && on_the_wire_.empty()) host_.firmware_waits();
    return s;
}

std::uint8_t Sci::take() {
    if (world_.now() >= next_receive_ && host_.has_byte()) {
        last_received_ = host_.take_byte();
        next_receive_ = world_.now() + character_time();
    }
    return last_received_;
}

void Sci::send(std::uint8_t byte) {
    settle();
    waited_ = false;
    if ((registers_[reg::scr] & te) == 0)
        return world_.violation(fmt::format("SCI{}: TDR was written with the transmitter off", channel_));
    if (!transmit_empty()) {
        world_.violation(fmt::format("SCI{}: TDR was written with TDRE = 0, a byte is lost", channel_));
        on_the_wire_.pop_back();
    }
    const Picoseconds starts = on_the_wire_.empty() ? world_.now() : std::max(world_.now(), on_the_wire_.back().ends);
    on_the_wire_.push_back({byte, starts, starts + character_time()});
    if (wake_at) wake_at(on_the_wire_.back().ends);
}

std::uint32_t Sci::read(std::uint32_t offset, unsigned) {
    switch (offset) {
    case reg::ssr:
        return status();
    case reg::rdr:
        return take();
    case reg::fcr:
        return registers_[reg::fcr] | static_cast<std::uint32_t>(registers_[reg::fcr + 1]) << 8;
    default:
        return stored(offset);
    }
}

void Sci::write(std::uint32_t offset, unsigned size, std::uint32_t value) {
    const char* why = why_unreachable ? why_unreachable() : nullptr;
    const auto byte = static_cast<std::uint8_t>(value);
    const auto unmodelled = [&](const char* what) {
        world_.violation(fmt::format("SCI{}: {} isn't modelled", channel_, what));
    };
    const bool enabled = (registers_[reg::scr] & (te | re)) != 0;
    switch (offset) {
    case reg::tdr:
        if (why) world_.violation(fmt::format("SCI{}: a byte was sent, but {}", channel_, why));
        return send(byte);
    case reg::ssr:
        return; // flags are cleared by what clears them
    case reg::smr:
    case reg::brr:
    case reg::semr:
        if (enabled)
            return world_.violation(fmt::format(
                "SCI{}: register +0x{:02x} was written with the channel enabled; ignored", channel_, offset));
        if (offset == reg::smr && (byte & synchronous) != 0) unmodelled("synchronous mode");
        break;
    case reg::scr:
        if ((byte & interrupts) != 0) unmodelled("an interrupt of the UART");
        break;
    case reg::fcr:
        if ((byte & fifo_mode) != 0) unmodelled("FIFO mode");
        break;
    default:
        break;
    }
    for (unsigned i = 0; i < size; ++i) stored(offset + i) = static_cast<std::uint8_t>(value >> (8 * i));
}

} // namespace outboot::board
