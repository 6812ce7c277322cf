// What an application finds at its first instruction: an MCU as after reset, and nothing of the bootloader's in RAM.
#include <fstream>
#include <iterator>

#include "tests/scenario/scenario.hpp"

namespace outboot::scenario {
namespace {

constexpr std::uint32_t results = 0x20030000; // where the program leaves what it read
constexpr std::uint32_t program_prologue = 3; // MSPLIM, CONTROL, MSTPCRB

struct Register {
    const char* name;
    std::uint32_t address;
    std::uint32_t bytes;
};

// R01UH0890: §9 clocks, §10 power, §11 modules, §47 flash, §39 QSPI, §19 pins; Armv8-M for the rest.
constexpr Register registers[] = {
    {"SCKDIVCR", 0x4001E020, 4},   {"SCKSCR", 0x4001E026, 1},     {"PLLCCR", 0x4001E028, 2},
    {"PLLCR", 0x4001E02A, 1},      {"MOSCCR", 0x4001E032, 1},     {"HOCOCR", 0x4001E036, 1},
    {"MOCOCR", 0x4001E038, 1},     {"OSCSF", 0x4001E03C, 1},      {"OPCCR", 0x4001E0A0, 1},
    {"PRCR", 0x4001E3FE, 2},       {"FWEPROR", 0x4001E416, 1},    {"FCACHEE", 0x4001C100, 2},
    {"FCACHEIV", 0x4001C104, 2},   {"FLWT", 0x4001C11C, 1},       {"FASTAT", 0x407FE010, 1},
    {"FAEINT", 0x407FE014, 1},     {"FSADDR", 0x407FE030, 4},     {"FEADDR", 0x407FE034, 4},
    {"FMEPROT", 0x407FE044, 2},    {"FSTATR", 0x407FE080, 4},     {"FENTRYR", 0x407FE084, 2},
    {"FBCCNT", 0x407FE0D0, 1},     {"FBCSTAT", 0x407FE0D4, 1},    {"FCPSR", 0x407FE0E0, 2},
    {"FPCKAR", 0x407FE0E4, 2},     {"SFMSMD", 0x64000000, 4},     {"SFMSSC", 0x64000004, 4},
    {"SFMSKC", 0x64000008, 4},     {"SFMCMD", 0x64000014, 4},     {"SFMCST", 0x64000018, 4},
    {"SFMSAC", 0x64000024, 4},     {"SFMSDC", 0x64000028, 4},     {"SFMSPC", 0x64000030, 4},
    {"P305PFS", 0x400808D4, 4},    {"P306PFS", 0x400808D8, 4},    {"P307PFS", 0x400808DC, 4},
    {"P308PFS", 0x400808E0, 4},    {"P309PFS", 0x400808E4, 4},    {"P310PFS", 0x400808E8, 4},
    {"PWPR", 0x40080D03, 1},       {"SYST_CSR", 0xE000E010, 4},   {"NVIC_ISER0", 0xE000E100, 4},
    {"NVIC_ISER1", 0xE000E104, 4}, {"NVIC_ISER2", 0xE000E108, 4}, {"NVIC_ISPR0", 0xE000E200, 4},
    {"NVIC_ISPR1", 0xE000E204, 4}, {"NVIC_ISPR2", 0xE000E208, 4}, {"VTOR", 0xE000ED08, 4},
    {"SCR", 0xE000ED10, 4},        {"CCR", 0xE000ED14, 4},        {"SHCSR", 0xE000ED24, 4},
};

// The program with the table of registers, to stand at `base`.
tool::ByteVector program(std::uint32_t base) {
    std::ifstream file(OUTBOOT_REGISTERS_PROGRAM, std::ios::binary);
    tool::ByteVector bytes{std::istreambuf_iterator<char>(file), {}};
    if (bytes.size() < 8) throw std::runtime_error("no " OUTBOOT_REGISTERS_PROGRAM);
    format::put32(&bytes[4], format::get32(&bytes[4]) + base);
    const auto append = [&bytes](std::uint32_t word) {
        bytes.resize(bytes.size() + 4);
        format::put32(&bytes[bytes.size() - 4], word);
    };
    for (const Register& r : registers) append(r.address), append(r.bytes);
    append(0), append(0);
    return bytes;
}

std::vector<std::uint32_t> values(board::Board& board) {
    std::vector<std::uint32_t> words(program_prologue + std::size(registers));
    for (std::size_t i = 0; i < words.size(); ++i) words[i] = board.word(results + static_cast<std::uint32_t>(4 * i));
    return words;
}

std::string name_of(std::size_t value) {
    constexpr const char* prologue[] = {"MSPLIM", "CONTROL", "MSTPCRB"};
    return value < program_prologue ? prologue[value] : registers[value - program_prologue].name;
}

class HandOver : public Scenario {
  protected:
    const std::uint32_t application = device.product.layout.application_address();
    const Image v1 = image(1, 3);
    const Image probe = device.make({.version = 2, .bytes = 0, .program = program(application)});
};

// After an update: everything the bootloader has was in use. What differs is the application's own address, and FSADDR,
// the flash sequencer's argument, which is written before every use of it.
TEST_F(HandOver, leaves_every_register_as_after_reset) {
    board::Board fresh;
    fresh.program(0, program(0));
    fresh.power_on();
    ASSERT_EQ(fresh.run().stop, board::Stop::idle);
    const auto after_reset = values(fresh);

    begin_with(v1);
    device.stage(probe.staged);
    EXPECT_EQ(device.ask("request permanent"), "request permanent: ok");
    device.board.power_on();
    const auto run = device.board.run();
    ASSERT_EQ(run.stop, board::Stop::idle) << run.detail;
    ASSERT_EQ(device.ram_record().running.major, 2);
    const auto handed_over = values(device.board);
    for (std::size_t i = 0; i < after_reset.size(); ++i) {
        if (name_of(i) == "FSADDR") continue;
        const std::uint32_t expected = name_of(i) == "VTOR" ? application : after_reset[i];
        EXPECT_EQ(handed_over[i], expected) << name_of(i);
    }
    for (const char* mask : {"primask", "basepri", "faultmask"}) EXPECT_EQ(device.board.reg(mask), 0U) << mask;
}

TEST_F(HandOver, leaves_ram_wiped_but_for_the_record) {
    begin_with(v1);
    device.stage(probe.staged);
    EXPECT_EQ(device.ask("request permanent"), "request permanent: ok");
    device.board.power_on();
    const auto before = device.board.read(board::address::ram, board::address::ram_bytes); // random
    const std::uint32_t first = (format::get32(&probe.payload()[4]) & ~1U);
    const auto run = device.board.run({.address = first});
    ASSERT_EQ(run.stop, board::Stop::address) << run.detail;
    const auto after = device.board.read(board::address::ram, board::address::ram_bytes);
    const std::size_t record = board::address::ram_record - board::address::ram;
    std::size_t wiped = 0;
    for (std::size_t i = 0; i < record; ++i) {
        if (after[i] == before[i]) continue;
        ++wiped;
        ASSERT_EQ(after[i], 0) << "left at 0x" << std::hex << board::address::ram + i;
    }
    EXPECT_GT(wiped, 2000U) << "it must have used some";
    const auto found = device.secret_in(after);
    EXPECT_FALSE(found) << *found;
    EXPECT_EQ(device.board.reg("sp"), 0x20038000U);
}

TEST_F(HandOver, leaves_ram_wiped_in_an_idle_boot_too) {
    device.provision(probe);
    device.board.power_on();
    const auto before = device.board.read(board::address::ram, board::address::ram_bytes);
    ASSERT_EQ(device.board.run({.address = format::get32(&probe.payload()[4]) & ~1U}).stop, board::Stop::address);
    const auto after = device.board.read(board::address::ram, board::address::ram_bytes);
    for (std::size_t i = 0; i < board::address::ram_record - board::address::ram; ++i)
        ASSERT_TRUE(after[i] == before[i] || after[i] == 0) << "left at 0x" << std::hex << board::address::ram + i;
    EXPECT_FALSE(device.secret_in(after));
}

} // namespace
} // namespace outboot::scenario
