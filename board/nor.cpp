// The NOR's states, its bus and its reads. What its commands do is in nor_commands.cpp.
#include "board/nor.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "board/nor_opcodes.hpp"

namespace outboot::board {

namespace {

constexpr std::uint8_t status_busy = 0x01;
constexpr std::uint8_t status_write_enabled = 0x02;
constexpr std::uint8_t status_1_quad = 0x40;
constexpr std::uint8_t status_2_quad = 0x02;
constexpr std::uint8_t status_2_suspended = 0x80;

} // namespace

Nor::Nor(const NorPart& part, Pace pace, World& world)
    : part_(part), pace_(pace), world_(world), array_(part.size_bytes) {
    if (part.quad_enable_set)
        (part.quad_enable_in_status_1 ? status_1_ : status_2_) |=
            part.quad_enable_in_status_1 ? status_1_quad : status_2_quad;
}

// --- Faults

void Nor::silence() {
    power_lost();
    silent_ = true;
}

void Nor::silence_after(std::uint64_t operations) {
    silent_at_operation_ = world_.operations.counts(Device::external).operations() + operations;
}

void Nor::answer(bool power_lost_meanwhile) {
    silent_ = false;
    silent_at_operation_.reset();
    lost_write_enable_ = true;
    if (power_lost_meanwhile) power_cycle();
}

void Nor::fail_reads(std::uint64_t count) {
    reads_fail_ = true;
    failing_reads_left_ = count;
}

void Nor::clear_faults() {
    if (silent_) answer();
    silent_at_operation_.reset();
    reads_fail_ = false;
}

void Nor::power_lost() {
    settle();
    if (pending_) tear(*pending_);
    if (suspended_) tear(*suspended_);
    pending_.reset();
    suspended_.reset();
    state_ = {};
    selected_ = false;
}

void Nor::power_cycle() {
    power_lost();
    reset_armed_ = volatile_status_write_ = false;
    deaf_until_ = 0;
}

// --- State

bool Nor::quad_enabled() const {
    return part_.quad_enable_in_status_1 ? (status_1_ & status_1_quad) != 0 : (status_2_ & status_2_quad) != 0;
}

bool Nor::busy() {
    settle();
    return pending_.has_value();
}

std::uint8_t Nor::status(unsigned number) {
    settle();
    switch (number) {
    case 1:
        // The write-enable latch falls when the operation ends.
        return static_cast<std::uint8_t>(status_1_ | (pending_ ? status_busy | status_write_enabled : 0) |
                                         (state_.write_enabled ? status_write_enabled : 0));
    case 2:
        return static_cast<std::uint8_t>(status_2_ | (suspended_ ? status_2_suspended : 0));
    default:
        return status_3_;
    }
}

// Whoever polls waits: from the second look on, time skips to the end of what is under way.
std::uint8_t Nor::poll_status(unsigned number) {
    settle();
    if (pending_ && number == 1) {
        if (pending_->polled)
            world_.skip_to(pending_->end);
        else
            pending_->polled = true;
    }
    return status(number);
}

bool Nor::hears_commands() {
    const bool same_lines = state_.qpi == (lines_ == 4);
    return !silent_ && !state_.power_down && same_lines && !state_.continuous_read && world_.now() >= deaf_until_;
}

// --- The bus

void Nor::select(unsigned lines) {
    selected_ = true;
    lines_ = lines;
    cycle_.clear();
}

std::uint8_t Nor::transfer(std::uint8_t out) {
    cycle_.push_back(out);
    if (!selected_ || silent_) return floating;
    if (cycle_.size() == 1 || !hears_commands()) {
        const bool id_of_sleeper = state_.power_down && cycle_.front() == op::release;
        return id_of_sleeper && cycle_.size() > command_bytes ? answer_byte(op::release, cycle_.size()) : floating;
    }
    return answer_byte(cycle_.front(), cycle_.size());
}

std::uint32_t Nor::address_of_cycle() const {
    return static_cast<std::uint32_t>(cycle_[1] << 16 | cycle_[2] << 8 | cycle_[3]);
}

// What the chip drives while byte number `position` (from 1) of a command goes by.
std::uint8_t Nor::answer_byte(std::uint8_t opcode, std::size_t position) {
    const auto id_byte = [&](std::size_t i) { return static_cast<std::uint8_t>(part_.jedec_id >> (16 - 8 * (i % 3))); };
    const auto device_id = static_cast<std::uint8_t>((part_.jedec_id & 0xff) - 1);
    const bool is_status = opcode == op::read_status_1 || opcode == op::read_status_2 || opcode == op::read_status_3;
    if (is_status) return poll_status(opcode == op::read_status_1 ? 1 : opcode == op::read_status_2 ? 2 : 3);

    const bool is_busy = busy();
    switch (opcode) {
    case op::jedec_id:
        return is_busy ? world_.random.byte() : id_byte(position - 2);
    case op::release:
        return position > command_bytes ? device_id : floating;
    case op::manufacturer_id:
        return position <= command_bytes ? floating : position % 2 == 1 ? id_byte(0) : device_id;
    case op::read:
    case op::fast_read: {
        const std::size_t header = command_bytes + (opcode == op::fast_read ? 1 : 0);
        if (position <= header) return floating;
        const auto offset = static_cast<std::uint32_t>((address_of_cycle() + position - header - 1) % part_.size_bytes);
        if (position == header + 1 && is_busy) world_.violation("the external chip was read while it was busy");
        if (is_busy) return world_.random.byte();
        read_hook(offset, 1);
        return read_array(offset);
    }
    default:
        return floating;
    }
}

void Nor::read_hook(std::uint32_t offset, std::uint32_t count) {
    if (on_access) on_access(Access::read, offset, count);
}

std::uint8_t Nor::read_array(std::uint32_t offset) {
    ++bytes_read_;
    if (reads_fail_) {
        if (failing_reads_left_ > 0 && --failing_reads_left_ == 0) reads_fail_ = false;
        return world_.random.byte();
    }
    const bool in_suspended =
        suspended_ && offset >= suspended_->offset && offset < suspended_->offset + suspended_->count;
    return in_suspended ? world_.random.byte() : array_.bytes()[offset];
}

void Nor::read_stream(std::uint8_t opcode, std::uint8_t mode, std::uint32_t offset, std::span<std::uint8_t> out) {
    const auto rubbish = [&](const char* why) {
        if (why) world_.violation(fmt::format("mapped read of the external chip at 0x{:06x}: {}", offset, why));
        std::generate(out.begin(), out.end(), [&] { return world_.random.byte(); });
    };
    if (silent_) {
        std::fill(out.begin(), out.end(), floating);
        return;
    }
    if (world_.now() < deaf_until_) return rubbish("it is being reset or woken");
    if (state_.power_down) return rubbish("it is powered down");
    if (state_.qpi) return rubbish("it is in QPI mode");
    if (state_.continuous_read != (opcode == 0)) return rubbish("continuous-read mode of chip and controller differ");
    if (busy()) return rubbish("it is busy");
    const bool quad = opcode == op::quad_read || opcode == op::quad_io_read;
    if (quad && !quad_enabled()) return rubbish("quad read without the quad-enable bit");

    if (opcode == op::quad_io_read || opcode == op::dual_io_read || opcode == 0)
        state_.continuous_read = (mode & 0x30) == 0x20;
    read_hook(offset, static_cast<std::uint32_t>(out.size()));
    for (std::uint8_t& b : out) b = read_array(offset++ % part_.size_bytes);
}

} // namespace outboot::board
