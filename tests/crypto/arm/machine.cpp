#include "tests/crypto/arm/machine.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

#include <gelf.h>
#include <libelf.h>
#include <unicorn/unicorn.h>

namespace outboot::crypto::test {
namespace {

constexpr std::uint32_t flash_bytes = 64 * 1024;
constexpr std::uint32_t ram_address = 0x20000000;
constexpr std::uint32_t ram_bytes = 64 * 1024;
constexpr std::uint32_t stack_top = ram_address + ram_bytes;
constexpr std::uint32_t arena = ram_address + 0x1000; // above .bss
constexpr std::uint32_t return_address = flash_bytes - 2;
constexpr std::uint8_t paint = 0xa5; // of RAM nobody has written
constexpr std::uint64_t time_limit_us = 5'000'000;

void check(uc_err error) {
    if (error != UC_ERR_OK) throw std::runtime_error(uc_strerror(error));
}

struct Function {
    std::uint32_t address = 0;
    std::uint32_t size = 0;
};

} // namespace

struct Machine::State {
    std::vector<std::uint8_t> flash = std::vector<std::uint8_t>(flash_bytes, 0xff);
    std::vector<std::uint8_t> ram = std::vector<std::uint8_t>(ram_bytes, paint);
    std::map<std::string, Function> functions; // by mangled name
    std::vector<std::pair<std::string, std::uint32_t>> sections;
    uc_engine* engine = nullptr;
    std::uint32_t next_place = arena;

    std::uint64_t instructions = 0;
    std::uint64_t trace = 0;

    std::optional<std::uint64_t> skip;
    std::optional<std::uint32_t> skipped_at;
    std::uint64_t skippable = 0;
    std::uint32_t it_block_end = 0; // members of the running IT block lie below this, and above the IT instruction
    std::uint32_t it_block_begin = 0;
    std::vector<std::uint8_t> patched; // what stood where a NOP stands now
    std::uint32_t patched_at = 0;

    ~State() {
        if (engine != nullptr) uc_close(engine);
    }

    void load(const std::string& path);
    void watch(Watch what, const std::vector<std::string>& skip_in);
    void mix(std::uint64_t value) { trace = (trace ^ value) * 0x9e3779b97f4a7c15 + (trace >> 29); }
    void before(std::uint32_t address);
    void patch(std::uint32_t address, const std::vector<std::uint8_t>& bytes);
    void unpatch();
    void jump(std::uint32_t address) {
        address |= 1U;
        check(uc_reg_write(engine, UC_ARM_REG_PC, &address));
    }

    [[nodiscard]] std::uint16_t halfword(std::uint32_t address) const {
        return static_cast<std::uint16_t>(flash[address] | flash[address + 1] << 8);
    }
    [[nodiscard]] std::uint32_t next(std::uint32_t address) const { // Thumb: the upper bits tell 32-bit instructions
        return address + (halfword(address) >= 0xe800 ? 4 : 2);
    }
    [[nodiscard]] unsigned it_block_members(std::uint32_t address) const; // 0 if there is no IT instruction
};

void Machine::State::load(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::vector<char> bytes((std::istreambuf_iterator<char>(file)), {});
    if (bytes.empty() || elf_version(EV_CURRENT) == EV_NONE) throw std::runtime_error("can't read " + path);
    const std::unique_ptr<Elf, int (*)(Elf*)> elf(elf_memory(bytes.data(), bytes.size()), elf_end);
    std::size_t names = 0;
    if (elf == nullptr || elf_getshdrstrndx(elf.get(), &names) != 0) throw std::runtime_error(path + " is no ELF file");

    for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf.get(), section)) != nullptr;) {
        GElf_Shdr header;
        gelf_getshdr(section, &header);
        Elf_Data* const data = elf_getdata(section, nullptr);
        const bool flash_content = header.sh_addr < ram_address; // nobody here copies initial values to RAM
        if (header.sh_type == SHT_PROGBITS && (header.sh_flags & SHF_ALLOC) != 0 && header.sh_size != 0 &&
            flash_content) {
            if (header.sh_addr + header.sh_size > flash_bytes) throw std::runtime_error(path + " doesn't fit");
            std::memcpy(&flash[header.sh_addr], data->d_buf, header.sh_size);
            sections.emplace_back(elf_strptr(elf.get(), names, header.sh_name), header.sh_size);
        }
        if (header.sh_type != SHT_SYMTAB) continue;
        for (std::size_t i = 0; i < header.sh_size / header.sh_entsize; ++i) {
            GElf_Sym symbol;
            gelf_getsym(data, static_cast<int>(i), &symbol);
            if (GELF_ST_TYPE(symbol.st_info) != STT_FUNC) continue;
            functions[elf_strptr(elf.get(), header.sh_link, symbol.st_name)] = {
                static_cast<std::uint32_t>(symbol.st_value & ~1ULL), static_cast<std::uint32_t>(symbol.st_size)};
        }
    }
}

