#include "bench/call_graph.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace outboot::bench {
namespace {

// A Thumb instruction, decoded as far as calls are concerned (Armv8-M ARM, C2.4).
struct Instruction {
    std::uint32_t address = 0;
    std::uint32_t first = 0, second = 0; // halfwords
    bool wide = false;

    [[nodiscard]] std::uint32_t bytes() const { return wide ? 4 : 2; }
    [[nodiscard]] std::uint32_t next() const { return address + bytes(); }
};

Instruction decode(const Firmware& firmware, std::uint32_t address) {
    Instruction i{.address = address, .first = firmware.halfword(address).value_or(0)};
    i.wide = i.first >> 11 >= 0x1d; // 0b11101, 0b11110, 0b11111
    if (i.wide) i.second = firmware.halfword(address + 2).value_or(0);
    return i;
}

std::uint32_t sign_extended(std::uint32_t value, unsigned bits) {
    const std::uint32_t sign = 1U << (bits - 1);
    return (value ^ sign) - sign;
}

// BL (T1), B.W (T4): i1 and i2 are the J bits, flipped unless the sign is set.
std::uint32_t wide_branch_target(const Instruction& i) {
    const std::uint32_t s = i.first >> 10 & 1;
    const std::uint32_t i1 = ~((i.second >> 13 & 1) ^ s) & 1;
    const std::uint32_t i2 = ~((i.second >> 11 & 1) ^ s) & 1;
    const std::uint32_t offset = s << 24 | i1 << 23 | i2 << 22 | (i.first & 0x3ff) << 12 | (i.second & 0x7ff) << 1;
    return i.address + 4 + sign_extended(offset, 25);
}

std::uint32_t wide_conditional_target(const Instruction& i) { // B<c>.W (T3)
    const std::uint32_t offset = (i.first >> 10 & 1) << 20 | (i.second >> 11 & 1) << 19 | (i.second >> 13 & 1) << 18 |
                                 (i.first & 0x3f) << 12 | (i.second & 0x7ff) << 1;
    return i.address + 4 + sign_extended(offset, 21);
}

bool is_bl(const Instruction& i) {
    return i.wide && i.first >> 11 == 0x1e && (i.second & 0xd000) == 0xd000;
}

// The target of a plain branch, which is a call if it leaves the function (a tail call).
std::optional<std::uint32_t> branch_target(const Instruction& i) {
    if (i.wide && i.first >> 11 == 0x1e && (i.second & 0xd000) == 0x9000) return wide_branch_target(i);
    if (i.wide && i.first >> 11 == 0x1e && (i.second & 0xd000) == 0x8000 && (i.first >> 7 & 7) != 7)
        return wide_conditional_target(i);
    if (!i.wide && i.first >> 11 == 0x1c) return i.address + 4 + sign_extended((i.first & 0x7ff) << 1, 12); // B (T2)
    return std::nullopt;
}

// BLX Rm and BX Rm, but for BX LR, which returns.
std::optional<unsigned> indirect_register(const Instruction& i) {
    const bool branches = !i.wide && (i.first & 0xff07) == 0x4700;
    const unsigned reg = i.first >> 3 & 15;
    if (!branches || reg == 14) return std::nullopt;
    return reg;
}

// What a load from the literal pool puts into `reg`, if this instruction is one.
std::optional<std::uint32_t> literal(const Firmware& firmware, const Instruction& i, unsigned reg) {
    const std::uint32_t base = (i.address + 4) & ~3U;
    if (!i.wide && i.first >> 11 == 0x09 && (i.first >> 8 & 7) == reg)
        return firmware.word(base + (i.first & 0xff) * 4);
    if (i.wide && (i.first & 0xff7f) == 0xf85f && i.second >> 12 == reg) {
        const std::uint32_t offset = i.second & 0xfff;
        return firmware.word((i.first & 0x80) != 0 ? base + offset : base - offset);
    }
    return std::nullopt;
}

struct Call {
    std::uint32_t target = 0;
    std::uint32_t depth = 0; // bytes of the caller's frame at the call
};

class Walk {
  public:
    explicit Walk(const Firmware& firmware) : firmware_(firmware) {}

    struct Depth {
        std::uint32_t bytes = 0;
        std::uint32_t own = 0;  // of the function's frame at the call to `next`, or at its deepest
        std::uint32_t next = 0; // the callee that makes it so deep; 0: none
    };

