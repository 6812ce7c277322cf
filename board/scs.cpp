#include "board/scs.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace outboot::board {

namespace {

namespace reg {
constexpr std::uint32_t ictr = 0x004, actlr = 0x008, syst_csr = 0x010, syst_rvr = 0x014, syst_cvr = 0x018,
                        syst_calib = 0x01c, iser = 0x100, icer = 0x180, ispr = 0x200, icpr = 0x280, iabr = 0x300,
                        itns = 0x380, ipr = 0x400, cpuid = 0xd00, icsr = 0xd04, vtor = 0xd08, aircr = 0xd0c,
                        scr = 0xd10, ccr = 0xd14, shpr1 = 0xd18, shpr3 = 0xd20, shcsr = 0xd24, cfsr = 0xd28,
                        hfsr = 0xd2c, mmfar = 0xd34, bfar = 0xd38, cpacr = 0xd88;
}

constexpr std::uint32_t enable = 1, tick_interrupt = 2, processor_clock = 4, count_flag = 1u << 16;
constexpr std::uint32_t value_mask = 0xffffff;
constexpr std::uint32_t vectkey = 0x05fa, vectkey_read = 0xfa05, sysresetreq = 1u << 2;
constexpr std::uint8_t priority_bits = 0xf0;
constexpr unsigned polls_before_skip = 8;
constexpr int idle_priority = 256; // lower than any exception's

} // namespace

void Scs::reset() {
    vtor_ = cpacr_ = shcsr_ = cfsr_ = hfsr_ = mmfar_ = bfar_ = scr_ = aircr_group_ = 0;
    ccr_ = 0x201;
    pending_.fill(false);
    active_.fill(false);
    enabled_.fill(false);
    priorities_.fill(0);
    csr_ = rvr_ = 0;
    count_flag_ = false;
    wraps_at_ = never;
    frozen_value_ = 0;
    polls_.clear();
    storage_.fill(0);
}

// --- Which exception

int Scs::priority(unsigned number) const {
    if (number == exception::nmi) return -2;
    if (number == exception::hard_fault) return -1;
    return priorities_[number];
}

int Scs::execution_priority(const Masks& masks) const {
    int p = idle_priority;
    for (unsigned n = 1; n < exceptions; ++n)
        if (active_[n]) p = std::min(p, priority(n));
    if (masks.basepri != 0) p = std::min(p, static_cast<int>(masks.basepri));
    if (masks.primask) p = std::min(p, 0);
    if (masks.faultmask) p = std::min(p, -1);
    return p;
}

bool Scs::any_pending() const {
    for (unsigned n = 1; n < exceptions; ++n)
        if (pending_[n] && (n < exception::external || enabled_[n])) return true;
    return false;
}

std::optional<unsigned> Scs::due(const Masks& masks) const {
    std::optional<unsigned> best;
    for (unsigned n = 1; n < exceptions; ++n) {
        if (!pending_[n] || (n >= exception::external && !enabled_[n])) continue;
        if (!best || priority(n) < priority(*best)) best = n;
    }
    if (best && priority(*best) >= execution_priority(masks)) best.reset();
    return best;
}

void Scs::entered(unsigned number) {
    pending_[number] = false;
    active_[number] = true;
}

void Scs::returned(unsigned number) {
    active_[number] = false;
}

// --- SysTick

void Scs::restart_systick(std::uint32_t from) {
    wraps_at_ = systick_on() && rvr_ != 0 ? world_.now() + from * tick() : never;
    if (wraps_at_ != never) world_.look_up_at(wraps_at_);
}

void Scs::settle() {
    if (wraps_at_ > world_.now()) return;
    const Picoseconds period = (rvr_ + 1ull) * tick();
    wraps_at_ += ((world_.now() - wraps_at_) / period + 1) * period;
    count_flag_ = true;
    polls_.clear();
    if ((csr_ & tick_interrupt) != 0) pending_[exception::systick] = true;
}

std::uint32_t Scs::systick_value() {
    if (wraps_at_ == never) return frozen_value_;
    return static_cast<std::uint32_t>((wraps_at_ - world_.now()) / tick()) & value_mask;
}

void Scs::clock_changes(std::uint32_t new_iclk) {
    settle();
    if (wraps_at_ != never) wraps_at_ = world_.now() + systick_value() * cycles(1, new_iclk);
}

