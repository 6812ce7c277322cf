// A serial NOR chip on its bus: command decoder, states that outlive a reset of the MCU, busy times, faults.
//
// The bus is select(), transfer() per byte, deselect(); the controller's memory-mapped reads come as read_stream().
// The chip has its own supply's life: power_cycle() when the board's power comes, nothing at a reset of the MCU, so
// busy, suspended, power-down, QPI and continuous-read states stay until firmware ends them.
// W25Q16JV data sheet (commands §8, status registers §7, AC characteristics §9.6) and the parts it names.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "board/nor_array.hpp"
#include "board/world.hpp"

namespace outboot::board {

struct NorTimes {
    Picoseconds page_program, erase_4k, erase_32k, erase_64k, erase_chip, write_status;
};

struct NorPart {
    const char* name;
    std::uint32_t size_bytes;
    std::uint32_t jedec_id; // 0x00MMTTCC
    NorTimes typical, maximum;
    std::uint8_t suspend, resume; // opcodes
    // Where the quad-enable bit is, and whether the part leaves the factory with it set.
    bool quad_enable_in_status_1; // bit 6 of SR1 (Macronix); else bit 1 of SR2 (Winbond)
    bool quad_enable_set;
    std::uint8_t enter_qpi, exit_qpi; // 0: none; heard in single-line and in QPI mode
};

inline constexpr NorPart w25q16jv{
    .name = "W25Q16JV",
    .size_bytes = 0x200000,
    .jedec_id = 0xef4015,
    .typical = {400 * microsecond, 45 * millisecond, 120 * millisecond, 150 * millisecond, 5 * second,
                10 * millisecond},
    .maximum = {3 * millisecond, 400 * millisecond, 1600 * millisecond, 2 * second, 25 * second, 15 * millisecond},
    .suspend = 0x75,
    .resume = 0x7a,
    .quad_enable_in_status_1 = false,
    .quad_enable_set = true,
    .enter_qpi = 0,
    .exit_qpi = 0xff,
};

inline constexpr NorPart mx25r1635f{
    .name = "MX25R1635F",
    .size_bytes = 0x200000,
    .jedec_id = 0xc22815,
    .typical = {900 * microsecond, 58 * millisecond, 240 * millisecond, 480 * millisecond, 26 * second,
                10 * millisecond},
    .maximum = {5400 * microsecond, 384 * millisecond, 1900 * millisecond, 3800 * millisecond, 52 * second,
                15 * millisecond},
    .suspend = 0xb0,
    .resume = 0x30,
    .quad_enable_in_status_1 = true,
    .quad_enable_set = false,
    .enter_qpi = 0,
    .exit_qpi = 0,
};

// What a chip saw on its data lines during one command, for the secrecy check: the data bytes of page programs with
// their address, and the whole of any other command that was longer than an opcode with an address.
struct BusWrite {
    std::uint32_t address = 0; // of a page program; else UINT32_MAX
    std::vector<std::uint8_t> bytes;
};

class Nor {
  public:
    Nor(const NorPart& part, Pace pace, World& world);

    const NorPart& part() const { return part_; }
    const NorArray& array() const { return array_; }
    NorArray& array() { return array_; } // for tests: content behind the firmware's back

    // --- Faults and hooks.

    // The chip isn't there (any more): the bus floats and reads `floating`. answer() brings it back as it was, or, with
    // `power_lost`, as after its own power-on.
    void silence();
    void silence_after(std::uint64_t operations); // counted on this device from its next one on
    void answer(bool power_lost = true);
    bool silent() const { return silent_; }
    // Reads return random bytes: for the next `count` bytes that are read, 0: for ever (until clear_faults()).
    void fail_reads(std::uint64_t count = 0);
    // Everything above is taken back; failing operations are planned in Operations.
    void clear_faults();