    const Depth& depth_of(std::uint32_t function) {
        const auto known = depths_.find(function);
        if (known != depths_.end()) return known->second;
        if (!active_.insert(function).second) {
            problem(function, "calls itself, directly or through others");
            static const Depth none;
            return none;
        }
        const Depth depth = measure(function);
        active_.erase(function);
        return depths_[function] = depth;
    }

    [[nodiscard]] std::string name(std::uint32_t address) const {
        const FirmwareSymbol* symbol = firmware_.symbol_at(address);
        return symbol ? symbol->name : fmt::format("{:#010x}", address);
    }

    std::vector<std::string> problems;

  private:
    Depth measure(std::uint32_t function) {
        Depth deepest;
        const FirmwareSymbol* symbol = firmware_.symbol_at(function);
        if (!symbol) return veneer(function);
        for (std::uint32_t at = symbol->address; at < symbol->address + symbol->size;) {
            if (!firmware_.is_code(at)) {
                at += 2;
                continue;
            }
            const Instruction i = decode(firmware_, at);
            at = i.next();
            const auto frame = firmware_.frame_bytes(i.address);
            const auto target = callee(*symbol, i);
            if (frame && *frame > deepest.bytes) deepest = {*frame, *frame, 0};
            if (!target) continue;
            if (!frame) problem(i.address, "a call at an unknown stack depth");
            const std::uint32_t bytes = frame.value_or(0) + depth_of(*target).bytes;
            if (bytes > deepest.bytes) deepest = {bytes, frame.value_or(0), *target};
        }
        return deepest;
    }

    // The linker's own: `ldr pc, [pc]` with the target's address behind it.
    Depth veneer(std::uint32_t address) {
        const Instruction i = decode(firmware_, address);
        const auto target = literal(firmware_, i, 15);
        if (!target) {
            problem(address, "code without a symbol");
            return {};
        }
        const std::uint32_t function = *target & ~1U;
        return {depth_of(function).bytes, 0, function};
    }

    // Where this instruction calls, if it does.
    std::optional<std::uint32_t> callee(const FirmwareSymbol& caller, const Instruction& i) {
        const auto outside = [&](std::uint32_t target) { return target - caller.address >= caller.size; };
        if (is_bl(i)) return wide_branch_target(i) & ~1U;
        if (const auto target = branch_target(i)) return outside(*target) ? target : std::nullopt;
        const auto reg = indirect_register(i);
        if (!reg) return std::nullopt;
        const auto target = value_in(caller, i, *reg);
        if (!target && !hands_over(caller, i)) problem(i.address, "a call through a register with an unknown value");
        return target;
    }

    // The value of a register that was loaded from a literal, somewhere before in the same function.
    std::optional<std::uint32_t> value_in(const FirmwareSymbol& caller, const Instruction& call, unsigned reg) {
        std::optional<std::uint32_t> value;
        for (std::uint32_t at = caller.address; at < call.address;) {
            if (!firmware_.is_code(at)) {
                at += 2;
                continue;
            }
            const Instruction i = decode(firmware_, at);
            if (const auto loaded = literal(firmware_, i, reg); loaded && (*loaded & 1) != 0) value = *loaded & ~1U;
            at = i.next();
        }
        return value && firmware_.is_code(*value) ? value : std::nullopt;
    }

    // The jump into the application, behind `msr msp` (F380 8808): nothing of our stack is left by then.
    [[nodiscard]] bool hands_over(const FirmwareSymbol& caller, const Instruction& jump) const {
        for (std::uint32_t at = caller.address; at < jump.address; at += 2)
            if ((firmware_.halfword(at).value_or(0) & 0xfff0) == 0xf380 && firmware_.halfword(at + 2) == 0x8808U)
                return true;
        return false;
    }

    void problem(std::uint32_t address, const char* what) {
        problems.push_back(fmt::format("{:#010x} in {}: {}", address, name(address), what));
    }

    const Firmware& firmware_;
    std::map<std::uint32_t, Depth> depths_;
    std::set<std::uint32_t> active_;
};

} // namespace

StackReport deepest_stack(const Firmware& firmware, std::uint32_t entry) {
    Walk walk(firmware);
    StackReport report;
    report.bytes = walk.depth_of(entry).bytes;
    for (std::uint32_t at = entry; at != 0;) {
        const Walk::Depth& depth = walk.depth_of(at);
        report.chain.push_back({walk.name(at), depth.own});
        at = depth.next;
    }
    report.problems = std::move(walk.problems);
    return report;
}

} // namespace outboot::bench
