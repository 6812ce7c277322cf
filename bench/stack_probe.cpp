#include "bench/stack_probe.hpp"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

namespace outboot::bench {
namespace {

constexpr std::uint8_t paint = 0xa5;

struct LimitWrite {
    std::uint32_t address = 0;
    unsigned from_register = 0;
};

// Every `msr msplim, Rn` (F38n 880A). The start sets the stack's limit with one; the hand-over lifts it with another,
// just before it wipes the stack.
std::vector<LimitWrite> limit_writes(const Firmware& firmware) {
    std::vector<LimitWrite> found;
    for (const FirmwareSection& section : firmware.sections())
        for (std::uint32_t at = section.address; section.code && at < section.address + section.size; at += 2)
            if (const auto first = firmware.halfword(at);
                first && (*first & 0xfff0) == 0xf380 && firmware.halfword(at + 2) == 0x880aU && firmware.is_code(at))
                found.push_back({at, *first & 15});
    return found;
}

} // namespace

StackProbe::StackProbe(board::Board& board, const Firmware& firmware)
    : bottom_(firmware.address_of("outboot_stack_bottom")), top_(firmware.address_of("outboot_stack_top")) {
    board.watch(firmware.address_of("outboot_reset_handler"), [this](board::Board& b) {
        b.poke(bottom_, std::vector<std::uint8_t>(top_ - bottom_, paint));
        painted_ = true;
    });
    const auto writes = limit_writes(firmware);
    if (writes.size() < 2) throw std::runtime_error("the bootloader's hand-over can't be found");
    for (const LimitWrite& write : writes)
        board.watch(write.address, [this, reg = fmt::format("r{}", write.from_register)](board::Board& b) {
            if (b.reg(reg) == 0) look(b);
        });
}

void StackProbe::look(board::Board& board) {
    if (!painted_) return;
    painted_ = false;
    const auto stack = board.read(bottom_, top_ - bottom_);
    const auto used = std::find_if(stack.begin(), stack.end(), [](std::uint8_t byte) { return byte != paint; });
    deepest_ = std::max(deepest_, static_cast<std::uint32_t>(stack.end() - used));
}

} // namespace outboot::bench