    // The chip that changes its mind: called before every read of contents (with what is about to be read) and after
    // every program and erase, and may change array() at that moment.
    enum class Access : std::uint8_t { read, programmed, erased };
    std::function<void(Access, std::uint32_t offset, std::uint32_t count)> on_access;

    // Everything written over the bus since clear_writes(), whether or not the chip accepted it.
    const std::vector<BusWrite>& writes() const { return writes_; }
    void clear_writes() { writes_.clear(); }

    // --- The chip's state, as a test may want to set it before a boot.
    struct State {
        bool power_down = false;
        bool qpi = false;
        bool continuous_read = false;
        bool suspended = false;
        bool write_enabled = false;
    };
    const State& state() const { return state_; }
    void set_state(const State& state) { state_ = state; }
    bool busy();
    std::uint64_t bytes_read() const { return bytes_read_; }

    // --- The bus.

    void select(unsigned lines = 1);         // 4: the controller speaks QPI
    std::uint8_t transfer(std::uint8_t out); // one byte each way, single line
    void deselect();
    // The controller's mapped read: a whole fast-read command with this opcode (0: continuous, no opcode is sent) and
    // mode byte. Fills `out` from `offset` on.
    void read_stream(std::uint8_t opcode, std::uint8_t mode, std::uint32_t offset, std::span<std::uint8_t> out);

    void power_cycle(); // its supply came back
    void power_lost();  // what is under way is torn

    static constexpr std::uint8_t floating = 0xff;

  private:
    struct Pending {
        Kind kind = Kind::program;
        std::uint8_t opcode = 0;
        std::uint32_t offset = 0;
        std::uint32_t count = 0;
        std::vector<std::uint8_t> bytes{}; // of a page program, or of a status write
        Picoseconds end = 0;
        bool fails = false;
        bool polled = false; // its first status read shows the truth, later ones skip to the end
    };

    const NorTimes& times() const { return pace_ == Pace::typical ? part_.typical : part_.maximum; }
    bool quad_enabled() const;
    std::uint8_t status(unsigned number);
    std::uint8_t poll_status(unsigned number);
    bool hears_commands();
    std::uint32_t address_of_cycle() const;
    std::uint8_t read_array(std::uint32_t offset);
    void read_hook(std::uint32_t offset, std::uint32_t count);
    std::uint8_t answer_byte(std::uint8_t opcode, std::size_t position);

    void record_cycle();
    void execute();
    void execute_while_busy(std::uint8_t opcode);
    void page_program();
    void sector_erase(std::uint8_t opcode);
    void write_status(std::uint8_t opcode);
    bool write_allowed(const char* what);
    void begin(Pending operation, Picoseconds duration);
    void settle(); // completes what has ended
    void apply(const Pending& done);
    void note_erase(const Pending& erase, bool failed);
    void tear(const Pending& torn);
    void software_reset();

    NorPart part_;
    Pace pace_;
    World& world_;
    NorArray array_;

    State state_;
    std::optional<Pending> pending_, suspended_;
    std::uint8_t status_1_ = 0, status_2_ = 0, status_3_ = 0;
    bool volatile_status_write_ = false; // 50h was the last command
    bool reset_armed_ = false;           // 66h was the last command
    Picoseconds deaf_until_ = 0;         // after a reset, or on the way in or out of power-down

    std::vector<std::uint8_t> cycle_; // bytes sent since select()
    bool selected_ = false;
    unsigned lines_ = 1; // of this cycle

    bool silent_ = false;
    bool lost_write_enable_ = false; // by a fault, not by the firmware: an unexpected refusal is not its mistake
    std::optional<std::uint64_t> silent_at_operation_;
    // Sectors whose last erase failed: the chip reports no such thing, so what is programmed over them is no rule
    // broken.
    std::set<std::uint32_t> failed_erases_;
    bool reads_fail_ = false;
    std::uint64_t failing_reads_left_ = 0; // 0 with reads_fail_: for ever
    std::uint64_t bytes_read_ = 0;
    std::vector<BusWrite> writes_;
};

} // namespace outboot::board
