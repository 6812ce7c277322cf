// The virtual RA6M4 board: one R7FA6M4AF with a serial NOR on its QSPI and a host on its UART, running real ARM
// binaries in virtual time.
//
//     Board board;
//     board.load("bootloader.hex");
//     board.load("provisioned.hex");
//     board.power_on();
//     RunResult r = board.run({.uart_text = "ready"});      // r.stop == Stop::uart_text
//     board.operations().cut_at(board.operations().total() + 17, Moment::inside);
//     r = board.run({.uart_text = "updated"});              // r.stop == Stop::power_cut
//     board.power_on();                                     // same flash, new power session
//     r = board.run({.uart_text = "updated"});
//     EXPECT_TRUE(board.violations().empty());
//
// MCU resets (software, watchdogs) happen inside run(), which goes on with the next boot. The models refuse what the
// chips refuse, and every such refusal, as everything that silicon leaves undefined, is a violation: it stops run()
// (Config::stop_at_violation) and stays in violations(), which a test expects to be empty.
//
// Everything is deterministic: same contents, same Config::seed, same plans and same input give the same run, but for
// a UART attached to a terminal or file descriptor.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "board/code_flash.hpp"
#include "board/data_flash.hpp"
#include "board/nor.hpp"
#include "board/operations.hpp"
#include "board/time.hpp"
#include "board/world.hpp"

namespace outboot::board {

// Addresses of R01UH0890 §4 (memory map).
namespace address {
inline constexpr std::uint32_t code_flash = 0x00000000;
inline constexpr std::uint32_t data_flash = 0x08000000;
inline constexpr std::uint32_t option_memory = 0x0100A100; // 0x200 bytes
inline constexpr std::uint32_t ram = 0x20000000;
inline constexpr std::uint32_t ram_bytes = 0x40000;
inline constexpr std::uint32_t external = 0x60000000;
inline constexpr std::uint32_t ram_record = ram + ram_bytes - 64;
} // namespace address

struct Config {
    NorPart external = w25q16jv;
    bool external_fitted = true; // false: nothing is soldered there, the bus floats
    Pace pace = Pace::typical;
    std::uint64_t seed = 1; // RAM at power-on, noise, torn contents

    // Starts the independent watchdog with the longest of FSP's usual periods (2048 × 128 cycles of 15 kHz = 17.5 s),
    // through OFS0. Without it OFS0 is what the option-setting memory holds (erased: both watchdogs off).
    bool watchdog = false;
    std::optional<std::uint32_t> ofs0{}; // put into the option-setting memory at every power_on()

    bool stop_at_violation = true;
    // A HardFault runs the firmware's own handler; otherwise it stops run() with Stop::fault.
    bool run_fault_handlers = false;
    // QSPI and SCI reach the outside only through pins that PFS gives them.
    bool check_pins = true;
};

enum class Stop : std::uint8_t {
    uart_text,         // Until::uart_text was sent
    address,           // Until::address is about to be executed
    input_wanted,      // the firmware polls for a host's byte and none is left (Until::input_wanted)
    time_limit,        // Until::time
    instruction_limit, // Until::instructions
    reset_limit,       // Until::resets MCU resets in this run
    power_cut,         // a scheduled cut; power_on() goes on
    idle,              // the CPU sleeps or spins in `b .` and nothing can ever wake it
    interrupted,       // Board::interrupt()
    fault,             // a fault exception, or an instruction that doesn't exist
    violation,         // see violations().back()
};
const char* name(Stop);

// What ends a run. Limits count from the call of run().
struct Until {
    std::string uart_text{}; // empty: none. Looked for in what is sent from the call on, over all channels
    std::optional<std::uint32_t> address{}; // of an instruction, bit 0 ignored
    bool input_wanted = false;
    Picoseconds time = 120 * second; // virtual
    std::uint64_t instructions = UINT64_MAX;
    unsigned resets = 64;
};

struct RunResult {
    Stop stop{};
    std::string detail; // one line for a human, with address and register values where they matter
    std::uint32_t pc = 0;
    std::uint64_t instructions = 0; // of this run
    Picoseconds time = 0;           // of this run
    unsigned resets = 0;            // MCU resets in this run
};

const char* name(ResetCause);

// One boot: from a reset to the next.
struct Boot {
    ResetCause cause{};
    Picoseconds began = 0;
    std::uint64_t began_at_instruction = 0;
    std::string uart; // what the firmware sent in it, all channels
};

// A single-instruction fault: see Board::skip.
struct Skip {
    std::uint32_t address = 0;   // of the instruction, bit 0 ignored
    std::uint64_t execution = 1; // which of its executions from now on, from 1
};

// Contents of everything that keeps them without power, to start many runs from one state. Cheap: 3 MB.
struct Contents {
    CodeFlash code_flash;
    DataFlash data_flash;
    NorArray external;
    std::vector<std::uint8_t> options; // option-setting memory
};

class Board {
  public:
    explicit Board(const Config& config = {}); // throws std::runtime_error if the CPU emulator can't be had
    ~Board();
    Board(const Board&) = delete;
    Board& operator=(const Board&) = delete;

