// The RA6M4's flash sequencer: FACI registers, the command area, and the two flashes behind them.
//
// R01UH0890 §47 (registers §47.4, commands §47.9), FSP r_flash_hp 6.3.1, RA6M5's register description for resets. What
// silicon refuses is refused with silicon's error bits, and reported as a violation.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "board/code_flash.hpp"
#include "board/data_flash.hpp"
#include "board/option_memory.hpp"
#include "board/world.hpp"

namespace outboot::board {

class Faci final : public Peripheral {
  public:
    static constexpr std::uint32_t base = 0x407FE000;         // registers
    static constexpr std::uint32_t command_base = 0x407E0000; // command area

    Faci(World& world, Pace pace, CodeFlash& code, DataFlash& data, OptionMemory& options);

    std::uint32_t read(std::uint32_t offset, unsigned size) override;
    void write(std::uint32_t offset, unsigned size, std::uint32_t value) override;
    void command(unsigned size, std::uint32_t value); // a write to the command area
    void reset() override;                            // an operation under way is torn

    // Data flash as the CPU reads it.
    std::uint32_t read_data_flash(std::uint32_t offset, unsigned size);

    // FWEPROR lies in the system controller's address space (0x4001E416).
    std::uint8_t fwepror = fwepror_reset;
    static constexpr std::uint8_t fwepror_reset = 0x02;

    bool code_pe_mode() const { return (fentryr_ & fentryc) != 0; }
    bool busy() { return settle(), pending_.has_value(); }

    // The code flash became unreadable or readable, or its contents in [offset, offset + count) changed.
    std::function<void()> on_mode_change;
    std::function<void(std::uint32_t offset, std::uint32_t count)> on_code_change;

  private:
    enum class Expect : std::uint8_t { command, count, data, confirm };
    struct Pending {
        Kind kind = Kind::program;
        bool blank_check = false;
        Device device = Device::code_flash;
        std::uint32_t offset = 0;
        std::vector<std::uint8_t> bytes{};
        Picoseconds end = 0;
        bool fails = false;
        bool polled = false;
    };

    static constexpr std::uint16_t fentryc = 0x0001, fentryd = 0x0080;

    std::uint32_t status();
    bool locked() const;
    void fail(std::uint32_t error_bits, std::string why, std::uint8_t access_bits = 0);
    bool writable_while_idle(const char* reg);
    std::optional<std::uint8_t> keyed(const char* reg, std::uint8_t key, unsigned size, std::uint32_t value);
    void write_fentryr(std::uint8_t value);
    void write_fastat(std::uint8_t value);

    void first_byte(std::uint8_t opcode);
    void suspend();
    void resume();
    void forced_stop();
    void clear_status();
    void execute();
    void erase();
    void program();
    void blank_check();
    void config_set();
    bool may_change(Device device, std::uint32_t offset);
    bool sequencer_ready();
    std::optional<std::uint32_t> offset_of(std::uint32_t address, Device device);

    void begin(Pending operation, std::uint32_t bytes, Picoseconds duration);
    void settle();
    void apply(const Pending& done);
    void tear(const Pending& torn);
    void changed(const Pending& operation);
    void finish_blank_check();
    Picoseconds duration(Kind kind, Device device, std::uint32_t bytes) const;

    World& world_;
    Pace pace_;
    CodeFlash& code_;
    DataFlash& data_;
    OptionMemory& options_;

    std::uint32_t fstatr_errors_ = 0;
    std::uint8_t access_errors_ = 0, access_errors_seen_ = 0; // FASTAT: DFAE, CFAE; which of them were read as 1
    std::uint16_t fentryr_ = 0;
    bool code_entry_locked_ = true; // FMEPROT
    std::uint8_t fbprot0_ = 0, fbprot1_ = 0, faeint_ = 0x98, frdyie_ = 0, fbccnt_ = 0, fbcstat_ = 0, fcpsr_ = 0,
                 fsuacr_ = 0;
    std::uint8_t fpckar_ = 0x32;
    std::uint32_t fsaddr_ = 0, feaddr_ = 0, fpsaddr_ = 0;
    std::uint16_t fcmdr_ = 0;

    Expect expect_ = Expect::command;
    std::uint8_t opcode_ = 0;
    std::size_t data_bytes_ = 0; // of the command being written
    std::vector<std::uint8_t> buffer_;
    bool buffer_full_ = false; // DBFULL: set by each data halfword, seen once by the poll that must follow
    std::optional<Pending> pending_, suspended_;
};

} // namespace outboot::board
