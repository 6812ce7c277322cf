// What a Board is made of: the models, the CPU, their wiring, and the loop that runs them.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "board/board.hpp"
#include "board/caches.hpp"
#include "board/cpu.hpp"
#include "board/faci.hpp"
#include "board/option_memory.hpp"
#include "board/page_buffer.hpp"
#include "board/pins.hpp"
#include "board/qspi.hpp"
#include "board/sci.hpp"
#include "board/scs.hpp"
#include "board/sram_control.hpp"
#include "board/storage.hpp"
#include "board/sysc.hpp"
#include "board/uart_link.hpp"
#include "board/watchdog.hpp"
#include "board/windows.hpp"

namespace outboot::board {

struct Board::Machine {
    Machine(Board& board, const Config& config);

    // --- Life cycle
    void power_on();
    void power_off();
    void reset(ResetCause cause);
    RunResult run(const Until& until);

    // --- Memory by address, for load() and read()
    void program(std::uint32_t at, std::span<const std::uint8_t> bytes);
    std::vector<std::uint8_t> read(std::uint32_t at, std::size_t count) const;

    Board& board;
    Config config;
    World world;

    PageBuffer ram;
    CodeFlash code_flash;
    DataFlash data_flash;
    OptionMemory options;

    Nor nor;
    Faci faci;
    Qspi qspi;
    Sysc sysc;
    SramControl sram;
    FlashCache flash_cache;
    BusCaches bus_caches;
    Pins pins;
    ModuleStop modules;
    Watchdog iwdt, wdt;
    Scs scs;
    UartLink uart;
    std::array<Sci, 10> sci;
    std::map<std::uint32_t, Storage> storage; // blocks without behaviour, by address
    Windows windows;                          // pages of the address space that are shared or aren't registers
    Cpu cpu;

    bool powered = false;
    std::atomic<bool> interrupted = false;
    std::vector<Boot> boots;
    std::size_t first_boot_of_session = 0;
    std::uint64_t cut_instruction = UINT64_MAX;
    Picoseconds cut_time = never;
    int next_watch = 1;
    std::map<int, std::pair<std::uint32_t, std::function<void(Board&)>>> watches;

  private:
    void map_address_space();
    void wire_flash();
    void wire_clocks();
    void wire_uarts();
    void reset_models();
    void update_code_flash_access();
    const char* why_qspi_is_unreachable();
    const char* why_sci_is_unreachable(unsigned channel);

    // The run in progress.
    bool look_up(bool spinning);
    bool decide_stop();
    void set_horizon();
    void take_exception(unsigned number);
    void take_due_exception();
    void after_sleep();
    void handle(Cpu::End end);
    void fault(std::string text);
    bool at_watched(std::uint32_t address);
    void uart_text(char c);
    void stop(Stop why, std::string detail);
    bool can_wake() const;
    Scs::Masks masks() const;

    struct Run {
        Until until;
        Picoseconds end = never;
        std::uint64_t last_instruction = UINT64_MAX;
        std::size_t violations = 0; // those there were before
        std::string uart_tail;
        unsigned resets = 0;
        std::optional<Stop> stop;
        std::string detail;
    } current;
    bool code_flash_accessible = true;
};

} // namespace outboot::board