// --- Registers

std::uint32_t Scs::read(std::uint32_t offset, unsigned size) {
    const std::uint32_t word = read_word(offset & ~3u) >> (8 * (offset & 3));
    return size == 4 ? word : word & ((1u << 8 * size) - 1);
}

std::uint32_t Scs::read_word(std::uint32_t offset) {
    const auto bits = [&](const std::array<bool, exceptions>& set, std::uint32_t from) {
        std::uint32_t v = 0;
        for (unsigned i = 0; i < 32; ++i) {
            const unsigned n = exception::external + (offset - from) * 8 + i;
            if (n < exceptions && set[n]) v |= 1u << i;
        }
        return v;
    };
    const auto in = [&](std::uint32_t from, std::uint32_t bytes) { return offset >= from && offset < from + bytes; };
    constexpr std::uint32_t set_bytes = external_lines / 8;
    if (in(reg::iser, set_bytes) || in(reg::icer, set_bytes))
        return bits(enabled_, in(reg::iser, set_bytes) ? reg::iser : reg::icer);
    if (in(reg::ispr, set_bytes) || in(reg::icpr, set_bytes))
        return bits(pending_, in(reg::ispr, set_bytes) ? reg::ispr : reg::icpr);
    if (in(reg::iabr, set_bytes)) return bits(active_, reg::iabr);
    const auto four_priorities = [&](unsigned first) {
        return static_cast<std::uint32_t>(priorities_[first] | priorities_[first + 1] << 8 |
                                          priorities_[first + 2] << 16) |
               static_cast<std::uint32_t>(priorities_[first + 3]) << 24;
    };
    if (in(reg::ipr, external_lines)) return four_priorities(exception::external + (offset - reg::ipr));
    if (in(reg::shpr1, 12)) return four_priorities(exception::mem_manage + (offset - reg::shpr1));

    switch (offset) {
    case reg::syst_csr:
    case reg::syst_cvr: {
        // Whoever looks again and again waits for the counter: time skips to its next wrap.
        settle();
        if (offset == reg::syst_csr && !count_flag_ && polls_.look(world_.instructions) > polls_before_skip &&
            wraps_at_ != never) {
            world_.skip_to(wraps_at_);
            settle();
        }
        if (offset == reg::syst_cvr) return systick_value();
        const bool flag = std::exchange(count_flag_, false);
        return csr_ | (flag ? count_flag : 0);
    }
    case reg::syst_rvr:
        return rvr_;
    case reg::syst_calib:
        return 0;
    case reg::ictr:
        return external_lines / 32 - 1;
    case reg::cpuid:
        return 0x410fd214; // Cortex-M33 r0p4
    case reg::icsr: {
        std::uint32_t v = 0;
        for (unsigned n = 1; n < exceptions; ++n)
            if (active_[n]) v = n; // VECTACTIVE: good enough while exceptions don't nest
        if (pending_[exception::systick]) v |= 1u << 26;
        if (pending_[exception::pendsv]) v |= 1u << 28;
        return v;
    }
    case reg::vtor:
        return vtor_;
    case reg::aircr:
        return vectkey_read << 16 | aircr_group_;
    case reg::scr:
        return scr_;
    case reg::ccr:
        return ccr_;
    case reg::shcsr:
        return shcsr_;
    case reg::cfsr:
        return cfsr_;
    case reg::hfsr:
        return hfsr_;
    case reg::mmfar:
        return mmfar_;
    case reg::bfar:
        return bfar_;
    case reg::cpacr:
        return cpacr_;
    default:
        break;
    }
    std::uint32_t v = 0;
    for (unsigned i = 0; i < 4; ++i) v |= static_cast<std::uint32_t>(storage_[offset + i]) << (8 * i);
    return v; // MPU, SAU, FPU and debug registers: storage
}

