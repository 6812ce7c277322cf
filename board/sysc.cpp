#include "board/sysc.hpp"

#include <fmt/format.h>

namespace outboot::board {

namespace {

namespace reg {
constexpr std::uint32_t sckdivcr = 0x20, sckscr = 0x26, pllccr = 0x28, pllcr = 0x2a, bckcr = 0x30, mosccr = 0x32,
                        hococr = 0x36, hococr2 = 0x37, mococr = 0x38, oscsf = 0x3c, pll2ccr = 0x48, pll2cr = 0x4a,
                        opccr = 0xa0, moscwtcr = 0xa2, sopccr = 0xaa, rstsr1 = 0xc0, prcr = 0x3fe, rstsr0 = 0x410,
                        rstsr2 = 0x411, momcr = 0x413, fwepror = 0x416, sosccr = 0x480, lococr = 0x490;
}

constexpr unsigned prc0 = 0, prc1 = 1, prc3 = 3, prc4 = 4;
constexpr std::uint32_t dividers_reset = 0x22022222;
constexpr std::uint64_t moco_hz = 8'000'000, loco_hz = 32'768, main_hz = 24'000'000;
// Order of magnitude of the data sheet's oscillation stabilisation times; nothing depends on them but waiting.
constexpr Picoseconds hoco_time = 65 * microsecond, main_time = 1 * millisecond, pll_time = 120 * microsecond;

std::uint64_t mhz(unsigned n) {
    return n * 1'000'000ull;
}

} // namespace

void Sysc::reset() {
    prcr_ = 0;
    dividers_ = dividers_reset;
    source_ = Source::moco;
    pllccr_ = pll2ccr_ = 0x1300;
    hoco_stable_ = hoco_at_reset_ ? world_.now() + hoco_time : never;
    main_stable_ = pll_stable_ = pll2_stable_ = never;
    moco_stopped_ = loco_stopped_ = false;
    sub_stopped_ = true;
    storage_.fill(0);
    storage_[reg::bckcr] = 0;
    storage_[reg::moscwtcr] = 5;
    flags_polled_ = false;
    if (fwepror) *fwepror = 0x02;
    world_.clocks = {};
}

void Sysc::set_ofs1(std::uint32_t ofs1) {
    constexpr std::uint32_t hocoen = 1u << 8; // 0: runs after reset
    hoco_at_reset_ = (ofs1 & hocoen) == 0;
    // HOCOFRQ0; the erased value 3 isn't a frequency: assumed to be 20 MHz.
    constexpr std::array<std::uint32_t, 4> frequencies{16'000'000, 18'000'000, 20'000'000, 20'000'000};
    hoco_hz_ = frequencies[ofs1 >> 9 & 3];
}

// Flags stay until they are cleared or the power goes; a power-on reset clears all others.
void Sysc::set_cause(ResetCause cause) {
    switch (cause) {
    case ResetCause::power_on:
        rstsr0_ = 0x01, rstsr1_ = 0, rstsr2_ = 0;
        return;
    case ResetCause::iwdt:
        rstsr1_ |= 1u << 0;
        return;
    case ResetCause::wdt:
        rstsr1_ |= 1u << 1;
        return;
    case ResetCause::software:
        rstsr1_ |= 1u << 2;
        return;
    }
}

// --- Oscillators

std::uint64_t Sysc::pll_output() const {
    const std::uint64_t input = (pllccr_ & 0x10) != 0 ? hoco_hz_ : main_hz;
    const std::uint64_t halves = (pllccr_ >> 8 & 0x3f) + 1u; // PLLMUL = 2 · multiplier - 1
    return input / ((pllccr_ & 3) + 1u) * halves / 2;
}

std::uint64_t Sysc::frequency(Source source) const {
    switch (source) {
    case Source::hoco:
        return hoco_hz_;
    case Source::moco:
        return moco_hz;
    case Source::loco:
    case Source::sub:
        return loco_hz;
    case Source::main:
        return main_hz;
    case Source::pll:
        break;
    }
    return pll_output();
}

bool Sysc::running(Source source) const {
    const auto stable = [&](Picoseconds t) { return t <= world_.now(); };
    switch (source) {
    case Source::hoco:
        return stable(hoco_stable_);
    case Source::moco:
        return !moco_stopped_;
    case Source::loco:
        return !loco_stopped_;
    case Source::main:
        return stable(main_stable_);
    case Source::sub:
        return !sub_stopped_;
    case Source::pll:
        break;
    }
    return stable(pll_stable_);
}

// Whoever polls OSCSF waits for an oscillator: the second look skips to the next one that gets stable.
std::uint8_t Sysc::stable_flags() {
    Picoseconds next = never;
    for (const Picoseconds t : {hoco_stable_, main_stable_, pll_stable_, pll2_stable_})
        if (t > world_.now()) next = std::min(next, t);
    if (flags_polled_ && next != never) world_.skip_to(next);
    flags_polled_ = next != never;
    const auto flag = [&](Picoseconds t, unsigned bit) {
        return static_cast<std::uint8_t>((t <= world_.now()) << bit);
    };
    return static_cast<std::uint8_t>(flag(hoco_stable_, 0) | flag(main_stable_, 3) | flag(pll_stable_, 5) |
                                     flag(pll2_stable_, 6));
}

void Sysc::start(Picoseconds& stable_at, bool stop, Picoseconds settle_time) {
    if (stop)
        stable_at = never;
    else if (stable_at == never)
        stable_at = world_.now() + settle_time;
    flags_polled_ = false;
}

void Sysc::write_stop(std::uint32_t offset, bool stop) {
    const bool pll_from_hoco = (pllccr_ & 0x10) != 0, pll_runs = pll_stable_ != never;
    const auto in_use = [&](Source s) {
        const bool feeds_pll = pll_runs && (s == Source::hoco ? pll_from_hoco : s == Source::main && !pll_from_hoco);
        return source_ == s || feeds_pll;
    };
    const auto refuse_stop = [&](Source s, const char* name) {
        if (stop && in_use(s)) world_.violation(fmt::format("clocks: {} was stopped while it was in use", name));
    };
    switch (offset) {
    case reg::hococr:
        refuse_stop(Source::hoco, "HOCO");
        return start(hoco_stable_, stop, hoco_time);
    case reg::mosccr:
        refuse_stop(Source::main, "the main oscillator");
        return start(main_stable_, stop, main_time);
    case reg::mococr:
        refuse_stop(Source::moco, "MOCO");
        moco_stopped_ = stop;
        return;
    case reg::lococr:
        refuse_stop(Source::loco, "LOCO");
        loco_stopped_ = stop;
        return;
    case reg::sosccr:
        sub_stopped_ = stop;
        return;
    case reg::pll2cr:
        return start(pll2_stable_, stop, pll_time);
    default:
        break;
    }
    refuse_stop(Source::pll, "the PLL");
    if (!stop) check_pll();
    if (!stop && !running(pll_from_hoco ? Source::hoco : Source::main))
        world_.violation("clocks: the PLL was started before its source was stable");
    start(pll_stable_, stop, pll_time);
}

void Sysc::write_pll_control(std::uint16_t value) {
    if (pll_stable_ != never) return world_.violation("clocks: PLLCCR was written while the PLL runs; ignored");
    pllccr_ = value;
}

// What it is set to matters when it starts: the value after reset is outside its limits.
void Sysc::check_pll() {
    const std::uint64_t source = (pllccr_ & 0x10) != 0 ? hoco_hz_ : main_hz;
    const std::uint64_t input = source / ((pllccr_ & 3) + 1u);
    if (input < mhz(8) || input > mhz(24))
        world_.violation(fmt::format("clocks: PLL input of {} Hz, it takes 8 to 24 MHz", input));
    if (pll_output() < mhz(120) || pll_output() > mhz(200))
        world_.violation(fmt::format("clocks: PLL output of {} Hz, it makes 120 to 200 MHz", pll_output()));
}

void Sysc::select(std::uint8_t value) {
    const auto wanted = static_cast<Source>(value & 7);
    if ((value & 7) > 5) return world_.violation(fmt::format("clocks: SCKSCR = {}", value));
    if (!running(wanted))
        return world_.violation(fmt::format("clocks: source {} was selected before it was stable", value & 7));
    source_ = wanted;
    apply_clocks();
}

void Sysc::write_dividers(std::uint32_t value) {
    for (const unsigned shift : {0u, 4u, 8u, 12u, 16u, 24u, 28u})
        if ((value >> shift & 7) > 6)
            return world_.violation(fmt::format("clocks: SCKDIVCR = 0x{:08x} has a divider above 64", value));
    dividers_ = value;
    apply_clocks();
}

void Sysc::apply_clocks() {
    const std::uint64_t f = frequency(source_);
    const auto divided = [&](unsigned shift) { return static_cast<std::uint32_t>(f >> (dividers_ >> shift & 7)); };
    const Clocks c = {.iclk = divided(24),
                      .pclka = divided(12),
                      .pclkb = divided(8),
                      .pclkc = divided(4),
                      .pclkd = divided(0),
                      .bclk = divided(16),
                      .fclk = divided(28)};
    if (on_clock_change) on_clock_change(c);
    world_.clocks = c;
    world_.look_up_at(0);
    const auto limit = [&](const char* name, std::uint64_t hz, unsigned max_mhz) {
        if (hz > mhz(max_mhz))
            world_.violation(fmt::format("clocks: {} of {} Hz, its limit is {} MHz", name, hz, max_mhz));
    };
    limit("ICLK", c.iclk, 200);
    limit("PCLKA", c.pclka, 100);
    limit("PCLKB", c.pclkb, 50);
    limit("PCLKC", c.pclkc, 50);
    limit("PCLKD", c.pclkd, 100);
    limit("BCLK", c.bclk, 100);
    limit("FCLK", c.fclk, 50);
    check_wait_states();
}

void Sysc::check_wait_states() {
    const std::uint64_t iclk = world_.clocks.iclk;
    const unsigned flash_needs = iclk <= mhz(50) ? 0 : iclk <= mhz(100) ? 1 : iclk <= mhz(150) ? 2 : 3;
    const unsigned sram_needs = iclk <= mhz(100) ? 0 : 1;
    if (flash_wait_states && flash_wait_states() < flash_needs)
        world_.violation(
            fmt::format("clocks: ICLK of {} Hz with FLWT = {}, it needs {}", iclk, flash_wait_states(), flash_needs));
    if (sram_wait_states && sram_wait_states() < sram_needs)
        world_.violation(
            fmt::format("clocks: ICLK of {} Hz with SRAMWTSC = {}, it needs {}", iclk, sram_wait_states(), sram_needs));
}

// --- Registers

bool Sysc::unlocked(unsigned prc_bit, const char* name) {
    if ((prcr_ >> prc_bit & 1) != 0) return true;
    world_.violation(fmt::format("{} was written while PRCR protects it; ignored", name));
    return false;
}

std::uint32_t Sysc::read(std::uint32_t offset, unsigned size) {
    switch (offset) {
    case reg::sckdivcr:
        return dividers_;
    case reg::sckscr:
        return static_cast<std::uint32_t>(source_);
    case reg::pllccr:
        return pllccr_;
    case reg::pllcr:
        return pll_stable_ == never;
    case reg::mosccr:
        return main_stable_ == never;
    case reg::hococr:
        return hoco_stable_ == never;
    case reg::mococr:
        return moco_stopped_;
    case reg::lococr:
        return loco_stopped_;
    case reg::sosccr:
        return sub_stopped_;
    case reg::oscsf:
        return stable_flags();
    case reg::pll2ccr:
        return pll2ccr_;
    case reg::pll2cr:
        return pll2_stable_ == never;
    case reg::rstsr0:
        return rstsr0_;
    case reg::rstsr1:
        return rstsr1_;
    case reg::rstsr2:
        return rstsr2_;
    case reg::prcr:
        return prcr_;
    case reg::fwepror:
        return fwepror ? *fwepror : 0x02u;
    default:
        break;
    }
    if (offset + size > storage_.size()) {
        world_.violation(fmt::format("read of 0x{:08x}, where no register is", base + offset));
        return 0;
    }
    std::uint32_t v = 0;
    for (unsigned i = 0; i < size; ++i) v |= static_cast<std::uint32_t>(storage_[offset + i]) << (8 * i);
    return v;
}

void Sysc::write(std::uint32_t offset, unsigned size, std::uint32_t value) {
    switch (offset) {
    case reg::prcr:
        if (size == 2 && value >> 8 == 0xa5)
            prcr_ = value & 0x1b;
        else
            world_.violation(fmt::format("PRCR ignores a {}-bit write of 0x{:x}, its key is 0xa5", size * 8, value));
        return;
    case reg::fwepror:
        if (fwepror) *fwepror = value & 3;
        return;
    case reg::rstsr0:
        rstsr0_ &= static_cast<std::uint8_t>(value);
        return; // flags are cleared by writing 0
    case reg::rstsr1:
        rstsr1_ &= static_cast<std::uint16_t>(value);
        return;
    case reg::rstsr2:
        rstsr2_ = value & 1;
        return;
    case reg::sckdivcr:
        if (unlocked(prc0, "SCKDIVCR")) write_dividers(value);
        return;
    case reg::sckscr:
        if (unlocked(prc0, "SCKSCR")) select(static_cast<std::uint8_t>(value));
        return;
    case reg::pllccr:
        if (unlocked(prc0, "PLLCCR")) write_pll_control(static_cast<std::uint16_t>(value));
        return;
    case reg::pll2ccr:
        if (unlocked(prc0, "PLL2CCR")) pll2ccr_ = static_cast<std::uint16_t>(value);
        return;
    case reg::pllcr:
    case reg::mosccr:
    case reg::hococr:
    case reg::mococr:
    case reg::lococr:
    case reg::sosccr:
    case reg::pll2cr:
        if (unlocked(prc0, "an oscillator's stop bit")) write_stop(offset, (value & 1) != 0);
        return;
    default:
        break;
    }
    if (offset + size > storage_.size())
        return world_.violation(fmt::format("write of 0x{:x} to 0x{:08x}, where no register is", value, base + offset));
    const bool is_clock =
        offset == reg::moscwtcr || offset == reg::momcr || offset == reg::bckcr || offset == reg::hococr2;
    const bool is_power = offset == reg::opccr || offset == reg::sopccr;
    const bool is_security = offset >= 0x3c0 && offset < 0x3fe;
    if (is_clock && !unlocked(prc0, "a clock register")) return;
    if (is_power && !unlocked(prc1, "a power-mode register")) return;
    if (is_security && !unlocked(prc4, "a security attribution register")) return;
    if (offset == reg::opccr && (value & 3) != 0) world_.violation("power modes other than high speed aren't modelled");
    for (unsigned i = 0; i < size; ++i) storage_[offset + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

} // namespace outboot::board
