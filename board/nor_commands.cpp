// The NOR's commands, and the operations they begin.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "board/nor.hpp"
#include "board/nor_opcodes.hpp"

namespace outboot::board {

namespace {

constexpr std::uint32_t page_bytes = 256;
constexpr std::uint32_t smallest_erase = 0x1000;

// W25Q16JV data sheet §9.6: tRST, tDP and tRES1.
constexpr Picoseconds reset_time = 30 * microsecond, power_down_time = 3 * microsecond;

constexpr std::uint8_t status_protect = 0x7c;

bool only_ff(const std::vector<std::uint8_t>& bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0xff; });
}

} // namespace

// --- Commands take effect when the chip is deselected

void Nor::deselect() {
    if (!selected_) return;
    selected_ = false;
    if (cycle_.empty()) return;
    record_cycle();
    if (!silent_ && world_.now() >= deaf_until_) execute();
    cycle_.clear();
}

void Nor::record_cycle() {
    const bool is_program = cycle_.front() == op::page_program && cycle_.size() > command_bytes;
    const auto begin = cycle_.begin() + (is_program ? command_bytes : 0);
    // Reading clocks bytes out as well: the controller sends 0xff.
    const bool only_reads =
        !is_program && std::all_of(cycle_.begin() + static_cast<std::ptrdiff_t>(std::min(cycle_.size(), command_bytes)),
                                   cycle_.end(), [](std::uint8_t b) { return b == 0xff; });
    if (!only_reads) writes_.push_back({is_program ? address_of_cycle() : UINT32_MAX, {begin, cycle_.end()}});
}

void Nor::execute() {
    const std::uint8_t opcode = cycle_.front();
    if (state_.power_down) {
        if (opcode == op::release) state_.power_down = false, deaf_until_ = world_.now() + power_down_time;
        return;
    }
    if (state_.continuous_read) { // everything is taken for an address, but a byte of ones on one line ends the mode
        if (lines_ == 1 && only_ff(cycle_)) state_.continuous_read = false;
        return;
    }
    if (state_.qpi != (lines_ == 4)) return; // a quarter, or the fourfold, of the clocks the chip counts: no command
    if (state_.qpi && opcode == part_.exit_qpi) {
        state_.qpi = false;
        return;
    }

    const bool was_armed = reset_armed_, was_volatile = volatile_status_write_;
    reset_armed_ = opcode == op::reset_enable;
    volatile_status_write_ = opcode == op::volatile_write_enable;
    if (opcode == op::reset) {
        if (was_armed) software_reset();
        return;
    }
    if (busy()) return execute_while_busy(opcode);
    if (opcode == part_.resume && suspended_) {
        pending_ = std::exchange(suspended_, std::nullopt);
        pending_->end += world_.now(); // what was left when it was suspended
        pending_->polled = false;
        state_.suspended = false;
        return;
    }

    switch (opcode) {
    case op::write_enable:
        state_.write_enabled = true, lost_write_enable_ = false;
        return;
    case op::write_disable:
        state_.write_enabled = false;
        return;
    case op::page_program:
        return page_program();
    case op::erase_4k:
    case op::erase_32k:
    case op::erase_64k:
    case op::erase_chip:
    case op::erase_chip_60:
        return sector_erase(opcode);
    case op::write_status_1:
    case op::write_status_2:
    case op::write_status_3:
        state_.write_enabled |= was_volatile;
        volatile_status_write_ = was_volatile;
        write_status(opcode);
        volatile_status_write_ = false;
        return;
    case op::power_down:
        state_.power_down = true, deaf_until_ = world_.now() + power_down_time;
        return;
    case op::read:
    case op::fast_read:
    case op::sfdp:
    case op::read_status_1:
    case op::read_status_2:
    case op::read_status_3:
    case op::jedec_id:
    case op::manufacturer_id:
    case op::release:
    case op::reset_enable:
    case op::volatile_write_enable:
    case op::mode_reset:
        return;
    default:
        break;
    }
    if (part_.enter_qpi != 0 && opcode == part_.enter_qpi) {
        state_.qpi = quad_enabled();
        return;
    }
    if (opcode == part_.suspend || opcode == part_.resume) return; // nothing to suspend or resume
    world_.violation(
        fmt::format("opcode 0x{:02x}, which the {} doesn't have or the board doesn't model", opcode, part_.name));
}

// Wake-up, identification and reset sequences are sent blindly by a driver that finds a chip in an unknown state; they
// are ignored. A write is not such a thing.
void Nor::execute_while_busy(std::uint8_t opcode) {
    if (opcode == part_.suspend && pending_->kind != Kind::configure) {
        suspended_ = std::exchange(pending_, std::nullopt);
        suspended_->end -= world_.now();
        state_.suspended = true;
        return;
    }
    constexpr std::uint8_t writes[] = {op::page_program, op::erase_4k,       op::erase_32k,
                                       op::erase_64k,    op::erase_chip,     op::erase_chip_60,
                                       op::write_enable, op::write_status_1, op::write_status_2};
    if (std::find(std::begin(writes), std::end(writes), opcode) != std::end(writes))
        world_.violation(fmt::format("command 0x{:02x} to the external chip while it was busy", opcode));
}

bool Nor::write_allowed(const char* what) {
    const bool enabled = std::exchange(state_.write_enabled, false);
    if (!enabled && !lost_write_enable_)
        world_.violation(fmt::format("{} of the external chip without write enable", what));
    if (enabled && suspended_)
        world_.violation(fmt::format("{} while another operation is suspended: not modelled", what));
    return enabled && !suspended_;
}

