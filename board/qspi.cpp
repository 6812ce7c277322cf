#include "board/qspi.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace outboot::board {

namespace {

namespace reg {
constexpr std::uint32_t sfmsmd = 0x00, sfmssc = 0x04, sfmskc = 0x08, sfmsst = 0x0c, sfmcom = 0x10, sfmcmd = 0x14,
                        sfmcst = 0x18, sfmsic = 0x20, sfmsac = 0x24, sfmsdc = 0x28, sfmspc = 0x30, sfmpmd = 0x34,
                        sfmcnt1 = 0x804;
}

constexpr std::uint32_t combsy = 0x01, eromr = 0x80;
constexpr std::uint32_t prefetch_off = 0x80; // SFMSST.PFOFF
constexpr std::uint32_t sfmcce = 0x8000, sfmpfe = 0x40;
constexpr std::uint32_t sfmxen = 0x80, sfmxst = 0x40;
constexpr std::uint32_t prefetched_bytes = 18;

// SFMRM: opcode, lines of the address phase and of the data phase, dummy cycles if SFMDN is 0.
struct ReadMode {
    std::uint8_t opcode;
    unsigned address_lines, data_lines, dummies;
};
constexpr std::array<ReadMode, 6> read_modes{
    {{0x03, 1, 1, 0}, {0x0b, 1, 1, 8}, {0x3b, 1, 2, 8}, {0xbb, 2, 2, 4}, {0x6b, 1, 4, 8}, {0xeb, 4, 4, 6}}};

} // namespace

void Qspi::reset() {
    if (cycle_open_) chip_.deselect();
    sfmsmd_ = sfmsic_ = sfmpmd_ = sfmcnt1_ = 0;
    sfmssc_ = 0x37;
    sfmskc_ = 0x08;
    sfmsac_ = 0x02;
    sfmsdc_ = 0xff00;
    sfmspc_ = 0x10;
    direct_ = cycle_open_ = window_error_ = xip_ = false;
    next_offset_ = UINT32_MAX;
}

bool Qspi::module_runs() {
    const char* why = why_unreachable ? why_unreachable() : nullptr;
    if (why) world_.violation(fmt::format("QSPI: {}", why));
    return why == nullptr;
}

Picoseconds Qspi::clock_period() const {
    const std::uint32_t n = sfmskc_ & 0x1f;
    const std::uint32_t divider = n <= 16 ? n + 2 : 20 + (n - 17) * 2;
    return cycles(divider, world_.clocks.pclka);
}

std::uint32_t Qspi::read(std::uint32_t offset, unsigned size) {
    switch (offset) {
    case reg::sfmsmd:
        return sfmsmd_;
    case reg::sfmssc:
        return sfmssc_;
    case reg::sfmskc:
        return sfmskc_;
    case reg::sfmsst:
        return prefetch_off;
    case reg::sfmcom:
        return exchange(0xff);
    case reg::sfmcmd:
        return direct_;
    case reg::sfmcst:
        return (cycle_open_ ? combsy : 0) | (window_error_ ? eromr : 0);
    case reg::sfmsic:
        return sfmsic_;
    case reg::sfmsac:
        return sfmsac_;
    case reg::sfmsdc:
        return sfmsdc_ | (xip_ ? sfmxst : 0);
    case reg::sfmspc:
        return sfmspc_;
    case reg::sfmpmd:
        return sfmpmd_;
    case reg::sfmcnt1:
        return sfmcnt1_;
    default:
        break;
    }
    world_.violation(fmt::format("QSPI: {}-bit read of offset 0x{:x}, where no register is", size * 8, offset));
    return 0;
}

void Qspi::write(std::uint32_t offset, unsigned size, std::uint32_t value) {
    if (offset != reg::sfmcom && offset != reg::sfmcmd) {
        next_offset_ = UINT32_MAX;
        if (!module_runs()) return;
    }
    switch (offset) {
    case reg::sfmsmd:
        sfmsmd_ = value;
        return;
    case reg::sfmssc:
        sfmssc_ = value;
        return;
    case reg::sfmskc:
        sfmskc_ = value;
        return;
    case reg::sfmcom:
        exchange(static_cast<std::uint8_t>(value));
        return;
    case reg::sfmcmd: // either value ends an open bus cycle
        if (!module_runs()) return;
        end_cycle();
        direct_ = (value & 1) != 0;
        next_offset_ = UINT32_MAX;
        return;
    case reg::sfmcst:
        if ((value & eromr) == 0) window_error_ = false;
        return;
    case reg::sfmsic:
        sfmsic_ = value;
        return;
    case reg::sfmsac:
        sfmsac_ = value;
        return;
    case reg::sfmsdc:
        sfmsdc_ = value & ~sfmxst;
        return;
    case reg::sfmspc:
        sfmspc_ = value;
        if ((value & 3) == 1) world_.violation("QSPI: the dual protocol (SFMSPI = 1) isn't modelled");
        return;
    case reg::sfmpmd:
        sfmpmd_ = value;
        return;
    case reg::sfmcnt1:
        sfmcnt1_ = value;
        if (value != 0) world_.violation(fmt::format("QSPI: bank {} is selected, the chip has one", value >> 26));
        return;
    default:
        break;
    }
    world_.violation(
        fmt::format("QSPI: {}-bit write of 0x{:x} to offset 0x{:x}, where no register is", size * 8, value, offset));
}

