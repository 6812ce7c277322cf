#include "bench/firmware.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include <cxxabi.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gelf.h>
#include <unistd.h>

namespace outboot::bench {

struct Firmware::Debug {
    std::string path;
    int descriptor = -1;
    Dwarf* dwarf = nullptr;

    ~Debug() {
        if (dwarf) dwarf_end(dwarf);
        if (descriptor >= 0) close(descriptor);
    }
    [[nodiscard]] Elf* elf() const { return dwarf_getelf(dwarf); }
};

namespace {

constexpr std::uint16_t arm_stack_pointer = 13; // DWARF for the Arm Architecture, §4.1

std::string demangled(const char* name) {
    int status = 0;
    char* text = abi::__cxa_demangle(name, nullptr, nullptr, &status);
    const std::string result = status == 0 ? text : name;
    std::free(text);
    return result;
}

// A header of the C or C++ library, or one that only gives registers their names.
bool is_library(const std::string& path) {
    return path.starts_with("/usr/") || path.find("/include/c++/") != std::string::npos ||
           path.ends_with("/registers.hpp");
}

std::string declared_in(Dwarf_Die* die) {
    const char* file = dwarf_decl_file(die);
    return file ? file : "";
}

} // namespace

Firmware::Firmware(const std::string& path) : debug_(std::make_unique<Debug>()) {
    debug_->path = path;
    debug_->descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (debug_->descriptor < 0) throw std::runtime_error(fmt::format("{} can't be opened", path));
    debug_->dwarf = dwarf_begin(debug_->descriptor, DWARF_C_READ);
    if (!debug_->dwarf) throw std::runtime_error(fmt::format("{}: {}", path, dwarf_errmsg(-1)));
    read_sections();
    read_symbols();
    read_sources();
}

Firmware::~Firmware() = default;

// --- What the ELF says

void Firmware::read_sections() {
    Elf* elf = debug_->elf();
    std::size_t names = 0;
    elf_getshdrstrndx(elf, &names);
    for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header) || (header.sh_flags & SHF_ALLOC) == 0 || header.sh_size == 0) continue;
        FirmwareSection each{.name = elf_strptr(elf, names, header.sh_name),
                             .address = static_cast<std::uint32_t>(header.sh_addr),
                             .size = static_cast<std::uint32_t>(header.sh_size),
                             .loaded = header.sh_type != SHT_NOBITS,
                             .code = (header.sh_flags & SHF_EXECINSTR) != 0,
                             .bytes = {}};
        if (each.loaded) {
            const Elf_Data* data = elf_getdata(section, nullptr);
            const auto* bytes = static_cast<const std::uint8_t*>(data->d_buf);
            each.bytes.assign(bytes, bytes + data->d_size);
        }
        sections_.push_back(std::move(each));
    }
}

void Firmware::read_symbols() {
    Elf* elf = debug_->elf();
    for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header) || header.sh_type != SHT_SYMTAB) continue;
        Elf_Data* data = elf_getdata(section, nullptr);
        for (std::size_t i = 0; i < header.sh_size / header.sh_entsize; ++i) {
            GElf_Sym symbol;
            gelf_getsym(data, static_cast<int>(i), &symbol);
            const std::string name = elf_strptr(elf, header.sh_link, symbol.st_name);
            const auto address = static_cast<std::uint32_t>(symbol.st_value);
            if (name == "$t" || name == "$d") {
                code_from_[address] = name == "$t";
            } else if (symbol.st_shndx != SHN_UNDEF && !name.starts_with("$")) {
                const bool function = GELF_ST_TYPE(symbol.st_info) == STT_FUNC;
                symbols_.push_back({demangled(name.c_str()), function ? address & ~1U : address,
                                    static_cast<std::uint32_t>(symbol.st_size), function});
            }
        }
    }
    std::stable_sort(symbols_.begin(), symbols_.end(), [](auto& a, auto& b) { return a.address < b.address; });
}

std::uint32_t Firmware::address_of(const std::string& symbol) const {
    for (const auto& each : symbols_)
        if (each.name == symbol) return each.address;
    throw std::runtime_error(fmt::format("{} has no symbol {}", debug_->path, symbol));
}

const FirmwareSymbol* Firmware::symbol_at(std::uint32_t address) const {
    for (const auto& each : symbols_)
        if (each.size != 0 && address - each.address < each.size) return &each;
    return nullptr;
}