void Nor::page_program() {
    if (cycle_.size() <= command_bytes) return world_.violation("page program without data");
    if (!write_allowed("page program")) return;
    const std::uint32_t offset = address_of_cycle() % part_.size_bytes;
    std::vector<std::uint8_t> bytes(cycle_.begin() + command_bytes, cycle_.end());
    const std::uint32_t page = offset / page_bytes * page_bytes;

    Pending p{.kind = Kind::program, .opcode = op::page_program, .offset = offset};
    if (offset - page + bytes.size() > page_bytes) {
        world_.violation(
            fmt::format("page program of {} bytes at 0x{:06x} runs over its page and wraps", bytes.size(), offset));
        std::vector<std::uint8_t> wrapped(page_bytes, 0xff);
        for (std::size_t i = 0; i < bytes.size(); ++i) wrapped[(offset - page + i) % page_bytes] = bytes[i];
        bytes = std::move(wrapped);
        p.offset = page;
    } else if (std::string refusal = array_.program_refusal(offset, bytes);
               !refusal.empty() && !failed_erases_.contains(offset / smallest_erase)) {
        world_.violation(std::move(refusal));
    }
    p.count = static_cast<std::uint32_t>(bytes.size());
    p.bytes = std::move(bytes);
    begin(std::move(p), times().page_program);
}

void Nor::sector_erase(std::uint8_t opcode) {
    const bool whole_chip = opcode == op::erase_chip || opcode == op::erase_chip_60;
    if (!whole_chip && cycle_.size() != command_bytes)
        return world_.violation(fmt::format("erase 0x{:02x} with {} address bytes", opcode, cycle_.size() - 1));
    if (!write_allowed("erase")) return;
    const std::uint32_t count = whole_chip                ? part_.size_bytes
                                : opcode == op::erase_4k  ? smallest_erase
                                : opcode == op::erase_32k ? 0x8000
                                                          : 0x10000;
    const Picoseconds duration = whole_chip                ? times().erase_chip
                                 : opcode == op::erase_4k  ? times().erase_4k
                                 : opcode == op::erase_32k ? times().erase_32k
                                                           : times().erase_64k;
    const std::uint32_t asked = whole_chip ? 0 : address_of_cycle() % part_.size_bytes;
    if (asked % count != 0)
        world_.violation(
            fmt::format("erase 0x{:02x} at 0x{:06x}: the chip takes the whole block that contains it", opcode, asked));
    begin({.kind = Kind::erase, .opcode = opcode, .offset = asked / count * count, .count = count}, duration);
}

void Nor::write_status(std::uint8_t opcode) {
    if (cycle_.size() < 2) return world_.violation("status write without data");
    const bool permanent = !volatile_status_write_;
    if (!write_allowed("status write")) return;
    if (opcode == op::write_status_1 &&
        (cycle_[1] & status_protect & (part_.quad_enable_in_status_1 ? 0x3c : 0x7c)) != 0)
        world_.violation("block protection bits of the external chip are set: not modelled");
    Pending p{.kind = Kind::configure, .opcode = opcode, .bytes = {cycle_.begin() + 1, cycle_.end()}};
    if (permanent)
        begin(std::move(p), times().write_status);
    else
        apply(p);
}

// --- Operations

void Nor::begin(Pending operation, Picoseconds duration) {
    if (silent_at_operation_ && world_.operations.counts(Device::external).operations() >= *silent_at_operation_)
        return silence();
    const Fate fate =
        world_.operations.begin({Device::external, operation.kind, operation.offset, operation.count}, duration);
    operation.end = world_.now() + duration;
    switch (fate) {
    case Fate::complete:
        pending_ = std::move(operation);
        return;
    case Fate::fail:
        operation.fails = true, pending_ = std::move(operation);
        return;
    case Fate::cut_before:
        break;
    case Fate::cut_inside:
        tear(operation);
        break;
    case Fate::cut_after:
        apply(operation);
        break;
    }
    world_.cut_power();
}

void Nor::settle() {
    if (!pending_ || world_.now() < pending_->end) return;
    const Pending done = std::move(*pending_);
    pending_.reset();
    if (!done.fails) return apply(done);
    if (done.kind == Kind::erase) note_erase(done, true);
}

void Nor::note_erase(const Pending& erase, bool failed) {
    for (std::uint32_t at = erase.offset; at < erase.offset + erase.count; at += smallest_erase) {
        if (failed)
            failed_erases_.insert(at / smallest_erase);
        else
            failed_erases_.erase(at / smallest_erase);
    }
}

void Nor::apply(const Pending& done) {
    switch (done.kind) {
    case Kind::program:
        array_.program(done.offset, done.bytes);
        if (on_access) on_access(Access::programmed, done.offset, done.count);
        return;
    case Kind::erase:
        array_.erase(done.offset, done.count);
        note_erase(done, false);
        if (on_access) on_access(Access::erased, done.offset, done.count);
        return;
    case Kind::configure:
        break;
    }
    const auto settable = [](std::uint8_t v) { return static_cast<std::uint8_t>(v & 0xfc); };
    if (done.opcode == op::write_status_3) {
        status_3_ = done.bytes[0];
    } else if (done.opcode == op::write_status_2) {
        status_2_ = done.bytes[0];
    } else {
        status_1_ = settable(done.bytes[0]);
        if (done.bytes.size() > 1) status_2_ = done.bytes[1];
    }
}

void Nor::tear(const Pending& torn) {
    if (torn.fails) return;
    if (torn.kind == Kind::program) array_.program_torn(torn.offset, torn.bytes, world_.random);
    if (torn.kind == Kind::erase) array_.erase_torn(torn.offset, torn.count, world_.random);
}

void Nor::software_reset() {
    power_lost(); // an operation under way is corrupted
    reset_armed_ = false;
    deaf_until_ = world_.now() + reset_time;
}

} // namespace outboot::board
