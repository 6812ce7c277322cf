#include "board/machine.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "format/image.hpp"

namespace outboot::board {

namespace {

// IWDT on, 2048 cycles of 15 kHz / 128, window always open, reset; WDT off.
constexpr std::uint32_t ofs0_with_watchdog = 0xffffffff & ~(1u << 1) & ~(1u << 14);

template <std::size_t... i>
std::array<Sci, sizeof...(i)> make_sci(World& world, UartHost& host, std::index_sequence<i...>) {
    return {Sci(world, host, i)...};
}

// Pins of the board on which an SCI channel reaches the outside: TXD and RXD, their port, pin and PSEL.
struct UartPins {
    unsigned channel, transmit_port, transmit_pin, receive_port, receive_pin, function;
};
constexpr std::array<UartPins, 3> uart_pins{{{0, 1, 1, 1, 0, 4}, {7, 6, 13, 6, 14, 5}, {9, 1, 9, 1, 10, 5}}};

// P305 to P310: QSPCLK, QSSL, QIO0 to QIO3, PSEL 0x11.
constexpr unsigned qspi_port = 3, qspi_first_pin = 5, qspi_last_pin = 10, qspi_function = 0x11;

} // namespace

Board::Machine::Machine(Board& b, const Config& c)
    : board(b), config(c), world(c.seed), ram(address::ram_bytes), data_flash(0x2000, 64, c.seed),
      nor(c.external, c.pace, world), faci(world, c.pace, code_flash, data_flash, options), qspi(world, nor),
      sysc(world), sram(world), flash_cache(world), bus_caches(world), pins(world), iwdt(world, Watchdog::Which::iwdt),
      wdt(world, Watchdog::Which::wdt), scs(world), uart(world),
      sci(make_sci(world, uart, std::make_index_sequence<10>())), windows(world, faci, qspi, options, iwdt, wdt, sci),
      cpu(world) {
    if (!c.external_fitted) nor.silence();
    world.current_pc = [this] { return cpu.block(); };
    world.stop_cpu = [this] { cpu.stop(); };
    cpu.look_up = [this](bool spinning) { return look_up(spinning); };
    cpu.at_watched = [this](std::uint32_t at) { return at_watched(at); };
    map_address_space();
    wire_flash();
    wire_clocks();
    wire_uarts();
}

void Board::Machine::map_address_space() {
    constexpr std::uint32_t page = 0x1000;
    cpu.map_memory(address::ram, ram, true, true);
    cpu.map_memory(address::code_flash, {code_flash.mapping(), code_flash.size()}, false, true);

    cpu.map_device(address::data_flash, data_flash.size(), windows.data_flash);
    cpu.map_device(address::external, nor.part().size_bytes, windows.external);
    cpu.map_device(OptionMemory::base & ~(page - 1), page, windows.options);
    cpu.map_device(0x01008000, page, windows.factory);

    cpu.map_device(SramControl::base, page, sram);
    cpu.map_device(BusCaches::base, page, bus_caches);
    cpu.map_device(FlashCache::base, page, flash_cache);
    cpu.map_device(Sysc::base, page, sysc);
    cpu.map_device(Pins::base, page, pins);
    cpu.map_device(0x40083000, page, windows.timers);
    cpu.map_device(ModuleStop::base, page, modules);
    cpu.map_device(Sci::base(0), page, windows.uarts);
    cpu.map_device(Faci::command_base, page, windows.faci_commands);
    cpu.map_device(Faci::base, page, faci);
    cpu.map_device(Qspi::base, page, qspi);
    cpu.map_device(Scs::base, page, scs);
    cpu.map_device(0xE0001000, page, windows.trace);

    // Blocks that start-up code sets and that have no behaviour here: MMPU and TZF, BUS, DMAC and DTC, ICU, CPSCU,
    // DEBUG, ELC, PSCU, FLAD.
    for (const std::uint32_t at : {0x40000000u, 0x40003000u, 0x40005000u, 0x40006000u, 0x40008000u, 0x4001B000u,
                                   0x40082000u, 0x400E0000u, 0x407FC000u}) {
        std::vector<std::pair<std::uint32_t, std::uint32_t>> resets;
        if (at == 0x407FC000) resets = {{0x40, 0x3c}}; // FCKMHZ
        const auto [entry, fresh] = storage.try_emplace(at, page, std::move(resets));
        cpu.map_device(at, page, entry->second);
    }
}

void Board::Machine::wire_flash() {
    faci.on_mode_change = [this] {
        if (faci.code_pe_mode() && bus_caches.code_cache_on())
            world.violation("code-flash P/E mode was entered with the code-bus cache on");
        update_code_flash_access();
    };
    faci.on_code_change = [this](std::uint32_t offset, std::uint32_t count) {
        cpu.code_changed(address::code_flash + offset, count);
        flash_cache.flash_changed();
        bus_caches.code_flash_changed();
    };
    sysc.fwepror = &faci.fwepror;
    qspi.why_unreachable = [this] { return why_qspi_is_unreachable(); };
    qspi.why_reads_are_stale = [this]() -> const char* {
        return bus_caches.external_reads_stale()
                   ? "mapped read through a system-bus cache that wasn't flushed after a write"
                   : nullptr;
    };
    qspi.on_chip_written = [this] { bus_caches.external_changed(); };
}

// Code flash can't be read in its P/E mode; and reading it through a flash cache that wasn't invalidated since it
// changed isn't reading it.
void Board::Machine::update_code_flash_access() {
    const bool accessible = !faci.code_pe_mode() && !flash_cache.reads_stale();
    if (accessible == code_flash_accessible) return;
    code_flash_accessible = accessible;
    cpu.set_accessible(address::code_flash, code_flash.size(), accessible);
}

void Board::Machine::wire_clocks() {
    sysc.flash_wait_states = [this] { return flash_cache.wait_states(); };
    sysc.sram_wait_states = [this] { return sram.wait_states(); };
    sysc.on_clock_change = [this](const Clocks& next) {
        for (Sci& s : sci)
            if (s.sending()) world.violation("a clock was changed while a UART was sending");
        scs.clock_changes(next.iclk);
        wdt.clock_changes(next.pclkb);
        cpu.set_clock(next.iclk);
    };
    sram.on_change = [this] { sysc.check_wait_states(); };
    flash_cache.on_change = [this] {
        sysc.check_wait_states();
        update_code_flash_access();
    };
}

void Board::Machine::wire_uarts() {
    for (unsigned channel = 0; channel < sci.size(); ++channel) {
        sci[channel].why_unreachable = [this, channel] { return why_sci_is_unreachable(channel); };
        sci[channel].wake_at = [this](Picoseconds t) { world.look_up_at(t); };
    }
    uart.on_text = [this](char c) { uart_text(c); };
    uart.on_input_wanted = [this] {
        if (current.until.input_wanted) stop(Stop::input_wanted, "the firmware waits for a byte of the host");
    };
    uart.next_timer_event = [this] { return scs.systick_wraps_at(); };
}

const char* Board::Machine::why_qspi_is_unreachable() {
    if (!modules.runs('B', 6)) return "the module is stopped (MSTPCRB bit 6)";
    if (!config.check_pins) return nullptr;
    for (unsigned pin = qspi_first_pin; pin <= qspi_last_pin; ++pin)
        if (!pins.is(qspi_port, pin, qspi_function))
            return "its pins P305 to P310 are not all given to it (PMR, PSEL 0x11)";
    return nullptr;
}

const char* Board::Machine::why_sci_is_unreachable(unsigned channel) {
    if (!modules.runs('B', 31 - channel)) return "the module is stopped (MSTPCRB)";
    if (!config.check_pins) return nullptr;
    const auto wired =
        std::find_if(uart_pins.begin(), uart_pins.end(), [&](const UartPins& p) { return p.channel == channel; });
    if (wired == uart_pins.end()) return "this channel isn't wired on the board";
    return pins.is(wired->transmit_port, wired->transmit_pin, wired->function)
               ? nullptr
               : "its TXD pin is not given to it (PMR, PSEL)";
}

// --- Power and reset

void Board::Machine::power_on() {
    power_off();
    Random r(world.random.next());
    for (std::size_t i = 0; i < ram.size(); i += 8) {
        const std::uint64_t v = r.next();
        std::copy_n(reinterpret_cast<const std::uint8_t*>(&v), 8, ram.begin() + static_cast<std::ptrdiff_t>(i));
    }
    cpu.forget_translations(); // a session is short: the buffer never fills in one
    if (!nor.silent()) nor.power_cycle();
    if (config.ofs0 || config.watchdog) { // firmware reads it too
        std::array<std::uint8_t, 4> ofs0;
        format::put32(ofs0.data(), config.ofs0.value_or(ofs0_with_watchdog));
        options.load(0, ofs0);
    }
    powered = true;
    world.power_failed = false;
    first_boot_of_session = boots.size();
    reset(ResetCause::power_on);
}

void Board::Machine::power_off() {
    if (!powered) return;
    nor.power_lost();
    reset_models(); // tears what the flash sequencer was doing
    powered = false;
}

void Board::Machine::reset_models() {
    for (Sci& s : sci) s.reset();
    sysc.set_ofs1(options.ofs1());
    for (Peripheral* p : std::initializer_list<Peripheral*>{&qspi, &sysc, &sram, &flash_cache, &bus_caches, &pins,
                                                            &modules, &iwdt, &wdt, &scs, &faci})
        p->reset();
    for (auto& [at, s] : storage) s.reset();
    cpu.set_clock(world.clocks.iclk);
    update_code_flash_access();
}

void Board::Machine::reset(ResetCause cause) {
    world.reset_wanted.reset();
    reset_models();
    sysc.set_cause(cause);
    iwdt.start_from_ofs0(options.ofs0());
    wdt.start_from_ofs0(options.ofs0());
    cpu.reset(cpu.load(address::code_flash), cpu.load(address::code_flash + 4));
    boots.push_back({.cause = cause, .began = world.now(), .began_at_instruction = world.instructions, .uart = {}});
}

// --- Memory by address

void Board::Machine::program(std::uint32_t at, std::span<const std::uint8_t> bytes) {
    const auto inside = [&](std::uint32_t base, std::size_t size) {
        return at >= base && at - base <= size && bytes.size() <= size - (at - base);
    };
    if (inside(address::code_flash, code_flash.size())) {
        code_flash.load(at - address::code_flash, bytes);
        cpu.code_changed(at, static_cast<std::uint32_t>(bytes.size()));
    } else if (inside(address::data_flash, data_flash.size())) {
        data_flash.load(at - address::data_flash, bytes);
    } else if (inside(OptionMemory::base, OptionMemory::size)) {
        options.load(at - OptionMemory::base, bytes);
    } else if (inside(address::external, nor.array().size())) {
        nor.array().load(at - address::external, bytes);
    } else {
        throw std::runtime_error(fmt::format("{} bytes at 0x{:08x} lie in no memory of the board", bytes.size(), at));
    }
}

std::vector<std::uint8_t> Board::Machine::read(std::uint32_t at, std::size_t count) const {
    const auto inside = [&](std::uint32_t base, std::size_t size) {
        return at >= base && at - base <= size && count <= size - (at - base);
    };
    const auto copy = [&](std::span<const std::uint8_t> from, std::uint32_t base) {
        const auto part = from.subspan(at - base, count);
        return std::vector<std::uint8_t>(part.begin(), part.end());
    };
    if (inside(address::code_flash, code_flash.size())) return copy(code_flash.bytes(), address::code_flash);
    if (inside(address::ram, ram.size())) return copy(ram, address::ram);
    if (inside(OptionMemory::base, OptionMemory::size)) return copy(options.bytes(), OptionMemory::base);
    if (inside(address::external, nor.array().size())) return copy(nor.array().bytes(), address::external);
    if (inside(address::data_flash, data_flash.size())) {
        std::vector<std::uint8_t> out(count);
        data_flash.read(at - address::data_flash, out);
        return out;
    }
    throw std::runtime_error(fmt::format("{} bytes at 0x{:08x} lie in no memory of the board", count, at));
}

} // namespace outboot::board
