#include "board/pins.hpp"

#include <fmt/format.h>

namespace outboot::board {

namespace {
constexpr std::uint8_t b0wi = 0x80, pfswe = 0x40;

// B0WI forbids changing PFSWE; both never change in one write.
std::uint8_t after_write(std::uint8_t old, std::uint8_t value) {
    return (old & b0wi) != 0 ? static_cast<std::uint8_t>((old & pfswe) | (value & b0wi)) : value & (b0wi | pfswe);
}
} // namespace

void Pins::reset() {
    bytes_.fill(0);
    pwpr_ = pwprs_ = b0wi;
}

bool Pins::is(unsigned port, unsigned pin, unsigned function) const {
    const std::uint32_t at = pfs + port * 0x40 + pin * 4;
    const bool peripheral = (bytes_[at + 2] & 1) != 0; // PMR, bit 16
    return peripheral && (bytes_[at + 3] & 0x1f) == function;
}

std::uint32_t Pins::read(std::uint32_t offset, unsigned size) {
    if (offset == pwpr && size == 1) return pwpr_;
    if (offset == pwprs && size == 1) return pwprs_;
    std::uint32_t v = 0;
    for (unsigned i = 0; i < size && offset + i < end; ++i)
        v |= static_cast<std::uint32_t>(bytes_[offset + i]) << (8 * i);
    return v;
}

void Pins::write(std::uint32_t offset, unsigned size, std::uint32_t value) {
    if (offset == pwpr && size == 1) {
        pwpr_ = after_write(pwpr_, static_cast<std::uint8_t>(value));
        return;
    }
    if (offset == pwprs && size == 1) {
        pwprs_ = after_write(pwprs_, static_cast<std::uint8_t>(value));
        return;
    }
    const bool is_pfs = offset >= pfs && offset < pfs_end;
    if (is_pfs && ((pwpr_ | pwprs_) & pfswe) == 0) {
        world_.violation(fmt::format("pin function P{}{:02} was written while PWPR protects it; ignored",
                                     (offset - pfs) / 0x40, (offset - pfs) % 0x40 / 4));
        return;
    }
    for (unsigned i = 0; i < size && offset + i < end; ++i)
        bytes_[offset + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

} // namespace outboot::board
