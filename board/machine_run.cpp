// The loop that runs the CPU: limits, events, exceptions, resets.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "board/machine.hpp"

namespace outboot::board {

namespace {
constexpr Picoseconds longest_absence = 10 * millisecond;         // an interrupt() is noticed by then
constexpr Picoseconds masked_exception_recheck = 1 * microsecond; // CPSIE makes no event of its own
} // namespace

RunResult Board::Machine::run(const Until& until) {
    current = {};
    current.until = until;
    current.violations = world.violations.size();
    const Picoseconds began = world.now();
    const std::uint64_t began_at = world.instructions - cpu.ahead();
    current.end = until.time < never - began ? began + until.time : never;
    current.last_instruction = until.instructions < UINT64_MAX - began_at ? began_at + until.instructions : UINT64_MAX;
    if (until.address) cpu.watch(*until.address);

    if (!powered) stop(Stop::power_cut, "the board has no power");
    world.set_horizon(0); // look up at once, also for what has happened between runs
    while (!current.stop) {
        handle(cpu.run());
        if (world.power_failed) {
            power_off();
            stop(Stop::power_cut, fmt::format("power cut after {} flash operations", world.operations.total()));
        } else if (world.reset_wanted) {
            reset(*world.reset_wanted);
            world.set_horizon(0);
            if (++current.resets > until.resets)
                stop(Stop::reset_limit, fmt::format("{} resets in this run", current.resets));
        }
    }
    return {.stop = *current.stop,
            .detail = std::move(current.detail),
            .pc = cpu.reg(UC_ARM_REG_PC),
            .instructions = world.instructions - cpu.ahead() - began_at,
            .time = world.now() - began,
            .resets = current.resets};
}

void Board::Machine::stop(Stop why, std::string detail) {
    if (current.stop) return;
    current.stop = why;
    current.detail = std::move(detail);
    world.look_up_at(0);
}

// --- What the CPU's run() comes back for

void Board::Machine::handle(Cpu::End end) {
    if (world.power_failed || world.reset_wanted) return;
    switch (end) {
    case Cpu::End::stopped:
        break;
    case Cpu::End::sleeps:
        after_sleep();
        break;
    case Cpu::End::svc:
        scs.set_pending(exception::svcall);
        break;
    case Cpu::End::exception_return: {
        const unsigned left = cpu.leave_exception();
        scs.returned(left);
        break;
    }
    case Cpu::End::fault:
        return fault(cpu.fault_text());
    }
    if (end == Cpu::End::svc && scs.due(masks()) != exception::svcall)
        return fault("SVC at a priority that forbids it");
    if (!current.stop) take_due_exception();
}

void Board::Machine::fault(std::string text) {
    if (!code_flash_accessible)
        text += faci.code_pe_mode() ? " (code flash is in P/E mode)"
                                    : " (code flash changed and the flash cache, which is on, wasn't invalidated)";
    if (cpu.load(address::code_flash + 4) == 0xffffffff) text += " (there is no program: the reset vector is erased)";
    const unsigned active = cpu.active_exception();
    const bool lock_up = active == exception::nmi || active == exception::hard_fault;
    if (!config.run_fault_handlers || lock_up || !code_flash_accessible)
        return stop(Stop::fault, lock_up ? "lock-up: " + text : text);
    take_exception(exception::hard_fault);
}

Scs::Masks Board::Machine::masks() const {
    return {.primask = (cpu.reg(UC_ARM_REG_PRIMASK) & 1) != 0,
            .faultmask = (cpu.reg(UC_ARM_REG_FAULTMASK) & 1) != 0,
            .basepri = static_cast<std::uint8_t>(cpu.reg(UC_ARM_REG_BASEPRI))};
}

void Board::Machine::take_exception(unsigned number) {
    const std::uint32_t vector = scs.vtor() + 4 * number;
    if (!code_flash_accessible && vector < code_flash.size()) {
        world.violation(fmt::format("exception {} while its vector lies in code flash that can't be read", number));
        return stop(Stop::violation, world.violations.back().what);
    }
    if (number >= 32 && scs.vtor() % 512 != 0)
        world.violation(fmt::format("exception {} with VTOR = 0x{:08x}: 112 vectors need a table aligned to 512 bytes",
                                    number, scs.vtor()));
    scs.entered(number);
    cpu.enter_exception(number, cpu.load(vector));
}

void Board::Machine::take_due_exception() {
    scs.settle();
    if (const auto number = scs.due(masks())) take_exception(*number);
    world.set_horizon(0);
}

// --- Sleeping and spinning

// Whether anything can end a wait that isn't the end of the run.
bool Board::Machine::can_wake() const {
    const bool timer = scs.systick_interrupts() && scs.systick_wraps_at() != never;
    return timer || iwdt.underflow_at() != never || wdt.underflow_at() != never || cut_time != never;
}

// WFI: time passes until something wakes the CPU. Counters that stop in sleep mode stand still.
void Board::Machine::after_sleep() {
    const Picoseconds from = world.now();
    while (!current.stop && !scs.wakes(masks()) && !world.power_failed && !world.reset_wanted) {
        if (!can_wake()) {
            stop(Stop::idle, fmt::format("the CPU sleeps at 0x{:08x} and nothing can wake it", cpu.reg(UC_ARM_REG_PC)));
            break;
        }
        set_horizon();
        world.skip_to(never);
        iwdt.slept(world.now() - from);
        wdt.slept(world.now() - from);
        decide_stop();
    }
}

// --- Looking up

// True: the CPU must stop before the block it is about to execute.
bool Board::Machine::look_up(bool spinning) {
    if (spinning) {
        for (Sci& s : sci) s.settle();
        const bool sending = std::any_of(sci.begin(), sci.end(), [](Sci& s) { return s.sending(); });
        if (!sending && !can_wake() && !scs.due(masks()))
            stop(Stop::idle, fmt::format("endless loop at 0x{:08x}", cpu.block()));
        set_horizon();
        world.skip_to(never);
    }
    if (decide_stop()) return true;
    if (scs.any_pending() && scs.due(masks())) return true;
    set_horizon();
    return false;
}

bool Board::Machine::decide_stop() {
    for (Sci& s : sci) s.settle();
    scs.settle();
    for (Watchdog* w : {&iwdt, &wdt})
        if (w->expired()) world.reset(w->cause());
    if (world.now() >= cut_time || world.instructions >= cut_instruction) {
        cut_time = never;
        cut_instruction = UINT64_MAX;
        world.cut_power();
    }
    if (config.stop_at_violation && world.violations.size() > current.violations)
        stop(Stop::violation, world.violations.back().what);
    if (world.now() >= current.end)
        stop(Stop::time_limit, fmt::format("{:.3f} s of virtual time", in_seconds(current.until.time)));
    if (world.instructions >= current.last_instruction)
        stop(Stop::instruction_limit, fmt::format("{} instructions", current.until.instructions));
    if (interrupted.exchange(false)) stop(Stop::interrupted, "interrupted");
    return current.stop || world.power_failed || world.reset_wanted;
}

// Never later than the next thing that must be noticed. Instructions are limits too: they take at least their time.
void Board::Machine::set_horizon() {
    Picoseconds next =
        std::min({current.end, world.now() + longest_absence, cut_time, iwdt.underflow_at(), wdt.underflow_at()});
    if (scs.systick_interrupts()) next = std::min(next, scs.systick_wraps_at());
    const std::uint64_t last = std::min(current.last_instruction, cut_instruction);
    if (last != UINT64_MAX) next = std::min(next, world.now() + (last - world.instructions) * cpu.instruction_time());
    for (Sci& s : sci) next = std::min(next, s.next_event());
    if (scs.any_pending()) next = std::min(next, world.now() + masked_exception_recheck);
    world.set_horizon(std::max(next, world.now() + 1));
}

bool Board::Machine::at_watched(std::uint32_t at) {
    for (auto it = watches.begin(); it != watches.end();) {
        const auto now = it++; // a callback may take itself back
        if (now->second.first == at) now->second.second(board);
    }
    if (current.until.address && (*current.until.address & ~1u) == at) stop(Stop::address, fmt::format("0x{:08x}", at));
    return current.stop.has_value();
}

void Board::Machine::uart_text(char c) {
    boots.back().uart.push_back(c);
    const std::string& wanted = current.until.uart_text;
    if (wanted.empty()) return;
    current.uart_tail.push_back(c);
    if (current.uart_tail.size() > wanted.size()) current.uart_tail.erase(0, 1);
    if (current.uart_tail == wanted) stop(Stop::uart_text, wanted);
}

} // namespace outboot::board
