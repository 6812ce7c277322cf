#include "explore/host_board.hpp"

#include <fmt/format.h>

namespace outboot::explore {

Chip HostBoard::in_area(Chip chip, std::uint32_t at, std::uint32_t bytes) const {
    const auto inside = [&](const core::Slot& slot) { return at >= slot.base && at + bytes <= slot.base + slot.size; };
    const Layout& l = layout();
    bool allowed = false;
    switch (chip) {
    case Chip::code:
        allowed = inside(l.primary);
        break;
    case Chip::external: {
        const bool adjoining = l.plan == core::Plan::offset; // there a backup may reach from the slot into the hole
        allowed = inside(l.secondary) || inside(l.hole) ||
                  (adjoining && inside({l.secondary.base, l.secondary.size + l.hole.size}));
        break;
    }
    case Chip::journal:
        allowed = inside(l.journal);
        break;
    }
    if (!allowed) throw RuleBroken(fmt::format("{} bytes at {:#x} are outside the bootloader's areas", bytes, at));
    return chip;
}

} // namespace outboot::explore
