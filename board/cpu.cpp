#include "board/cpu.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "format/image.hpp"

namespace outboot::board {

namespace {

// Cycles per instruction of a Cortex-M33 on compiled code, flash wait states hidden by the caches: an average, measured
// on real parts between 1.3 and 2.
constexpr std::uint64_t cycles_per_instruction_tenths = 16;

// Small (Unicorn's own is 1 GB), so that a run which never forgets its translations fails at once and not after hours.
constexpr std::uint32_t translation_buffer = 32u << 20; // bytes

constexpr std::uint32_t exception_svc = 2, exception_exit = 8;
constexpr std::uint32_t thumb_state = 1u << 24, stack_padding = 1u << 9;
constexpr std::uint32_t frame_bytes = 32;

bool is_wide(std::uint16_t first_halfword) {
    return first_halfword >> 11 >= 0x1d;
}

// The numbers are QEMU's, which Unicorn is made of.
std::string exception_text(std::uint32_t number) {
    switch (number) {
    case 1:
        return "undefined instruction";
    case 3:
        return "instruction that can't be fetched";
    case 4:
        return "data access that failed";
    case 7:
        return "breakpoint instruction";
    case 19:
        return "stack overflow (below the stack limit)";
    default:
        return fmt::format("CPU exception {}", number);
    }
}

template <class F>
void* hook_pointer(F* f) {
    return reinterpret_cast<void*>(f);
}

void check(uc_err e, const char* what) {
    if (e != UC_ERR_OK) throw std::runtime_error(fmt::format("CPU emulator: {}: {}", what, uc_strerror(e)));
}

} // namespace

Cpu::Cpu(World& world) : world_(world) {
    check(uc_open(UC_ARCH_ARM, static_cast<uc_mode>(UC_MODE_THUMB | UC_MODE_MCLASS), &uc_), "open");
    check(uc_ctl_set_cpu_model(uc_, UC_CPU_ARM_CORTEX_M33), "choose the Cortex-M33");
    check(uc_ctl_set_tcg_buffer_size(uc_, translation_buffer), "size the translation buffer");
    uc_hook hook = 0;
    // All hooks before the first translation: later ones aren't seen by blocks that exist.
    check(uc_hook_add(uc_, &hook, UC_HOOK_BLOCK, hook_pointer(block_hook), this, 1, 0), "block hook");
    check(uc_hook_add(uc_, &hook, UC_HOOK_INTR, hook_pointer(interrupt_hook), this, 1, 0), "interrupt hook");
    check(uc_hook_add(uc_, &hook, UC_HOOK_MEM_INVALID, hook_pointer(invalid_hook), this, 1, 0), "invalid-access hook");
    check(uc_context_alloc(uc_, &power_on_), "context");
    check(uc_context_save(uc_, power_on_), "context");
    set_clock(world.clocks.iclk);
}

Cpu::~Cpu() {
    if (power_on_) uc_context_free(power_on_);
    if (uc_) uc_close(uc_);
}

// --- Address space

void Cpu::map_memory(std::uint32_t address, std::span<std::uint8_t> memory, bool writable, bool executable) {
    std::uint32_t permissions = UC_PROT_READ;
    if (writable) permissions |= UC_PROT_WRITE;
    if (executable) permissions |= UC_PROT_EXEC;
    check(uc_mem_map_ptr(uc_, address, memory.size(), permissions, memory.data()), "map memory");
    memories_.push_back({address, memory});
}

void Cpu::map_device(std::uint32_t address, std::uint32_t size, Peripheral& device) {
    devices_.push_back(std::make_unique<Device>(Device{this, &device}));
    check(uc_mmio_map(uc_, address, size, device_read, devices_.back().get(), device_write, devices_.back().get()),
          "map device");
}

void Cpu::set_accessible(std::uint32_t address, std::uint32_t size, bool accessible) {
    check(uc_mem_protect(uc_, address, size, accessible ? UC_PROT_READ | UC_PROT_EXEC : UC_PROT_NONE),
          "protect memory");
}

void Cpu::code_changed(std::uint32_t address, std::uint32_t count) {
    if (count == 0) return;
    uc_ctl_remove_cache(uc_, static_cast<std::uint64_t>(address), static_cast<std::uint64_t>(address) + count);
    ++generation_;
}

void Cpu::forget_translations() {
    check(uc_ctl_flush_tb(uc_), "forget translations");
    ++generation_;
}

std::uint8_t* Cpu::host(std::uint32_t address) const {
    for (const Memory& m : memories_)
        if (address - m.address < m.bytes.size()) return m.bytes.data() + (address - m.address);
    return nullptr;
}

std::uint32_t Cpu::load(std::uint32_t address) const {
    const std::uint8_t* p = host(address);
    return p ? format::get32(p) : 0;
}

void Cpu::store(std::uint32_t address, std::uint32_t value) {
    if (std::uint8_t* p = host(address)) format::put32(p, value);
}

// --- Registers

std::uint32_t Cpu::reg(int unicorn_register) const {
    std::uint32_t v = 0;
    uc_reg_read(uc_, unicorn_register, &v);
    return v;
}

void Cpu::set_reg(int unicorn_register, std::uint32_t value) {
    uc_reg_write(uc_, unicorn_register, &value);
}

void Cpu::reset(std::uint32_t stack_pointer, std::uint32_t pc) {
    restore_skipped();
    world_.instructions -= std::exchange(counted_ahead_, 0);
    uc_context_restore(uc_, power_on_);
    set_reg(UC_ARM_REG_SP, stack_pointer & ~3u);
    set_reg(UC_ARM_REG_PC, pc | 1);
    set_reg(UC_ARM_REG_LR, 0xffffffff);
    resumed_at_ = UINT32_MAX;
    block_ = pc;
}

void Cpu::set_clock(std::uint32_t iclk) {
    per_instruction_ = cycles(cycles_per_instruction_tenths, iclk) / 10;
}

// --- Running

Cpu::End Cpu::run() {
    stop_requested_ = false;
    interrupt_.reset();
    fault_.clear();
    constexpr std::uint64_t nowhere = 0xfffffffe;
    const uc_err e = uc_emu_start(uc_, reg(UC_ARM_REG_PC) | 1, nowhere, 0, 0);
    // With any instruction hooked, Unicorn doesn't write the PC back at the border of two blocks that it has chained.
    if (std::exchange(stopped_before_block_, false)) set_reg(UC_ARM_REG_PC, block_ | 1);
    return interpret(e);
}

void Cpu::stop() {
    stop_requested_ = true;
    uc_emu_stop(uc_);
}

Cpu::End Cpu::interpret(uc_err error) {
    if (stop_requested_) return End::stopped;
    if (interrupt_ == exception_svc) return End::svc;
    if (interrupt_ == exception_exit) return End::exception_return;
    const std::uint32_t pc = reg(UC_ARM_REG_PC);
    if (error == UC_ERR_OK && !interrupt_ && sleeps_at(pc)) return End::sleeps;

    if (interrupt_)
        fault_ = fmt::format("{} at 0x{:08x}", exception_text(*interrupt_), pc);
    else if (error == UC_ERR_INSN_INVALID)
        fault_ = fmt::format("undefined instruction before 0x{:08x}", pc);
    else if (fault_.empty() && error == UC_ERR_OK)
        fault_ = fmt::format("execution ran into memory that can't be executed at 0x{:08x}", pc);
    else if (fault_.empty())
        fault_ = fmt::format("{} at 0x{:08x}", uc_strerror(error), pc);
    return End::fault;
}

bool Cpu::sleeps_at(std::uint32_t pc) const {
    constexpr std::uint16_t wfi = 0xbf30, wfe = 0xbf20;
    constexpr std::uint32_t wfi_wide = 0x8003f3af, wfe_wide = 0x8002f3af;
    const std::uint8_t* p = host(pc - 4);
    if (!p) return false;
    const std::uint16_t narrow = format::get16(p + 2);
    const std::uint32_t wide = format::get32(p);
    return narrow == wfi || narrow == wfe || wide == wfi_wide || wide == wfe_wide;
}

const Cpu::BlockInfo& Cpu::block_info(std::uint32_t address, std::uint32_t size) {
    BlockInfo& info = blocks_[address / 2 % block_cache];
    if (info.address == address && info.size == size && info.generation == generation_) return info;
    info = {address, size, 0, false, generation_};
    const std::uint8_t* p = host(address);
    for (std::uint32_t at = 0; p && at < size; ++info.instructions) at += is_wide(format::get16(p + at)) ? 4 : 2;
    constexpr std::uint16_t branch_to_self = 0xe7fe;
    info.spins = p && size == 2 && format::get16(p) == branch_to_self;
    return info;
}

void Cpu::on_block(std::uint32_t address, std::uint32_t size) {
    block_ = address;
    block_size_ = size;
    const BlockInfo& info = block_info(address, size);
    std::uint64_t fresh = info.instructions;
    if (counted_ahead_ != 0) [[unlikely]] {
        const std::uint64_t known = std::min(fresh, counted_ahead_);
        counted_ahead_ -= known;
        fresh -= known;
    }
    world_.instructions += fresh;
    world_.pass(fresh * per_instruction_);

    if (patched_ || skip_address_ - address < size) [[unlikely]]
        if (skip_in_block(address, size)) return stop_before_block(info);
    if (world_.now() >= world_.horizon() || info.spins) [[unlikely]]
        if (look_up(info.spins)) stop_before_block(info);
}

// The block was counted when it was entered, and will be executed only when the CPU runs on.
void Cpu::stop_before_block(const BlockInfo& info) {
    counted_ahead_ += info.instructions;
    if (patched_) patched_->armed = true;
    stopped_before_block_ = true;
    stop();
}

// From `address` to the end of the present block.
std::uint64_t Cpu::instructions_from(std::uint32_t address) const {
    std::uint64_t count = 0;
    for (std::uint32_t at = address; at < block_ + block_size_; ++count) {
        const std::uint8_t* p = host(at);
        if (!p) break;
        at += is_wide(format::get16(p)) ? 4 : 2;
    }
    return count;
}

void Cpu::block_hook(uc_engine*, std::uint64_t address, std::uint32_t size, void* self) {
    static_cast<Cpu*>(self)->on_block(static_cast<std::uint32_t>(address), size);
}

void Cpu::code_hook(uc_engine*, std::uint64_t address, std::uint32_t, void* self) {
    auto& cpu = *static_cast<Cpu*>(self);
    const auto at = static_cast<std::uint32_t>(address);
    if (std::exchange(cpu.resumed_at_, UINT32_MAX) == at) return;
    if (!cpu.at_watched(at)) return;
    cpu.resumed_at_ = at;
    cpu.counted_ahead_ += cpu.instructions_from(at);
    cpu.stop();
}

void Cpu::interrupt_hook(uc_engine* uc, std::uint32_t number, void* self) {
    static_cast<Cpu*>(self)->interrupt_ = number;
    uc_emu_stop(uc);
}

bool Cpu::invalid_hook(uc_engine*, uc_mem_type type, std::uint64_t address, int, std::int64_t, void* self) {
    auto& cpu = *static_cast<Cpu*>(self);
    const char* what = "access to";
    switch (type) {
    case UC_MEM_READ_UNMAPPED:
        what = "read of unmapped";
        break;
    case UC_MEM_WRITE_UNMAPPED:
        what = "write to unmapped";
        break;
    case UC_MEM_FETCH_UNMAPPED:
        what = "execution of unmapped";
        break;
    case UC_MEM_READ_PROT:
        what = "read of inaccessible";
        break;
    case UC_MEM_WRITE_PROT:
        what = "write to read-only";
        break;
    case UC_MEM_FETCH_PROT:
        what = "execution of inaccessible";
        break;
    default:
        break;
    }
    cpu.fault_ = fmt::format("{} address 0x{:08x} from 0x{:08x}", what, address, cpu.reg(UC_ARM_REG_PC));
    return false;
}

// Once the supply is gone or the MCU is being reset nothing reaches a device any more.
std::uint64_t Cpu::device_read(uc_engine*, std::uint64_t offset, unsigned size, void* device) {
    auto& d = *static_cast<Device*>(device);
    const World& w = d.cpu->world_;
    return w.power_failed || w.reset_wanted ? 0 : d.peripheral->read(static_cast<std::uint32_t>(offset), size);
}

void Cpu::device_write(uc_engine*, std::uint64_t offset, unsigned size, std::uint64_t value, void* device) {
    auto& d = *static_cast<Device*>(device);
    const World& w = d.cpu->world_;
    if (!w.power_failed && !w.reset_wanted)
        d.peripheral->write(static_cast<std::uint32_t>(offset), size, static_cast<std::uint32_t>(value));
}

void Cpu::watch(std::uint32_t address) {
    address &= ~1u;
    if (watched_.contains(address)) return;
    uc_hook hook = 0;
    check(uc_hook_add(uc_, &hook, UC_HOOK_CODE, hook_pointer(code_hook), this, address, address), "watch");
    watched_[address] = hook;
    code_changed(address, 2); // so that the block is translated anew, with the hook
}

// --- Exceptions, Armv8-M B3.18 to B3.21: basic frames, secure state only

void Cpu::enter_exception(unsigned number, std::uint32_t handler) {
    const std::uint32_t xpsr = reg(UC_ARM_REG_XPSR);
    const bool from_handler = active_exception() != 0;
    const bool on_process_stack = !from_handler && (reg(UC_ARM_REG_CONTROL) & 2) != 0;
    const std::uint32_t sp = reg(UC_ARM_REG_SP);
    const std::uint32_t padding = (sp & 4) != 0 ? stack_padding : 0;
    const std::uint32_t frame = (sp - frame_bytes) & ~7u;
    const std::array<int, 6> stacked{UC_ARM_REG_R0, UC_ARM_REG_R1,  UC_ARM_REG_R2,
                                     UC_ARM_REG_R3, UC_ARM_REG_R12, UC_ARM_REG_LR};
    for (std::uint32_t i = 0; i < stacked.size(); ++i) store(frame + 4 * i, reg(stacked[i]));
    store(frame + 24, reg(UC_ARM_REG_PC));
    store(frame + 28, (xpsr & ~stack_padding) | padding);

    set_reg(UC_ARM_REG_SP, frame);
    set_reg(UC_ARM_REG_XPSR, thumb_state | number); // handler mode: the main stack becomes the present one
    set_reg(UC_ARM_REG_LR, from_handler ? 0xfffffff1 : on_process_stack ? 0xfffffffd : 0xfffffff9);
    set_reg(UC_ARM_REG_PC, handler | 1);
}

unsigned Cpu::leave_exception() {
    const unsigned number = active_exception();
    const std::uint32_t exc_return = reg(UC_ARM_REG_PC);
    const bool to_thread = (exc_return & 8) != 0, process_stack = (exc_return & 4) != 0;
    if (to_thread) {
        set_reg(UC_ARM_REG_XPSR, thumb_state); // thread mode again
        const std::uint32_t control = reg(UC_ARM_REG_CONTROL);
        set_reg(UC_ARM_REG_CONTROL, process_stack ? control | 2 : control & ~2u);
    }
    const std::uint32_t frame = reg(UC_ARM_REG_SP);
    const std::array<int, 6> stacked{UC_ARM_REG_R0, UC_ARM_REG_R1,  UC_ARM_REG_R2,
                                     UC_ARM_REG_R3, UC_ARM_REG_R12, UC_ARM_REG_LR};
    for (std::uint32_t i = 0; i < stacked.size(); ++i) set_reg(stacked[i], load(frame + 4 * i));
    const std::uint32_t pc = load(frame + 24), xpsr = load(frame + 28);
    set_reg(UC_ARM_REG_SP, frame + frame_bytes + ((xpsr & stack_padding) != 0 ? 4 : 0));
    set_reg(UC_ARM_REG_XPSR, xpsr & ~stack_padding);
    if (number != 2) set_reg(UC_ARM_REG_FAULTMASK, 0);
    set_reg(UC_ARM_REG_PC, pc | 1);
    return number;
}

// --- Skipping one instruction

void Cpu::skip(std::uint32_t address, std::uint64_t execution) {
    cancel_skip();
    skip_address_ = address & ~1u;
    skip_left_ = execution;
    skip_happened_ = false;
}

void Cpu::cancel_skip() {
    restore_skipped();
    skip_address_ = UINT32_MAX;
}

// A block is executed whole, so that entering it is executing each of its instructions. For the one execution wanted, a
// NOP of the same width is put in the instruction's place, which also keeps the order in an IT block. True: stop and
// come back, for the block to be translated anew.
bool Cpu::skip_in_block(std::uint32_t address, std::uint32_t size) {
    const bool contains = skip_address_ - address < size;
    if (patched_) {
        if (std::exchange(patched_->armed, false)) return false; // this is the block, patched
        restore_skipped();
        skip_address_ = UINT32_MAX;
        return false;
    }
    if (!contains || --skip_left_ > 0) return false;
    std::uint8_t* p = host(skip_address_);
    if (!p) return false;
    const std::uint32_t width = is_wide(format::get16(p)) ? 4 : 2;
    patched_ = Patched{skip_address_, {p, p + width}, true};
    if (width == 4)
        format::put32(p, 0x8000f3af); // NOP.W
    else
        format::put16(p, 0xbf00); // NOP
    code_changed(skip_address_, width);
    skip_happened_ = true;
    return true;
}

void Cpu::restore_skipped() {
    if (!patched_) return;
    std::memcpy(host(patched_->address), patched_->original.data(), patched_->original.size());
    code_changed(patched_->address, static_cast<std::uint32_t>(patched_->original.size()));
    patched_.reset();
}

} // namespace outboot::board
