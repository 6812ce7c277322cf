#include "board/board.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "board/firmware_file.hpp"
#include "board/machine.hpp"
#include "format/image.hpp"

namespace outboot::board {

const char* name(Stop s) {
    switch (s) {
    case Stop::uart_text:
        return "uart-text";
    case Stop::address:
        return "address";
    case Stop::input_wanted:
        return "input-wanted";
    case Stop::time_limit:
        return "time-limit";
    case Stop::instruction_limit:
        return "instruction-limit";
    case Stop::reset_limit:
        return "reset-limit";
    case Stop::power_cut:
        return "power-cut";
    case Stop::idle:
        return "idle";
    case Stop::interrupted:
        return "interrupted";
    case Stop::fault:
        return "fault";
    case Stop::violation:
        return "violation";
    }
    return "?";
}

const char* name(ResetCause c) {
    switch (c) {
    case ResetCause::power_on:
        return "power-on";
    case ResetCause::software:
        return "software";
    case ResetCause::iwdt:
        return "independent watchdog";
    case ResetCause::wdt:
        return "watchdog";
    }
    return "?";
}

Board::Board(const Config& config) : machine_(std::make_unique<Machine>(*this, config)) {}

Board::~Board() = default;

// --- Contents

void Board::load(const std::filesystem::path& file, std::optional<std::uint32_t> at) {
    try {
        if (at) return machine_->program(*at, read_whole(file));
        for (const Segment& s : read_firmware(file)) machine_->program(s.address, s.bytes);
    } catch (const std::runtime_error& e) {
        const std::string what = e.what();
        if (what.starts_with(file.string())) throw;
        throw std::runtime_error(fmt::format("{}: {}", file.string(), what));
    }
}

void Board::program(std::uint32_t address, std::span<const std::uint8_t> bytes) {
    machine_->program(address, bytes);
}

std::vector<std::uint8_t> Board::read(std::uint32_t address, std::size_t count) const {
    return machine_->read(address, count);
}

Contents Board::contents() const {
    const OptionMemory& o = machine_->options;
    return {machine_->code_flash, machine_->data_flash, machine_->nor.array(), {o.bytes().begin(), o.bytes().end()}};
}

void Board::set_contents(const Contents& c) {
    if (machine_->powered) throw std::logic_error("Board::set_contents with the power on");
    machine_->code_flash = c.code_flash;
    machine_->data_flash = c.data_flash;
    machine_->nor.array() = c.external;
    machine_->options.load(0, c.options);
    machine_->cpu.code_changed(address::code_flash, machine_->code_flash.size());
}

const CodeFlash& Board::code_flash() const {
    return machine_->code_flash;
}
const DataFlash& Board::data_flash() const {
    return machine_->data_flash;
}
Nor& Board::external() {
    return machine_->nor;
}
const Nor& Board::external() const {
    return machine_->nor;
}

// --- Power and faults

void Board::power_on() {
    machine_->power_on();
}
void Board::power_off() {
    machine_->power_off();
}
bool Board::powered() const {
    return machine_->powered;
}
Operations& Board::operations() {
    return machine_->world.operations;
}
const Operations& Board::operations() const {
    return machine_->world.operations;
}
void Board::cut_at_instruction(std::uint64_t number) {
    machine_->cut_instruction = number;
}
void Board::cut_at_time(Picoseconds time) {
    machine_->cut_time = time;
}

void Board::skip(std::optional<Skip> skip) {
    if (skip)
        machine_->cpu.skip(skip->address, skip->execution);
    else
        machine_->cpu.cancel_skip();
}

bool Board::skip_happened() const {
    return machine_->cpu.skip_happened();
}

// --- Running

RunResult Board::run(const Until& until) {
    return machine_->run(until);
}
void Board::interrupt() {
    machine_->interrupted = true;
}
Picoseconds Board::now() const {
    return machine_->world.now();
}
std::uint64_t Board::instructions() const {
    return machine_->world.instructions - machine_->cpu.ahead();
}
const std::vector<Boot>& Board::boots() const {
    return machine_->boots;
}

std::string Board::uart() const {
    std::string all;
    for (std::size_t i = machine_->first_boot_of_session; i < machine_->boots.size(); ++i)
        all += machine_->boots[i].uart;
    return all;
}

const std::vector<Violation>& Board::violations() const {
    return machine_->world.violations;
}
void Board::clear_violations() {
    machine_->world.violations.clear();
}

// --- CPU and RAM

namespace {

int register_number(std::string_view name) {
    struct Entry {
        std::string_view name;
        int number;
    };
    static constexpr Entry entries[] = {{"sp", UC_ARM_REG_SP},           {"lr", UC_ARM_REG_LR},
                                        {"pc", UC_ARM_REG_PC},           {"xpsr", UC_ARM_REG_XPSR},
                                        {"msp", UC_ARM_REG_MSP},         {"psp", UC_ARM_REG_PSP},
                                        {"control", UC_ARM_REG_CONTROL}, {"primask", UC_ARM_REG_PRIMASK},
                                        {"basepri", UC_ARM_REG_BASEPRI}, {"faultmask", UC_ARM_REG_FAULTMASK}};
    for (const Entry& e : entries)
        if (e.name == name) return e.number;
    const bool general =
        name.size() >= 2 && name[0] == 'r' && name.find_first_not_of("0123456789", 1) == std::string_view::npos;
    const int n = general ? std::stoi(std::string(name.substr(1))) : 99;
    if (n > 12) throw std::invalid_argument(fmt::format("no register \"{}\"", name));
    return UC_ARM_REG_R0 + n;
}

} // namespace

std::uint32_t Board::reg(std::string_view name) const {
    return machine_->cpu.reg(register_number(name));
}
void Board::set_reg(std::string_view name, std::uint32_t value) {
    machine_->cpu.set_reg(register_number(name), value);
}

void Board::poke(std::uint32_t address, std::span<const std::uint8_t> bytes) {
    const std::uint32_t offset = address - address::ram;
    if (offset > address::ram_bytes || bytes.size() > address::ram_bytes - offset)
        throw std::out_of_range("Board::poke outside RAM");
    std::copy(bytes.begin(), bytes.end(), machine_->ram.begin() + offset);
    machine_->cpu.code_changed(address, static_cast<std::uint32_t>(bytes.size()));
}

std::uint32_t Board::word(std::uint32_t address) const {
    return format::get32(machine_->read(address, 4).data());
}

int Board::watch(std::uint32_t address, std::function<void(Board&)> callback) {
    machine_->cpu.watch(address);
    const int handle = machine_->next_watch++;
    machine_->watches[handle] = {address & ~1u, std::move(callback)};
    return handle;
}

void Board::unwatch(int handle) {
    machine_->watches.erase(handle);
}

// --- The host's side of the UART

void Board::send(std::string_view text) {
    machine_->uart.send(text);
}
std::size_t Board::unread() const {
    return machine_->uart.unread();
}
void Board::attach(int in, int out) {
    machine_->uart.attach(in, out);
}

} // namespace outboot::board
