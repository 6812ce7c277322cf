#include "examples/ra6m4/app/xmodem.hpp"

#include "examples/ra6m4/app/uart.hpp"

namespace example::xmodem {

namespace {

constexpr int start_128 = 0x01;
constexpr int start_1024 = 0x02;
constexpr int end_of_file = 0x04;
constexpr char acknowledge = 0x06;
constexpr char repeat = 0x15;
constexpr int cancel = 0x18;
constexpr char want_crc = 'C';

constexpr std::uint32_t start_timeout_ms = 3000;
constexpr std::uint32_t byte_timeout_ms = 1000;
constexpr int tries = 20;

std::uint8_t block[1024];

std::uint16_t crc16(const std::uint8_t* bytes, std::uint32_t count) {
    std::uint32_t crc = 0;
    while (count-- != 0) {
        crc ^= static_cast<std::uint32_t>(*bytes++) << 8;
        for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000U) != 0 ? crc << 1 ^ 0x1021U : crc << 1;
    }
    return static_cast<std::uint16_t>(crc);
}

// What follows the start byte. Returns the block's number, or -1 for one that must be sent again.
int receive_block(std::uint32_t size) {
    const int number = uart::get(byte_timeout_ms);
    const int complement = uart::get(byte_timeout_ms);
    for (std::uint32_t i = 0; i < size; ++i) {
        const int byte = uart::get(byte_timeout_ms);
        if (byte < 0) return -1;
        block[i] = static_cast<std::uint8_t>(byte);
    }
    const int high = uart::get(byte_timeout_ms);
    const int low = uart::get(byte_timeout_ms);
    const bool good =
        number >= 0 && number + complement == 255 && high >= 0 && low >= 0 && crc16(block, size) == (high << 8 | low);
    return good ? number : -1;
}

void cancel_transfer() {
    for (int i = 0; i < 3; ++i) uart::put(static_cast<char>(cancel));
}

} // namespace

Result receive(bool (*sink)(void* context, const std::uint8_t* bytes, std::uint32_t count), void* context) {
    int expected = 1;
    bool started = false;
    for (int failures = 0; failures < tries;) {
        if (!started) uart::put(want_crc);
        const int first = uart::get(start_timeout_ms);
        if (first == cancel) return Result::cancelled;
        if (first == end_of_file) {
            uart::put(acknowledge);
            return Result::ok;
        }
        const std::uint32_t size = first == start_1024 ? 1024 : 128;
        const int number = first == start_128 || first == start_1024 ? receive_block(size) : -1;
        if (number < 0) {
            ++failures;
            if (started) uart::put(repeat);
            continue;
        }
        started = true;
        failures = 0;
        if (number == (expected & 0xFF)) { // else the sender repeats a block we have: acknowledge only
            if (!sink(context, block, size)) {
                cancel_transfer();
                return Result::refused;
            }
            ++expected;
        }
        uart::put(acknowledge);
    }
    return Result::no_sender;
}

} // namespace example::xmodem
