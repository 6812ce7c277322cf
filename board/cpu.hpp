// The Cortex-M33: Unicorn, and what Unicorn lacks: reset, exception entry and return, instruction counts, virtual time,
// single-instruction faults. Traps of Unicorn that shaped this file:
// - Code changed behind its back keeps running until its translation is removed: code_changed().
// - What is removed keeps its room in the translation buffer, and a full one ends the process: forget_translations().
// - An instruction count given to uc_emu_start is ignored on translated blocks: time and instructions are counted in
//   the BLOCK hook, where stopping is exact (the block isn't executed).
// - Stopping inside an MMIO callback leaves the PC at the start of the block: only for stops after which the CPU's
//   state is discarded (power cut, reset).
// - Inside an IT block neither a PC write nor a stop takes effect: an instruction is skipped by patching a NOP over it.
// - Nothing is stacked for exceptions, WFI returns, and running into memory that may not be executed returns "OK".
// - Memory hooks are slow (20 times), so there are none but for invalid accesses.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <unicorn/unicorn.h>

#include "board/world.hpp"

namespace outboot::board {

class Cpu {
  public:
    // Why run() came back.
    enum class End : std::uint8_t {
        stopped,          // look_up or stop() asked for it
        sleeps,           // WFI or WFE
        svc,              // PC behind it
        exception_return, // PC is an EXC_RETURN value
        fault,            // see fault_text()
    };

    explicit Cpu(World& world);
    ~Cpu();
    Cpu(const Cpu&) = delete;
    Cpu& operator=(const Cpu&) = delete;

    // Address space. Memory stays the caller's.
    void map_memory(std::uint32_t address, std::span<std::uint8_t> memory, bool writable, bool executable);
    void map_device(std::uint32_t address, std::uint32_t size, Peripheral& device);
    void set_accessible(std::uint32_t address, std::uint32_t size, bool accessible); // of read-only memory
    void code_changed(std::uint32_t address, std::uint32_t count);
    void forget_translations(); // of everything; not while it runs

    void reset(std::uint32_t stack_pointer, std::uint32_t pc);
    std::uint32_t reg(int unicorn_register) const;
    void set_reg(int unicorn_register, std::uint32_t value);
    void set_clock(std::uint32_t iclk);
    Picoseconds instruction_time() const { return per_instruction_; }

    // Runs from the present PC until something happens.
    End run();
    // Ends run() as soon as possible; exact only from look_up.
    void stop();
    const std::string& fault_text() const { return fault_; }
    std::uint32_t block() const { return block_; }
    // Of World::instructions, those that were counted with their block and are still to be executed.
    std::uint64_t ahead() const { return counted_ahead_; }

    // Called in run() when virtual time reaches the horizon, and for `b .`; true: stop here.
    std::function<bool(bool spinning)> look_up;
    // Called before the instruction at a watched address; true: stop here.
    std::function<bool(std::uint32_t address)> at_watched;
    void watch(std::uint32_t address); // for good

    // Exceptions. `word` and `store` access memory for the stack frame.
    void enter_exception(unsigned number, std::uint32_t handler);
    unsigned leave_exception(); // returns the number left
    unsigned active_exception() const { return reg(UC_ARM_REG_IPSR) & 0x1ff; }

    // The `execution`-th time from now that the instruction at `address` comes up it has no effect.
    void skip(std::uint32_t address, std::uint64_t execution);
    void cancel_skip();
    bool skip_happened() const { return skip_happened_; }

    std::uint32_t load(std::uint32_t address) const;
    void store(std::uint32_t address, std::uint32_t value);
    std::uint8_t* host(std::uint32_t address) const; // mapped memory, or nullptr

  private:
    struct Memory {
        std::uint32_t address;
        std::span<std::uint8_t> bytes;
    };
    struct Device {
        Cpu* cpu;
        Peripheral* peripheral;
    };
    struct BlockInfo {
        std::uint32_t address = UINT32_MAX;
        std::uint32_t size = 0;
        std::uint32_t instructions = 0;
        bool spins = false;           // `b .`
        std::uint32_t generation = 0; // of the code it was decoded from
    };
    static constexpr std::size_t block_cache = 1 << 14;

    static void block_hook(uc_engine*, std::uint64_t address, std::uint32_t size, void* self);
    static void code_hook(uc_engine*, std::uint64_t address, std::uint32_t size, void* self);
    static void interrupt_hook(uc_engine*, std::uint32_t number, void* self);
    static bool invalid_hook(uc_engine*, uc_mem_type type, std::uint64_t address, int size, std::int64_t value,
                             void* self);
    static std::uint64_t device_read(uc_engine*, std::uint64_t offset, unsigned size, void* device);
    static void device_write(uc_engine*, std::uint64_t offset, unsigned size, std::uint64_t value, void* device);

    void on_block(std::uint32_t address, std::uint32_t size);
    const BlockInfo& block_info(std::uint32_t address, std::uint32_t size);
    void stop_before_block(const BlockInfo& info);
    std::uint64_t instructions_from(std::uint32_t address) const;
    bool skip_in_block(std::uint32_t address, std::uint32_t size);
    void restore_skipped();
    End interpret(uc_err error);
    bool sleeps_at(std::uint32_t pc) const;

    World& world_;
    uc_engine* uc_ = nullptr;
    uc_context* power_on_ = nullptr;
    std::vector<Memory> memories_;
    std::vector<std::unique_ptr<Device>> devices_;
    std::vector<BlockInfo> blocks_{block_cache};
    std::uint32_t generation_ = 1; // counts code_changed()
    std::map<std::uint32_t, uc_hook> watched_;

    Picoseconds per_instruction_ = 0;
    std::uint32_t block_ = 0, block_size_ = 0;
    std::uint64_t counted_ahead_ = 0;
    bool stop_requested_ = false;
    bool stopped_before_block_ = false; // block_ is where the CPU stands
    std::optional<std::uint32_t> interrupt_;
    std::string fault_;
    std::uint32_t resumed_at_ = UINT32_MAX; // a watch isn't told again of the instruction a run stopped at

    // A skip that is planned, and one that lies patched over its instruction for the present block.
    std::uint32_t skip_address_ = UINT32_MAX;
    std::uint64_t skip_left_ = 0;
    bool skip_happened_ = false;
    struct Patched {
        std::uint32_t address;
        std::vector<std::uint8_t> original;
        bool armed; // the block that contains it is still to be entered
    };
    std::optional<Patched> patched_;
};

} // namespace outboot::board
