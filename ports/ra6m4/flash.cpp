#include "ports/ra6m4/flash.hpp"

#include <cstring>

#include "ports/ra6m4/watchdog.hpp"

namespace outboot::ra6m4 {

namespace {

// FENTRYR values: key 0xAA, then the mode.
constexpr std::uint16_t read_mode = 0xAA00;
constexpr std::uint16_t code_flash_mode = 0xAA01;
constexpr std::uint16_t data_flash_mode = 0xAA80;

constexpr std::uint8_t program_command = 0xE8;
constexpr std::uint8_t erase_command = 0x20;
constexpr std::uint8_t blank_check_command = 0x71;
constexpr std::uint8_t final_command = 0xD0;
constexpr std::uint8_t forced_stop_command = 0xB3;

constexpr std::uint32_t status_ready = 1U << 15;
constexpr std::uint32_t status_buffer_full = 1U << 10;
constexpr std::uint8_t command_lock = 1U << 4;

// More polls than the longest operation can take (32 KB erase, 1.04 s at the slowest FCLK); each is a peripheral read.
constexpr std::uint32_t poll_limit = 50'000'000;

struct Operation {
    std::uint16_t mode;
    std::uint8_t command;
    std::uint8_t halfwords; // data that follow the command; 0: none
    std::uint32_t address;
    const std::uint8_t* data;
};

// Inlined into the routine in RAM, like everything it calls.
template <class Condition>
[[gnu::always_inline]] inline bool wait_until(Condition condition) {
    for (std::uint32_t polls = poll_limit; polls != 0; --polls) {
        if (condition()) return true;
    }
    return false;
}

[[gnu::always_inline]] inline bool ready() {
    return (reg32(fstatr) & status_ready) != 0;
}

[[gnu::section(".ramcode"), gnu::noinline, gnu::long_call]] bool run(const Operation& operation) {
    reg16(fmeprot) = 0xD900; // only matters for code flash
    reg16(fentryr) = operation.mode;
    bool done = wait_until([&] { return reg16(fentryr) == (operation.mode & 0xFFU); });

    reg32(fsaddr) = operation.address;
    reg8(faci_command) = operation.command;
    if (operation.halfwords != 0) {
        reg8(faci_command) = operation.halfwords;
        const std::uint8_t* data = operation.data;
        for (std::uint32_t left = operation.halfwords; left != 0; --left, data += 2) {
            reg16(faci_command) = static_cast<std::uint16_t>(data[0] | data[1] << 8);
            done &= wait_until([] { return (reg32(fstatr) & status_buffer_full) == 0; });
        }
    }
    reg8(faci_command) = final_command;

    done &= wait_until(ready) && (reg8(fastat) & command_lock) == 0;
    if (!done) { // an illegal access stays in FASTAT until it is read as 1 and written 0
        touch(reg8(fastat));
        reg8(fastat) = 0;
        reg8(faci_command) = forced_stop_command;
        (void)wait_until(ready);
    }
    reg16(fentryr) = read_mode;
    done &= wait_until([] { return reg16(fentryr) == 0; });
    reg16(fmeprot) = 0xD901;
    reg16(fcacheiv) = 1;
    return wait_until([] { return reg16(fcacheiv) == 0; }) && done;
}

// What the sequencer must know follows from the address: the two memories lie far apart.
bool is_data_flash(std::uint32_t address) {
    return address >= data_flash_address;
}

bool read_range(std::uint32_t address, MutableBytes bytes) {
    std::memcpy(bytes.data(), reinterpret_cast<const void*>(address), bytes.size());
    return true;
}

// Programs whole program units from `data` or, without data, erases whole erase blocks.
bool change_range(std::uint32_t address, std::uint32_t bytes, const std::uint8_t* data) {
    const bool data_flash = is_data_flash(address);
    const std::uint32_t unit = data_flash ? DataFlash::program_unit : CodeFlash::program_unit;
    for (const std::uint32_t end = address + bytes; address < end;) {
        Operation operation{data_flash ? data_flash_mode : code_flash_mode, erase_command, 0, address, data};
        std::uint32_t step = data_flash ? DataFlash::block_bytes : CodeFlash::block_bytes(address);
        if (data != nullptr) {
            operation.command = program_command;
            operation.halfwords = static_cast<std::uint8_t>(unit / 2);
            data += step = unit;
        }
        if (!run(operation)) return false;
        address += step;
    }
    return true;
}

} // namespace

[[gnu::noinline]] void Watchdogs::feed() const {
    if (iwdt) {
        reg8(iwdtrr) = 0x00;
        reg8(iwdtrr) = 0xFF;
    }
    if (wdt) {
        reg8(wdtrr) = 0x00;
        reg8(wdtrr) = 0xFF;
    }
}

void flash_begin(std::uint32_t fclk_mhz) {
    reg8(fwepror) = 0x01;
    reg16(fpckar) = static_cast<std::uint16_t>(0x1E00 | fclk_mhz);
}

void flash_end() {
    reg8(fwepror) = 0x02;
}

bool CodeFlash::read(std::uint32_t at, MutableBytes bytes) {
    return read_range(code_flash_address + at, bytes);
}
bool CodeFlash::erase(std::uint32_t at, std::uint32_t bytes) {
    return change_range(code_flash_address + at, bytes, nullptr);
}
bool CodeFlash::program(std::uint32_t at, Bytes bytes) {
    return change_range(code_flash_address + at, bytes.size(), bytes.data());
}

bool DataFlash::read(std::uint32_t at, MutableBytes bytes) {
    return read_range(data_flash_address + at, bytes);
}
bool DataFlash::erase(std::uint32_t at, std::uint32_t bytes) {
    return change_range(data_flash_address + at, bytes, nullptr);
}
bool DataFlash::program(std::uint32_t at, Bytes bytes) {
    return change_range(data_flash_address + at, bytes.size(), bytes.data());
}

bool DataFlash::blank(std::uint32_t at, std::uint32_t bytes) {
    reg8(fbccnt) = 0;
    reg32(feaddr) = data_flash_address + at + bytes - 1;
    return run({data_flash_mode, blank_check_command, 0, data_flash_address + at, nullptr}) &&
           (reg8(fbcstat) & 1U) == 0;
}

} // namespace outboot::ra6m4