void Scs::write(std::uint32_t offset, unsigned size, std::uint32_t value) {
    if (size == 4) return write_word(offset, value);
    const bool priority_byte = (offset >= reg::ipr && offset < reg::ipr + external_lines) ||
                               (offset >= reg::shpr1 && offset < reg::shpr1 + 12);
    const unsigned first = offset >= reg::shpr1 ? exception::mem_manage + (offset - reg::shpr1)
                                                : exception::external + (offset - reg::ipr);
    if (priority_byte) {
        for (unsigned i = 0; i < size; ++i)
            priorities_[first + i] = static_cast<std::uint8_t>(value >> (8 * i)) & priority_bits;
        world_.look_up_at(0);
        return;
    }
    if (offset >= reg::cfsr && offset < reg::cfsr + 4)
        return write_word(reg::cfsr, value << (8 * (offset - reg::cfsr)));
    world_.violation(fmt::format("{}-bit write of 0x{:x} to 0x{:08x}", size * 8, value, base + offset));
}

void Scs::write_word(std::uint32_t offset, std::uint32_t value) {
    world_.look_up_at(0); // an exception may have become due
    const auto change = [&](std::array<bool, exceptions>& set, std::uint32_t from, bool to) {
        for (unsigned i = 0; i < 32; ++i) {
            const unsigned n = exception::external + (offset - from) * 8 + i;
            if ((value >> i & 1) != 0 && n < exceptions) set[n] = to;
        }
    };
    const auto in = [&](std::uint32_t from, std::uint32_t bytes) { return offset >= from && offset < from + bytes; };
    constexpr std::uint32_t set_bytes = 64; // the architecture's 16 words; lines that don't exist ignore writes
    if (in(reg::iser, set_bytes)) return change(enabled_, reg::iser, true);
    if (in(reg::icer, set_bytes)) return change(enabled_, reg::icer, false);
    if (in(reg::ispr, set_bytes)) return change(pending_, reg::ispr, true);
    if (in(reg::icpr, set_bytes)) return change(pending_, reg::icpr, false);
    const bool is_external_priority = in(reg::ipr, external_lines);
    if (is_external_priority || in(reg::shpr1, 12)) {
        const unsigned first = is_external_priority ? exception::external + (offset - reg::ipr)
                                                    : exception::mem_manage + (offset - reg::shpr1);
        for (unsigned i = 0; i < 4; ++i)
            priorities_[first + i] = static_cast<std::uint8_t>(value >> (8 * i)) & priority_bits;
        return;
    }

    switch (offset) {
    case reg::syst_csr: {
        settle();
        const std::uint32_t from = systick_value();
        const bool was_on = systick_on();
        csr_ = value & (enable | tick_interrupt | processor_clock);
        frozen_value_ = from;
        if (was_on != systick_on()) restart_systick(from != 0 ? from : rvr_);
        return;
    }
    case reg::syst_rvr:
        rvr_ = value & value_mask;
        return;
    case reg::syst_cvr:
        settle();
        count_flag_ = false;
        frozen_value_ = 0;
        restart_systick(rvr_);
        return;
    case reg::icsr:
        if ((value & 1u << 28) != 0) pending_[exception::pendsv] = true;
        if ((value & 1u << 27) != 0) pending_[exception::pendsv] = false;
        if ((value & 1u << 26) != 0) pending_[exception::systick] = true;
        if ((value & 1u << 25) != 0) pending_[exception::systick] = false;
        if ((value & 1u << 31) != 0) pending_[exception::nmi] = true;
        return;
    case reg::vtor:
        vtor_ = value & ~0x7fu;
        return;
    case reg::aircr:
        if (value >> 16 != vectkey)
            return world_.violation(fmt::format("AIRCR ignores 0x{:08x}, its key is 0x05fa", value));
        aircr_group_ = value & 0x700;
        if ((value & sysresetreq) != 0) world_.reset(ResetCause::software);
        return;
    case reg::scr:
        scr_ = value;
        return;
    case reg::ccr:
        ccr_ = value | 0x200;
        return;
    case reg::shcsr:
        shcsr_ = value;
        return;
    case reg::cfsr:
        cfsr_ &= ~value;
        return; // flags are cleared by writing 1
    case reg::hfsr:
        hfsr_ &= ~value;
        return;
    case reg::mmfar:
        mmfar_ = value;
        return;
    case reg::bfar:
        bfar_ = value;
        return;
    case reg::cpacr:
        cpacr_ = value;
        return;
    default:
        break;
    }
    for (unsigned i = 0; i < 4; ++i) storage_[offset + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

} // namespace outboot::board
