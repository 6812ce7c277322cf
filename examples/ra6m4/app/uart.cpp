#include "examples/ra6m4/app/uart.hpp"

#include "examples/ra6m4/app/timer.hpp"
#include "ports/ra6m4/registers.hpp"
#include "ports/ra6m4/watchdog.hpp"

namespace example::uart {

using namespace outboot::ra6m4;

namespace {

constexpr std::uint32_t sci7 = 0x40118700;
constexpr std::uint32_t smr = sci7 + 0x0;  // 8
constexpr std::uint32_t brr = sci7 + 0x1;  // 8
constexpr std::uint32_t scr = sci7 + 0x2;  // 8
constexpr std::uint32_t tdr = sci7 + 0x3;  // 8
constexpr std::uint32_t ssr = sci7 + 0x4;  // 8
constexpr std::uint32_t rdr = sci7 + 0x5;  // 8
constexpr std::uint32_t scmr = sci7 + 0x6; // 8
constexpr std::uint32_t semr = sci7 + 0x7; // 8
constexpr std::uint32_t fcr = sci7 + 0x14; // 16

constexpr std::uint8_t transmit_empty = 0x80;
constexpr std::uint8_t receive_full = 0x40;
constexpr std::uint8_t receive_errors = 0x38;
constexpr std::uint8_t transmit_end = 0x04;
constexpr std::uint32_t baud = 115200;
constexpr std::uint32_t sci_odd_pin = 0x05U << 24 | 1U << 16; // PSEL, PMR

} // namespace

void begin(std::uint32_t pclka_mhz) {
    reg32(mstpcrb) &= ~(1U << 24);
    touch(reg32(mstpcrb));
    reg8(scr) = 0;
    reg16(fcr) = 0;
    reg8(smr) = 0;
    reg8(scmr) = 0xF2;
    reg8(semr) = 0x50; // BGDM and ABCS: eight base clocks a bit
    reg8(brr) = static_cast<std::uint8_t>((pclka_mhz * 1'000'000 + 4 * baud) / (8 * baud) - 1);
    reg8(pwpr) = 0x00;
    reg8(pwpr) = 0x40;
    reg32(pin_function(6, 13)) = sci_odd_pin;
    reg32(pin_function(6, 14)) = sci_odd_pin;
    reg8(pwpr) = 0x00;
    reg8(pwpr) = 0x80;
    reg8(scr) = 0x30; // TE, RE
}

void put(char c) {
    while ((reg8(ssr) & transmit_empty) == 0) {
    }
    reg8(tdr) = static_cast<std::uint8_t>(c);
}

void print(std::string_view text) {
    for (const char c : text) {
        if (c == '\n') put('\r');
        put(c);
    }
}

void print_number(std::uint32_t value) {
    char digits[10];
    int count = 0;
    do {
        digits[count++] = static_cast<char>('0' + value % 10);
        value /= 10;
    } while (value != 0);
    while (count != 0) put(digits[--count]);
}

void print_hex(std::uint32_t value, int digits) {
    while (digits-- > 0) put("0123456789abcdef"[value >> (4 * digits) & 15]);
}

int get(std::uint32_t timeout_ms) {
    for (const timer::Deadline deadline(timeout_ms);;) {
        const std::uint8_t status = reg8(ssr);
        if ((status & receive_full) != 0) {
            const int byte = reg8(rdr);
            reg8(ssr) = static_cast<std::uint8_t>(status & ~receive_full);
            return byte;
        }
        if ((status & receive_errors) != 0) reg8(ssr) = static_cast<std::uint8_t>(status & ~receive_errors);
        if (deadline.passed()) return -1;
        watchdogs.feed();
    }
}

void flush() {
    while ((reg8(ssr) & transmit_end) == 0) {
    }
}

} // namespace example::uart