void Machine::State::watch(Watch what, const std::vector<std::string>& skip_in) {
    const auto add = [&](int type, auto* hook, std::uint64_t begin, std::uint64_t end) {
        uc_hook handle = 0;
        check(uc_hook_add(engine, &handle, type, reinterpret_cast<void*>(hook), this, begin, end));
    };
    const auto count = +[](uc_engine*, std::uint64_t address, std::uint32_t, void* self) {
        auto& state = *static_cast<State*>(self);
        ++state.instructions;
        state.mix(address);
    };
    const auto access = +[](uc_engine*, uc_mem_type, std::uint64_t address, int size, std::int64_t, void* self) {
        static_cast<State*>(self)->mix(address << 4 | static_cast<std::uint64_t>(size));
    };
    const auto skippable_code = +[](uc_engine*, std::uint64_t address, std::uint32_t, void* self) {
        static_cast<State*>(self)->before(static_cast<std::uint32_t>(address));
    };
    if (what == Watch::skips) {
        for (const auto& [name, function] : functions) {
            const auto named = [&name = name](const std::string& part) { return name.find(part) != std::string::npos; };
            if (std::none_of(skip_in.begin(), skip_in.end(), named)) continue;
            add(UC_HOOK_CODE, skippable_code, function.address, function.address + function.size - 1);
        }
        return;
    }
    if (what == Watch::nothing) return;
    add(UC_HOOK_CODE, count, 1, 0);
    if (what == Watch::trace) add(UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE, access, 1, 0);
}

unsigned Machine::State::it_block_members(std::uint32_t address) const {
    const std::uint16_t code = halfword(address);
    if ((code & 0xff00U) != 0xbf00 || (code & 0xfU) == 0) return 0;
    unsigned members = 4; // the lowest set bit of the mask ends the block
    while ((code >> (4 - members) & 1U) == 0) --members;
    return members;
}

void Machine::State::patch(std::uint32_t address, const std::vector<std::uint8_t>& bytes) {
    std::copy(bytes.begin(), bytes.end(), flash.begin() + address);
    check(uc_ctl_remove_cache(engine, static_cast<std::uint64_t>(address),
                              static_cast<std::uint64_t>(address + bytes.size())));
}

void Machine::State::unpatch() {
    if (!patched.empty()) patch(patched_at, patched);
    patched.clear();
}

// Called before each instruction of the functions watched. Writing the PC leaves an instruction out, but not inside an
// IT block, where Unicorn ignores it: there the instruction becomes a NOP for as long as its block runs.
void Machine::State::before(std::uint32_t address) {
    if (address > it_block_begin && address < it_block_end) return; // counted with its IT instruction
    const bool again = !patched.empty() && address == it_block_begin;
    if (!again) unpatch();
    it_block_begin = it_block_end = 0;

    const unsigned members = it_block_members(address);
    if (!again) {
        const std::uint64_t here = skippable;
        skippable += 1 + members;
        if (skip == here) {
            skipped_at = address;
            jump(next(address));
            return;
        }
        if (skip.has_value() && *skip > here && *skip < skippable) {
            std::uint32_t member = next(address);
            for (std::uint64_t i = here + 1; i < *skip; ++i) member = next(member);
            skipped_at = member;
            patched_at = member;
            patched.assign(flash.begin() + member, flash.begin() + next(member));
            patch(member, patched.size() == 2 ? std::vector<std::uint8_t>{0x00, 0xbf}
                                              : std::vector<std::uint8_t>{0xaf, 0xf3, 0x00, 0x80});
            it_block_begin = address;
            jump(address); // so that the block is translated anew
            return;
        }
    }
    if (members != 0) {
        it_block_begin = address;
        it_block_end = next(address);
        for (unsigned i = 0; i < members; ++i) it_block_end = next(it_block_end);
    }
}

Machine::Machine(const std::string& elf, Watch watch, const std::vector<std::string>& skip_in)
    : state_(std::make_unique<State>()) {
    state_->load(elf);
    check(uc_open(UC_ARCH_ARM, static_cast<uc_mode>(UC_MODE_THUMB | UC_MODE_MCLASS), &state_->engine));
    uc_engine* const engine = state_->engine;
    check(uc_ctl_set_cpu_model(engine, UC_CPU_ARM_CORTEX_M33));
    check(uc_mem_map_ptr(engine, 0, flash_bytes, UC_PROT_READ | UC_PROT_EXEC, state_->flash.data()));
    check(uc_mem_map_ptr(engine, ram_address, ram_bytes, UC_PROT_READ | UC_PROT_WRITE, state_->ram.data()));
    state_->watch(watch, skip_in);
}

Machine::~Machine() = default;

