// The flash sequencer's registers. Its commands are in faci_commands.cpp.
#include "board/faci.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "board/faci_bits.hpp"

namespace outboot::board {

using namespace faci_bits;

namespace {

// Register offsets, R01UH0890 §47.4.
namespace reg {
constexpr std::uint32_t fastat = 0x10, faeint = 0x14, frdyie = 0x18, fsaddr = 0x30, feaddr = 0x34, fmeprot = 0x44,
                        fbprot0 = 0x78, fbprot1 = 0x7c, fstatr = 0x80, fentryr = 0x84, fsuinitr = 0x8c, fcmdr = 0xa0,
                        fbccnt = 0xd0, fbcstat = 0xd4, fpsaddr = 0xd8, fsuasmon = 0xdc, fcpsr = 0xe0, fpckar = 0xe4,
                        fsuacr = 0xe8;
}

constexpr std::uint32_t sas_offset = 0x34;

} // namespace

Faci::Faci(World& world, Pace pace, CodeFlash& code, DataFlash& data, OptionMemory& options)
    : world_(world), pace_(pace), code_(code), data_(data), options_(options) {}

void Faci::reset() {
    settle();
    if (pending_) tear(*pending_);
    if (suspended_) tear(*suspended_);
    pending_.reset();
    suspended_.reset();
    const bool was_unreadable = code_pe_mode();
    fstatr_errors_ = 0;
    access_errors_ = access_errors_seen_ = 0;
    fentryr_ = 0;
    code_entry_locked_ = true;
    fbprot0_ = fbprot1_ = frdyie_ = fbccnt_ = fbcstat_ = fcpsr_ = fsuacr_ = 0;
    faeint_ = 0x98;
    fpckar_ = 0x32;
    fsaddr_ = feaddr_ = fpsaddr_ = 0;
    fcmdr_ = 0;
    expect_ = Expect::command;
    buffer_full_ = false;
    fwepror = fwepror_reset;
    options_.latch();
    data_.new_boot();
    if (was_unreadable && on_mode_change) on_mode_change();
}

bool Faci::locked() const {
    return (fstatr_errors_ | access_errors_) != 0;
}

// Whoever polls FSTATR while an operation is under way waits: from the second look on, time skips to its end.
std::uint32_t Faci::status() {
    settle();
    if (pending_) {
        if (pending_->polled)
            world_.skip_to(pending_->end);
        else
            pending_->polled = true;
        settle();
    }
    std::uint32_t s = fstatr_errors_;
    if (!pending_) s |= frdy;
    if (pending_ && !pending_->blank_check && pending_->kind != Kind::configure && !suspended_) s |= susrdy;
    if (suspended_) s |= suspended_->kind == Kind::erase ? ersspd : prgspd;
    if (std::exchange(buffer_full_, false)) s |= dbfull;
    return s;
}

void Faci::fail(std::uint32_t error_bits, std::string why, std::uint8_t access_bits) {
    fstatr_errors_ |= error_bits;
    access_errors_ |= access_bits;
    expect_ = Expect::command;
    buffer_full_ = false;
    world_.violation("flash sequencer: " + std::move(why));
}

// --- Registers

std::uint32_t Faci::read(std::uint32_t offset, unsigned size) {
    switch (offset) {
    case reg::fastat:
        settle();
        access_errors_seen_ |= access_errors_;
        return access_errors_ | (locked() ? cmdlk : 0u);
    case reg::faeint:
        return faeint_;
    case reg::frdyie:
        return frdyie_;
    case reg::fsaddr:
        return fsaddr_;
    case reg::feaddr:
        return feaddr_;
    case reg::fmeprot:
        return code_entry_locked_ ? 1 : 0;
    case reg::fbprot0:
        return fbprot0_;
    case reg::fbprot1:
        return fbprot1_;
    case reg::fstatr:
        return status();
    case reg::fentryr:
        return fentryr_;
    case reg::fsuinitr:
        return 0;
    case reg::fcmdr:
        return fcmdr_;
    case reg::fbccnt:
        return fbccnt_;
    case reg::fbcstat:
        return fbcstat_;
    case reg::fpsaddr:
        return fpsaddr_;
    case reg::fsuasmon:
        return options_.word(sas_offset) & 0x8000'8000;
    case reg::fcpsr:
        return fcpsr_;
    case reg::fpckar:
        return fpckar_;
    case reg::fsuacr:
        return fsuacr_;
    default:
        break;
    }
    world_.violation(
        fmt::format("flash sequencer: {}-bit read of offset 0x{:02x}, where no register is", size * 8, offset));
    return 0;
}

bool Faci::writable_while_idle(const char* name) {
    settle();
    if (!pending_) return true;
    world_.violation(fmt::format("flash sequencer: {} was written while an operation was under way", name));
    return false;
}

// A register with a key in its high byte takes one 16-bit write; any other is ignored.
std::optional<std::uint8_t> Faci::keyed(const char* name, std::uint8_t key, unsigned size, std::uint32_t value) {
    if (size == 2 && value >> 8 == key) return static_cast<std::uint8_t>(value);
    world_.violation(fmt::format("flash sequencer: {} ignores a {}-bit write of 0x{:x}, its key is 0x{:02x}", name,
                                 size * 8, value, key));
    return {};
}

void Faci::write(std::uint32_t offset, unsigned size, std::uint32_t value) {
    const auto byte = static_cast<std::uint8_t>(value);
    switch (offset) {
    case reg::fastat:
        return write_fastat(byte);
    case reg::faeint:
        faeint_ = byte & 0x98;
        return;
    case reg::frdyie:
        frdyie_ = byte & 1;
        return;
    case reg::fsaddr:
        if (writable_while_idle("FSADDR")) fsaddr_ = value;
        return;
    case reg::feaddr:
        if (writable_while_idle("FEADDR")) feaddr_ = value;
        return;
    case reg::fmeprot:
        if (const auto v = keyed("FMEPROT", 0xd9, size, value); v && writable_while_idle("FMEPROT"))
            code_entry_locked_ = (*v & 1) != 0;
        return;
    case reg::fbprot0:
        if (const auto v = keyed("FBPROT0", 0x78, size, value)) fbprot0_ = *v & 1;
        return;
    case reg::fbprot1:
        if (const auto v = keyed("FBPROT1", 0xb1, size, value)) fbprot1_ = *v & 1;
        return;
    case reg::fentryr:
        if (const auto v = keyed("FENTRYR", 0xaa, size, value)) write_fentryr(*v);
        return;
    case reg::fsuinitr:
        if (const auto v = keyed("FSUINITR", 0x2d, size, value);
            v && (*v & 1) != 0 && writable_while_idle("FSUINITR")) {
            fsaddr_ = feaddr_ = 0;
            fbprot0_ = fbprot1_ = fbccnt_ = fcpsr_ = 0;
            write_fentryr(0);
        }
        return;
    case reg::fbccnt:
        fbccnt_ = byte & 1;
        return;
    case reg::fcpsr:
        fcpsr_ = byte & 1;
        return;
    case reg::fpckar:
        if (const auto v = keyed("FPCKAR", 0x1e, size, value)) fpckar_ = *v;
        return;
    case reg::fsuacr:
        if (const auto v = keyed("FSUACR", 0x66, size, value)) fsuacr_ = *v & 3;
        return;
    default:
        break;
    }
    world_.violation(
        fmt::format("flash sequencer: {}-bit write of 0x{:x} to offset 0x{:02x}, where no writable register is",
                    size * 8, value, offset));
}

// DFAE and CFAE are cleared by writing 0 after they were read as 1.
void Faci::write_fastat(std::uint8_t value) {
    access_errors_ &= static_cast<std::uint8_t>(~(access_errors_seen_ & ~value));
    access_errors_seen_ = 0;
}

void Faci::write_fentryr(std::uint8_t value) {
    if (!writable_while_idle("FENTRYR")) return;
    value &= fentryc | fentryd;
    if (value == (fentryc | fentryd))
        return fail(ilglerr, "FENTRYR asks for code-flash and data-flash P/E mode at once");
    if ((value & fentryc) != 0 && code_entry_locked_) {
        world_.violation("flash sequencer: FENTRYR.FENTRYC was written while FMEPROT protects it; ignored");
        return;
    }
    if (value == 0 && fentryr_ != 0 && locked())
        world_.violation(
            fmt::format("flash sequencer: P/E mode was left in command-locked state (FSTATR 0x{:08x}, FASTAT 0x{:02x})",
                        fstatr_errors_ | frdy, access_errors_ | cmdlk));
    const bool was_code = code_pe_mode();
    fentryr_ = value;
    expect_ = Expect::command;
    if (was_code != code_pe_mode() && on_mode_change) on_mode_change();
}

std::uint32_t Faci::read_data_flash(std::uint32_t offset, unsigned size) {
    settle();
    std::array<std::uint8_t, 4> bytes{};
    if ((fentryr_ & fentryd) != 0) {
        fail(ilglerr, fmt::format("data flash offset 0x{:04x} was read in data-flash P/E mode", offset), dfae);
        return static_cast<std::uint32_t>(world_.random.next());
    }
    data_.read(offset, std::span(bytes).first(size));
    return static_cast<std::uint32_t>(bytes[0] | bytes[1] << 8 | bytes[2] << 16) | static_cast<std::uint32_t>(bytes[3])
                                                                                       << 24;
}

} // namespace outboot::board
