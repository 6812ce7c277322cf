// The flash sequencer's command area: commands, what they refuse, and the operations they begin. R01UH0890 §47.9.
#include <utility>

#include <fmt/format.h>

#include "board/faci.hpp"
#include "board/faci_bits.hpp"

namespace outboot::board {

using namespace faci_bits;

namespace {

namespace op {
constexpr std::uint8_t erase = 0x20, config_set = 0x40, status_clear = 0x50, blank_check = 0x71, suspend = 0xb0,
                       forced_stop = 0xb3, confirm = 0xd0, program = 0xe8;
}

constexpr std::uint32_t code_units = 0x40; // N of a code-flash program: halfwords of 128 bytes
constexpr std::uint32_t config_units = 8;

// Busy times at FCLK = 20 MHz and above and at 4 MHz: the data sheet's flash table (R01DS0366); its maxima agree with
// the time-outs of FSP r_flash_hp, its typical values are an assumption until measured on silicon.
struct Times {
    Picoseconds typical, maximum, typical_4mhz, maximum_4mhz;
};
constexpr Times code_program{340 * microsecond, 6000 * microsecond, 750 * microsecond, 13'200 * microsecond};
constexpr Times code_erase_8k{43 * millisecond, 120 * millisecond, 78 * millisecond, 216 * millisecond};
constexpr Times code_erase_32k{157 * millisecond, 480 * millisecond, 283 * millisecond, 864 * millisecond};
constexpr Times data_program_4{160 * microsecond, 1700 * microsecond, 360 * microsecond, 3800 * microsecond};
constexpr Times data_program_8{170 * microsecond, 1800 * microsecond, 380 * microsecond, 4000 * microsecond};
constexpr Times data_program_16{190 * microsecond, 2000 * microsecond, 420 * microsecond, 4500 * microsecond};
constexpr Times data_erase{1700 * microsecond, 10 * millisecond, 3100 * microsecond, 18 * millisecond};
constexpr Times blank_check_4{10 * microsecond, 30 * microsecond, 28 * microsecond, 84 * microsecond};
constexpr Times configuration{60 * millisecond, 512 * millisecond, 60 * millisecond, 512 * millisecond};
constexpr Picoseconds forced_stop_time = 20 * microsecond;
constexpr std::uint32_t slow_fclk = 4'000'000, fast_fclk = 20'000'000;

// Between the two rows the part that depends on the clock goes with its period.
Picoseconds at_clock(const Times& t, Pace pace, std::uint32_t fclk) {
    const auto fast = static_cast<double>(pace == Pace::typical ? t.typical : t.maximum);
    const auto slow = static_cast<double>(pace == Pace::typical ? t.typical_4mhz : t.maximum_4mhz);
    if (fclk >= fast_fclk) return static_cast<Picoseconds>(fast);
    const double share = (1.0 / fclk - 1.0 / fast_fclk) / (1.0 / slow_fclk - 1.0 / fast_fclk);
    return static_cast<Picoseconds>(fast + share * (slow - fast));
}

} // namespace

// --- Command area

void Faci::command(unsigned size, std::uint32_t value) {
    settle();
    const auto byte = static_cast<std::uint8_t>(value);
    const bool is_data = expect_ == Expect::data;
    if (size != (is_data ? 2u : 1u))
        return fail(ilglerr | ilgcomerr,
                    fmt::format("{}-bit write of 0x{:x} to the command area where {} bits are expected", size * 8,
                                value, is_data ? 16 : 8));

    switch (expect_) {
    case Expect::command:
        return first_byte(byte);
    case Expect::count: {
        const bool fits = opcode_ == op::config_set ? byte == config_units
                          : code_pe_mode()          ? byte == code_units
                                                    : byte == 2 || byte == 4 || byte == 8;
        if (!fits)
            return fail(ilglerr | ilgcomerr, fmt::format("data count 0x{:02x} after command 0x{:02x}", byte, opcode_));
        data_bytes_ = byte * 2u;
        expect_ = Expect::data;
        return;
    }
    case Expect::data:
        if (buffer_full_) world_.violation("flash sequencer: data was written without polling DBFULL");
        buffer_.push_back(byte);
        buffer_.push_back(static_cast<std::uint8_t>(value >> 8));
        buffer_full_ = true;
        if (buffer_.size() == data_bytes_) expect_ = Expect::confirm;
        return;
    case Expect::confirm:
        expect_ = Expect::command;
        fcmdr_ = static_cast<std::uint16_t>(fcmdr_ << 8 | byte);
        if (byte != op::confirm)
            return fail(ilglerr | ilgcomerr,
                        fmt::format("0x{:02x} ends command 0x{:02x} instead of 0xd0", byte, opcode_));
        return execute();
    }
}

void Faci::first_byte(std::uint8_t opcode) {
    fcmdr_ = static_cast<std::uint16_t>(fcmdr_ << 8 | opcode);
    if (fentryr_ == 0) return fail(ilglerr | fesetterr, fmt::format("command 0x{:02x} in read mode", opcode));
    if (opcode == op::forced_stop) return forced_stop();
    if (pending_ && opcode != op::suspend)
        return fail(ilglerr, fmt::format("command 0x{:02x} while an operation is under way", opcode));
    if (opcode == op::status_clear) return clear_status();
    if (locked()) {
        world_.violation(
            fmt::format("flash sequencer: command 0x{:02x} in command-locked state is not accepted", opcode));
        return;
    }
    opcode_ = opcode;
    buffer_.clear();
    switch (opcode) {
    case op::suspend:
        return suspend();
    case op::confirm:
        return resume();
    case op::program:
        expect_ = Expect::count;
        return;
    case op::erase:
        expect_ = Expect::confirm;
        return;
    case op::blank_check:
        if (code_pe_mode()) return fail(ilglerr | fesetterr, "blank check in code-flash P/E mode");
        expect_ = Expect::confirm;
        return;
    case op::config_set:
        if (!code_pe_mode()) return fail(ilglerr | fesetterr, "config set in data-flash P/E mode");
        expect_ = Expect::count;
        return;
    default:
        break;
    }
    fail(ilglerr | ilgcomerr, fmt::format("unknown command 0x{:02x}", opcode));
}

void Faci::suspend() {
    if (!pending_ || suspended_) return; // nothing that could be suspended: the command does nothing
    if (pending_->kind == Kind::configure || pending_->blank_check) return;
    suspended_ = std::exchange(pending_, std::nullopt);
    suspended_->end -= world_.now(); // what is left of it
}

void Faci::resume() {
    if (!suspended_) return fail(ilglerr | ilgcomerr, "resume, and nothing is suspended");
    pending_ = std::exchange(suspended_, std::nullopt);
    pending_->end += world_.now();
    pending_->polled = false;
}

// What was under way is undefined; the lock goes unless CFAE or DFAE hold it.
void Faci::forced_stop() {
    if (pending_) tear(*pending_);
    if (suspended_) tear(*suspended_);
    pending_.reset();
    suspended_.reset();
    world_.pass(forced_stop_time);
    clear_status();
}

void Faci::clear_status() {
    expect_ = Expect::command;
    buffer_full_ = false;
    fstatr_errors_ = access_errors_ != 0 ? ilglerr : 0;
}

bool Faci::sequencer_ready() {
    if (suspended_) return fail(ilglerr, "an operation while another is suspended: not modelled"), false;
    if ((fwepror & 3) != 1)
        return fail(flweerr, fmt::format("command 0x{:02x} while FWEPROR is 0x{:02x}", opcode_, fwepror)), false;
    const std::uint32_t fclk = world_.clocks.fclk;
    if (fclk < slow_fclk) return fail(ilglerr, fmt::format("FCLK is {} Hz, the sequencer needs 4 MHz", fclk)), false;
    if (const std::uint32_t mhz = (fclk + 999'999) / 1'000'000; fpckar_ != mhz)
        world_.violation(fmt::format("flash sequencer: FPCKAR says {} MHz, FCLK is {} Hz", fpckar_, fclk));
    return true;
}

void Faci::execute() {
    if (!sequencer_ready()) return;
    switch (opcode_) {
    case op::erase:
        return erase();
    case op::program:
        return program();
    case op::blank_check:
        return blank_check();
    default:
        return config_set();
    }
}

// FSADDR as an offset in the flash of the present mode.
std::optional<std::uint32_t> Faci::offset_of(std::uint32_t address, Device device) {
    constexpr std::uint32_t data_base = 0x08000000;
    if (device == Device::code_flash && address < code_.size()) return address;
    if (device == Device::data_flash && address >= data_base && address - data_base < data_.size())
        return address - data_base;
    fail(ilglerr, fmt::format("command 0x{:02x} for address 0x{:08x}, outside the {}", opcode_, address, name(device)),
         device == Device::code_flash ? cfae : dfae);
    return {};
}

bool Faci::may_change(Device device, std::uint32_t offset) {
    if (device != Device::code_flash) return true;
    using enum OptionMemory::Protection;
    const std::uint32_t block = code_.block_at(offset).index;
    const OptionMemory::Protection p = options_.protection(block);
    const bool cancelled = (p == non_secure_set && fbprot0_ != 0) || (p == secure_set && fbprot1_ != 0);
    if (p == none || cancelled) return true;
    fail(ilglerr | secerr, fmt::format("command 0x{:02x} for block {}, which is protected", opcode_, block));
    return false;
}

void Faci::erase() {
    const Device device = code_pe_mode() ? Device::code_flash : Device::data_flash;
    const auto offset = offset_of(fsaddr_, device);
    if (!offset || !may_change(device, *offset)) return;
    const std::uint32_t size = device == Device::code_flash ? code_.block_at(*offset).size : data_.block_bytes();
    begin({.kind = Kind::erase, .device = device, .offset = *offset}, size, duration(Kind::erase, device, size));
}

void Faci::program() {
    const Device device = code_pe_mode() ? Device::code_flash : Device::data_flash;
    const auto offset = offset_of(fsaddr_, device);
    if (!offset || !may_change(device, *offset)) return;
    if (*offset % data_bytes_ != 0)
        return fail(ilglerr,
                    fmt::format("program of {} bytes at 0x{:08x}, which is not aligned to them", data_bytes_, fsaddr_));
    Pending p{.kind = Kind::program, .device = device, .offset = *offset, .bytes = buffer_};
    const auto count = static_cast<std::uint32_t>(data_bytes_);
    std::string refusal =
        device == Device::code_flash ? code_.program_refusal(*offset, count) : data_.program_refusal(*offset, count);
    if (!refusal.empty()) { // what silicon makes of it is undefined
        world_.violation("flash sequencer: " + std::move(refusal));
        p.fails = true;
    }
    begin(std::move(p), count, duration(Kind::program, device, count));
}

void Faci::blank_check() {
    const auto first = offset_of(fsaddr_, Device::data_flash), last = offset_of(feaddr_, Device::data_flash);
    if (!first || !last) return;
    if (*first > *last || *first % 4 != 0 || *last % 4 != 3)
        if (!(*first <= *last && *first % 4 == 0 && *last % 4 == 0)) // the end may name the last unit or its last byte
            return fail(ilglerr, fmt::format("blank check from 0x{:08x} to 0x{:08x}", fsaddr_, feaddr_));
    const std::uint32_t units = (*last / 4) - (*first / 4) + 1;
    pending_ = Pending{.blank_check = true, .device = Device::data_flash};
    pending_->end = world_.now() + units * at_clock(blank_check_4, pace_, world_.clocks.fclk);
}

void Faci::finish_blank_check() {
    constexpr std::uint32_t data_base = 0x08000000;
    const std::uint32_t first = (fsaddr_ - data_base) / 4 * 4, last = (feaddr_ - data_base) / 4 * 4;
    const bool descending = fbccnt_ != 0;
    fbcstat_ = 0;
    for (std::uint32_t i = 0; i <= last - first; i += 4) {
        const std::uint32_t offset = descending ? last - i : first + i;
        if (data_.reads_blank(offset)) continue;
        fbcstat_ = 1;
        fpsaddr_ = offset;
        return;
    }
}

void Faci::config_set() {
    if (fsaddr_ % OptionMemory::unit_bytes != 0 || fsaddr_ < OptionMemory::base ||
        fsaddr_ >= OptionMemory::base + OptionMemory::size)
        return fail(ilglerr, fmt::format("config set at 0x{:08x}", fsaddr_), cfae);
    begin({.kind = Kind::configure,
           .device = Device::code_flash,
           .offset = fsaddr_ - OptionMemory::base,
           .bytes = buffer_},
          0, at_clock(configuration, pace_, world_.clocks.fclk));
}

// --- Operations

Picoseconds Faci::duration(Kind kind, Device device, std::uint32_t bytes) const {
    const Times* times = nullptr;
    if (device == Device::code_flash)
        times = kind == Kind::program ? &code_program : bytes == 0x2000 ? &code_erase_8k : &code_erase_32k;
    else if (kind == Kind::erase)
        times = &data_erase;
    else
        times = bytes == 4 ? &data_program_4 : bytes == 8 ? &data_program_8 : &data_program_16;
    return at_clock(*times, pace_, world_.clocks.fclk);
}

void Faci::begin(Pending operation, std::uint32_t bytes, Picoseconds duration) {
    const Fate fate = world_.operations.begin({operation.device, operation.kind, operation.offset, bytes}, duration);
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

void Faci::settle() {
    if (!pending_ || world_.now() < pending_->end) return;
    const Pending done = std::move(*pending_);
    pending_.reset();
    if (done.blank_check) return finish_blank_check();
    if (!done.fails) return apply(done);
    tear(done);
    fstatr_errors_ |= done.kind == Kind::erase ? erserr : prgerr;
}

void Faci::apply(const Pending& done) {
    const bool code = done.device == Device::code_flash;
    switch (done.kind) {
    case Kind::erase:
        code ? code_.erase(done.offset) : data_.erase(done.offset);
        break;
    case Kind::program:
        code ? code_.program(done.offset, done.bytes) : data_.program(done.offset, done.bytes);
        break;
    case Kind::configure:
        return options_.config_set(done.offset, done.bytes);
    }
    if (code) changed(done);
}

void Faci::changed(const Pending& operation) {
    if (!on_code_change) return;
    const CodeFlash::Block& block = code_.block_at(operation.offset);
    if (operation.kind == Kind::erase)
        on_code_change(block.offset, block.size);
    else
        on_code_change(operation.offset, static_cast<std::uint32_t>(operation.bytes.size()));
}

void Faci::tear(const Pending& torn) {
    if (torn.blank_check || torn.kind == Kind::configure)
        return; // an interrupted Config Set is assumed not to have begun
    if (torn.device == Device::code_flash) {
        if (torn.kind == Kind::erase)
            code_.erase_torn(torn.offset, world_.random);
        else
            code_.program_torn(torn.offset, torn.bytes, world_.random);
        return changed(torn);
    }
    if (torn.kind == Kind::erase)
        data_.erase_torn(torn.offset);
    else
        data_.program_torn(torn.offset, torn.bytes);
}

} // namespace outboot::board