std::uint32_t Machine::place(std::span<const std::uint8_t> bytes) {
    const std::uint32_t address = state_->next_place;
    std::copy(bytes.begin(), bytes.end(), state_->ram.begin() + (address - ram_address));
    state_->next_place += static_cast<std::uint32_t>((bytes.size() + 64) / 64 * 64);
    return address;
}

std::uint32_t Machine::place_zeros(std::size_t size) {
    return place(std::vector<std::uint8_t>(size));
}

std::vector<std::uint8_t> Machine::read(std::uint32_t address, std::size_t size) const {
    const auto from = state_->ram.begin() + (address - ram_address);
    return {from, from + static_cast<std::ptrdiff_t>(size)};
}

void Machine::wipe(std::uint32_t address, std::size_t size) {
    std::fill_n(state_->ram.begin() + (address - ram_address), size, std::uint8_t{0});
}

void Machine::reset() {
    std::fill(state_->ram.begin(), state_->ram.end(), paint);
    state_->next_place = arena;
}

std::vector<std::uint8_t> Machine::save() const {
    return state_->ram;
}

void Machine::restore(const std::vector<std::uint8_t>& saved) {
    std::copy(saved.begin(), saved.end(), state_->ram.begin()); // in place: the engine has it mapped
}

Call Machine::call(const std::string& function, std::initializer_list<std::uint32_t> arguments, std::uint32_t others) {
    return call(state_->functions.at(function).address, arguments, others);
}

// As the Procedure Call Standard has it: four arguments in registers, the others on the stack.
Call Machine::call(std::uint32_t address, std::initializer_list<std::uint32_t> arguments, std::uint32_t others) {
    constexpr int registers[] = {UC_ARM_REG_R0,  UC_ARM_REG_R1,  UC_ARM_REG_R2, UC_ARM_REG_R3, UC_ARM_REG_R4,
                                 UC_ARM_REG_R5,  UC_ARM_REG_R6,  UC_ARM_REG_R7, UC_ARM_REG_R8, UC_ARM_REG_R9,
                                 UC_ARM_REG_R10, UC_ARM_REG_R11, UC_ARM_REG_R12};
    uc_engine* const engine = state_->engine;
    constexpr std::size_t in_registers = 4;
    const std::uint32_t* argument = arguments.begin();
    std::size_t given = 0;
    for (const int number : registers) {
        const bool has = given < std::min(arguments.size(), in_registers);
        const std::uint32_t value = has ? argument[given++] : others;
        check(uc_reg_write(engine, number, &value));
    }
    const std::size_t stacked = arguments.size() - given;
    const auto top = static_cast<std::uint32_t>(stack_top - (stacked + 1) / 2 * 8);
    if (stacked != 0) std::memcpy(&state_->ram[top - ram_address], argument + given, stacked * 4);
    const std::uint32_t back = return_address | 1U;
    check(uc_reg_write(engine, UC_ARM_REG_SP, &top));
    check(uc_reg_write(engine, UC_ARM_REG_LR, &back));

    state_->instructions = state_->trace = state_->skippable = 0;
    state_->skipped_at.reset();
    const uc_err error = uc_emu_start(engine, address | 1U, return_address, time_limit_us, 0);
    state_->unpatch();
    state_->skip.reset();

    Call run;
    std::uint32_t pc = 0;
    check(uc_reg_read(engine, UC_ARM_REG_PC, &pc));
    check(uc_reg_read(engine, UC_ARM_REG_R0, &run.result));
    run.returned = error == UC_ERR_OK && pc == return_address;
    run.instructions = state_->instructions;
    run.trace = state_->trace;
    run.stack_bytes = static_cast<std::uint32_t>(used_stack().size());
    return run;
}

void Machine::write_flash(std::uint32_t address, std::span<const std::uint8_t> bytes) {
    state_->patch(address, {bytes.begin(), bytes.end()});
}

std::vector<std::uint8_t> Machine::read_flash(std::uint32_t address, std::size_t size) const {
    const auto from = state_->flash.begin() + address;
    return {from, from + static_cast<std::ptrdiff_t>(size)};
}

void Machine::skip(std::uint64_t n) {
    state_->skip = n;
}
std::optional<std::uint32_t> Machine::skipped_at() const {
    return state_->skipped_at;
}
std::uint64_t Machine::skippable() const {
    return state_->skippable;
}
std::span<const std::uint8_t> Machine::ram() const {
    return state_->ram;
}
std::span<const std::uint8_t> Machine::used_stack() const {
    const auto begin = state_->ram.begin() + (state_->next_place - ram_address);
    return {std::find_if(begin, state_->ram.end(), [](std::uint8_t byte) { return byte != paint; }), state_->ram.end()};
}

std::vector<std::pair<std::string, std::uint32_t>> Machine::sections() const {
    return state_->sections;
}

} // namespace outboot::crypto::test
