#include "ports/ra6m4/qspi.hpp"

#include <cstring>

#include "outboot_layout.hpp"
#include "ports/ra6m4/registers.hpp"
#include "ports/ra6m4/watchdog.hpp"

namespace outboot::ra6m4 {

namespace {

// Chips of more than 16 MB need four address bytes, and the opcodes that take them.
constexpr bool long_address = layout.external_size > 1U << 24;
constexpr std::uint8_t page_program = long_address ? 0x12 : 0x02;

constexpr std::uint8_t erase_64k = long_address ? 0xDC : 0xD8;
constexpr std::uint8_t erase_32k = long_address ? 0x5C : 0x52;
constexpr std::uint8_t erase_4k = long_address ? 0x21 : 0x20;

constexpr std::uint8_t read_status = 0x05;
constexpr std::uint8_t write_enable = 0x06;
constexpr std::uint8_t read_id = 0x9F;
constexpr std::uint8_t release_power_down = 0xAB;
constexpr std::uint8_t reset_enable = 0x66;
constexpr std::uint8_t reset_chip = 0x99;
constexpr std::uint8_t leave_mode = 0xFF; // continuous read, and QPI when clocked on four lines

constexpr std::uint8_t status_busy = 0x01;
constexpr std::uint8_t nobody = 0xFF;
constexpr std::uint32_t page_bytes = 256;

constexpr std::uint32_t single_lines = 0x10; // SFMSPC: extended SPI
constexpr std::uint32_t four_lines = 0x12;   // SFMSPC: quad SPI (QPI)

// Status polls, two bytes at 50 MHz each: four times the longest block erase (64 KB, 2 s at most).
constexpr std::uint32_t poll_limit = 16'000'000;
constexpr std::uint32_t settle_loops = 20'000; // at 200 MHz at least 100 us: reset 30 us, release from power-down 3 us

// Pins as on the EK-RA6M4: P305 clock, P306 select, P307 to P310 data.
constexpr std::uint32_t first_pin = 5;
constexpr std::uint32_t last_pin = 10;
constexpr std::uint32_t qspi_pin = 0x11U << 24 | 1U << 16 | 3U << 10; // PSEL, PMR, high drive

void connect_pins(std::uint32_t function) {
    reg8(pwpr) = 0x00;
    reg8(pwpr) = 0x40;
    for (std::uint32_t pin = first_pin; pin <= last_pin; ++pin) reg32(pin_function(3, pin)) = function;
    reg8(pwpr) = 0x00;
    reg8(pwpr) = 0x80;
}

// Writing DCOM again is what closes a bus cycle.
void begin_command(std::uint8_t command) {
    reg32(sfmcmd) = 1;
    reg32(sfmcom) = command;
}

void end_command() {
    reg32(sfmcmd) = 1;
}

void single(std::uint8_t command) {
    begin_command(command);
    end_command();
}

std::uint8_t status() {
    begin_command(read_status);
    const auto value = static_cast<std::uint8_t>(reg32(sfmcom));
    end_command();
    return value;
}

void settle() {
    for (std::uint32_t i = 0; i < settle_loops; ++i) asm volatile("");
}

void begin_write(std::uint8_t command, std::uint32_t at) {
    single(write_enable);
    begin_command(command);
    for (int shift = long_address ? 24 : 16; shift >= 0; shift -= 8) reg32(sfmcom) = at >> shift & 0xFF;
}

bool answers() {
    begin_command(read_id);
    std::uint32_t id = 0;
    for (int i = 0; i < 3; ++i) id = id << 8 | (reg32(sfmcom) & 0xFF);
    end_command();
    return ((id ^ layout.external_jedec_id) & layout.external_jedec_id_mask) == 0;
}

// Closes a command and waits until the chip is idle. A bus that reads all ones has no chip on it: no use to wait for
// that one.
bool finish() {
    end_command();
    for (std::uint32_t polls = poll_limit; polls != 0; --polls) {
        const std::uint8_t now = status();
        if (now == nobody) return false;
        if ((now & status_busy) == 0) return true;
        watchdogs.feed();
    }
    return false;
}

} // namespace

bool QspiNor::open() {
    reg32(mstpcrb) &= ~(1U << 6);
    touch(reg32(mstpcrb));
    connect_pins(qspi_pin);
    reg32(sfmskc) = 0;    // PCLKA / 2: 50 MHz
    reg32(sfmssc) = 0x37; // as after reset: deselected for 8 cycles
    reg32(sfmsmd) = 2;    // mapped reads by dual-output fast read: needs no quad-enable bit in the chip
    reg32(sfmsdc) = 0xFF00;
    reg32(sfmsac) = long_address ? 0x13 : 0x02;

    reg32(sfmspc) = four_lines;
    single(leave_mode);
    reg32(sfmspc) = single_lines;
    single(leave_mode);
    single(release_power_down);
    settle();
    if (!finish()) return false; // what the application had begun ends first
    single(reset_enable);
    single(reset_chip);
    settle();
    return answers();
}

void QspiNor::map() {
    reg32(sfmcmd) = 0;
}

void QspiNor::close() {
    map();
    reg32(sfmskc) = 0x08;
    reg32(sfmsmd) = 0;
    reg32(sfmsac) = 0x02;
    connect_pins(0);
    reg32(mstpcrb) |= 1U << 6;
}

bool QspiNor::read(std::uint32_t at, MutableBytes bytes) {
    map();
    std::memcpy(bytes.data(), reinterpret_cast<const void*>(qspi_window_address + at), bytes.size());
    return answers();
}

bool QspiNor::erase(std::uint32_t at, std::uint32_t bytes) {
    const std::uint32_t end = at + bytes;
    while (at < end) {
        const auto fits = [=](std::uint32_t block) { return at % block == 0 && end - at >= block; };
        std::uint8_t opcode = erase_4k;
        std::uint32_t block = 0x1000; // always fits
        if (fits(0x8000)) opcode = erase_32k, block = 0x8000;
        if (fits(0x10000)) opcode = erase_64k, block = 0x10000;
        begin_write(opcode, at);
        if (!finish()) return false;
        at += block;
    }
    return true;
}

bool QspiNor::program(std::uint32_t at, Bytes bytes) {
    for (std::size_t i = 0; i < bytes.size();) {
        begin_write(page_program, at + i);
        do {
            reg32(sfmcom) = bytes[i++];
        } while (i < bytes.size() && (at + i) % page_bytes != 0);
        if (!finish()) return false;
    }
    return true;
}

} // namespace outboot::ra6m4