// --- Direct communication mode

std::uint8_t Qspi::exchange(std::uint8_t out) {
    if (!direct_) {
        world_.violation("QSPI: SFMCOM was accessed outside direct communication mode");
        return 0;
    }
    if (!cycle_open_) {
        cycle_open_ = true;
        cycle_reaches_chip_ = module_runs();
        if (cycle_reaches_chip_) chip_.select(lines());
    }
    world_.pass(8 / lines() * clock_period());
    return cycle_reaches_chip_ ? chip_.transfer(out) : Nor::floating;
}

void Qspi::end_cycle() {
    if (!cycle_open_) return;
    cycle_open_ = false;
    if (cycle_reaches_chip_) chip_.deselect();
    if (chip_.busy() && on_chip_written) on_chip_written();
}

// --- Mapped reads

std::uint8_t Qspi::read_opcode() const {
    if ((sfmsmd_ & sfmcce) != 0) return static_cast<std::uint8_t>(sfmsic_);
    return read_modes[std::min<std::size_t>(sfmsmd_ & 7, read_modes.size() - 1)].opcode;
}

// Virtual time of a mapped read: a new address costs a whole command, the next ones only what prefetch hasn't hidden.
void Qspi::charge_mapped_read(std::uint32_t offset, unsigned size) {
    const ReadMode& mode = read_modes[std::min<std::size_t>(sfmsmd_ & 7, read_modes.size() - 1)];
    const Picoseconds period = clock_period(), byte_time = 8 / mode.data_lines * period;
    if (offset == next_offset_) {
        const Picoseconds ahead = (sfmsmd_ & sfmpfe) != 0 ? prefetched_bytes * byte_time : 0;
        const Picoseconds earliest = world_.now() > ahead ? world_.now() - ahead : 0;
        stream_time_ = std::max(stream_time_, earliest) + size * byte_time;
    } else {
        const std::uint32_t sfmdn = sfmsdc_ & 0xf;
        const std::uint64_t dummies = mode.dummies == 0 ? 0 : sfmdn == 0 ? mode.dummies : sfmdn + 2;
        const std::uint64_t deselect = (sfmssc_ & 0xf) + 1;
        stream_time_ = world_.now() + (deselect + 8 + 24 / mode.address_lines + dummies) * period + size * byte_time;
    }
    if (stream_time_ > world_.now()) world_.pass(stream_time_ - world_.now());
    next_offset_ = offset + size;
}

std::uint32_t Qspi::read_window(std::uint32_t offset, unsigned size) {
    if (direct_) {
        window_error_ = true;
        world_.violation(fmt::format("QSPI: window offset 0x{:06x} was read in direct communication mode", offset));
        return static_cast<std::uint32_t>(world_.random.next());
    }
    if (!module_runs()) return static_cast<std::uint32_t>(world_.random.next());
    if (const char* why = why_reads_are_stale ? why_reads_are_stale() : nullptr)
        world_.violation(fmt::format("QSPI: {}", why));
    if ((sfmsac_ & 3) != 2)
        world_.violation(fmt::format("QSPI: {} address bytes, the chip takes 3", (sfmsac_ & 3) + 1));
    if (offset + size > chip_.part().size_bytes)
        world_.violation(fmt::format("QSPI: window offset 0x{:06x} is behind the chip's end", offset));

    charge_mapped_read(offset, size);
    // XIP (continuous read): the mode byte of one read says whether the next one goes without an opcode.
    const std::uint8_t opcode = xip_ ? std::uint8_t{0} : read_opcode();
    const auto mode = static_cast<std::uint8_t>(xip_ || (sfmsdc_ & sfmxen) != 0 ? sfmsdc_ >> 8 : 0xff);
    std::array<std::uint8_t, 4> bytes{};
    chip_.read_stream(opcode, mode, offset % chip_.part().size_bytes, std::span(bytes).first(size));
    xip_ = (sfmsdc_ & sfmxen) != 0 && chip_.state().continuous_read;
    return static_cast<std::uint32_t>(bytes[0] | bytes[1] << 8 | bytes[2] << 16) | static_cast<std::uint32_t>(bytes[3])
                                                                                       << 24;
}

} // namespace outboot::board