bool Firmware::is_code(std::uint32_t address) const {
    const auto next = code_from_.upper_bound(address);
    return next != code_from_.begin() && std::prev(next)->second;
}

std::optional<std::uint32_t> Firmware::halfword(std::uint32_t address) const {
    for (const auto& section : sections_) {
        const std::uint32_t at = address - section.address;
        if (section.loaded && at < section.bytes.size() && at + 1 < section.bytes.size())
            return static_cast<std::uint32_t>(section.bytes[at] | section.bytes[at + 1] << 8);
    }
    return std::nullopt;
}

std::optional<std::uint32_t> Firmware::word(std::uint32_t address) const {
    const auto low = halfword(address);
    const auto high = halfword(address + 2);
    return low && high ? std::optional(*low | *high << 16) : std::nullopt;
}

// --- What the debug information says

namespace {

template <class F>
void for_each_child(Dwarf_Die* die, F visit) {
    Dwarf_Die child;
    if (dwarf_child(die, &child) != 0) return;
    do {
        visit(&child);
    } while (dwarf_siblingof(&child, &child) == 0);
}

// Where a variable stands, if that is fixed.
std::optional<std::uint32_t> address_of_variable(Dwarf_Die* die) {
    Dwarf_Attribute attribute;
    Dwarf_Op* expression = nullptr;
    std::size_t length = 0;
    const bool fixed = dwarf_attr(die, DW_AT_location, &attribute) &&
                       dwarf_getlocation(&attribute, &expression, &length) == 0 && length == 1 &&
                       expression->atom == DW_OP_addr;
    return fixed ? std::optional(static_cast<std::uint32_t>(expression->number)) : std::nullopt;
}

} // namespace

void Firmware::read_sources() {
    Dwarf_CU* unit = nullptr;
    Dwarf_Die die;
    while (dwarf_get_units(debug_->dwarf, unit, &unit, nullptr, nullptr, &die, nullptr) == 0) read_sources_of(&die);
}

// Functions before what is inlined in them: the innermost one has the last word.
void Firmware::read_sources_of(void* entry) {
    auto* die = static_cast<Dwarf_Die*>(entry);
    const int tag = dwarf_tag(die);
    if (tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine) {
        const std::string source = declared_in(die);
        Dwarf_Addr base = 0;
        Dwarf_Addr begin = 0;
        Dwarf_Addr end = 0;
        for (std::ptrdiff_t at = 0; !source.empty() && !is_library(source);) {
            if ((at = dwarf_ranges(die, at, &base, &begin, &end)) <= 0) break;
            for (Dwarf_Addr each = begin; each < end; each += 2) sources_[static_cast<std::uint32_t>(each)] = source;
        }
    } else if (tag == DW_TAG_variable) {
        if (const auto address = address_of_variable(die)) sources_[*address] = declared_in(die);
    }
    for_each_child(die, [this](Dwarf_Die* child) { read_sources_of(child); });
}

const std::string& Firmware::source_of(std::uint32_t address) const {
    static const std::string unknown;
    auto known = sources_.find(address & ~1U);
    if (known == sources_.end()) {
        const FirmwareSymbol* object = symbol_at(address);
        if (object && !object->function) known = sources_.find(object->address);
    }
    return known != sources_.end() ? known->second : unknown;
}

std::optional<std::uint32_t> Firmware::frame_bytes(std::uint32_t address) const {
    Dwarf_CFI* cfi = dwarf_getcfi(debug_->dwarf);
    Dwarf_Frame* frame = nullptr;
    if (!cfi || dwarf_cfi_addrframe(cfi, address, &frame) != 0) return std::nullopt;
    Dwarf_Op* expression = nullptr;
    std::size_t length = 0;
    std::optional<std::uint32_t> bytes;
    if (dwarf_frame_cfa(frame, &expression, &length) == 0 && length == 1) {
        const bool by_stack_pointer = expression->atom == DW_OP_breg0 + arm_stack_pointer ||
                                      (expression->atom == DW_OP_bregx && expression->number == arm_stack_pointer);
        const Dwarf_Word offset = expression->atom == DW_OP_bregx ? expression->number2 : expression->number;
        if (by_stack_pointer) bytes = static_cast<std::uint32_t>(offset);
    }
    std::free(frame);
    return bytes;
}

} // namespace outboot::bench