    // --- Contents. As a factory programmer does it: no wear, no operation, no time.

    // Programs an Intel HEX file, an ELF file (PT_LOAD segments at their physical addresses) or, with `at`, a raw
    // binary into whatever memories its addresses mean. Throws std::runtime_error with file and address if one means
    // none. Blocks that are touched lose nothing else.
    void load(const std::filesystem::path& file, std::optional<std::uint32_t> at = {});
    void program(std::uint32_t address, std::span<const std::uint8_t> bytes);
    // What lies there, without side effects: code flash, data flash (noise where blank), option memory, RAM, external.
    std::vector<std::uint8_t> read(std::uint32_t address, std::size_t count) const;

    Contents contents() const;
    void set_contents(const Contents& contents); // only while the power is off

    const CodeFlash& code_flash() const;
    const DataFlash& data_flash() const;
    // The external chip: content, wear, state, what was written over the bus, faults and the hook for content that
    // changes (Nor::silence, Nor::fail_reads, Nor::on_access …).
    Nor& external();
    const Nor& external() const;

    // --- Power and faults.

    void power_on();  // new power session: RAM random, chips out of reset. Implies power_off()
    void power_off(); // whatever was under way is torn
    bool powered() const;
    // Counts, and where power fails or an operation does.
    Operations& operations();
    const Operations& operations() const;
    // Besides operations: power fails when so many instructions have run, or at this virtual time (both absolute).
    void cut_at_instruction(std::uint64_t number);
    void cut_at_time(Picoseconds time);
    // The instruction has no effect (its size is stepped over), also inside an IT block. Replaces an earlier one that
    // hasn't happened yet; {} takes it back.
    void skip(std::optional<Skip> skip);
    bool skip_happened() const;

    // --- Running.

    RunResult run(const Until& until = {});

    // Ends run() soon, from a signal handler or another thread.
    void interrupt();

    Picoseconds now() const;
    std::uint64_t instructions() const;
    const std::vector<Boot>& boots() const; // all of them, over power sessions, oldest first
    // What was sent over the UARTs since the last power_on(), resets included.
    std::string uart() const;
    const std::vector<Violation>& violations() const;
    void clear_violations();

    // --- CPU and RAM, between runs. Names: "r0"-"r12", "sp", "lr", "pc", "xpsr", "msp", "psp", "control",
    // "primask", "basepri", "faultmask".
    std::uint32_t reg(std::string_view name) const;
    void set_reg(std::string_view name, std::uint32_t value);
    void poke(std::uint32_t address, std::span<const std::uint8_t> bytes); // RAM only
    std::uint32_t word(std::uint32_t address) const;                       // read(), as a little-endian word
    // Called before the instruction at `address` is executed, every time. Returns a handle for unwatch().
    // The callback may read anything, set registers other than pc, and poke RAM.
    int watch(std::uint32_t address, std::function<void(Board&)> callback);
    void unwatch(int handle);

    // --- The host's side of the UART (all channels share it: a product uses one).

    void send(std::string_view text); // queues bytes for the firmware
    std::size_t unread() const;       // of those, how many it hasn't taken yet
    // Bytes come from `in` and go to `out`, file descriptors that stay the caller's; -1 for none. With an `in`, virtual
    // time doesn't outrun real time while the firmware polls for a byte that hasn't come, or a transfer's time-outs
    // would fire at random. uart() and Boot::uart still collect.
    void attach(int in, int out);

  private:
    struct Machine;
    std::unique_ptr<Machine> machine_;
};

} // namespace outboot::board
