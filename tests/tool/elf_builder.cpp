#include "tests/tool/elf_builder.hpp"

#include <algorithm>
#include <cstring>
#include <tuple>

#include <elf.h>

#include "format/image.hpp"

namespace outboot::tool {
namespace {

template <class T>
void append(ByteVector& out, const T& value) {
    const auto* raw = reinterpret_cast<const std::uint8_t*>(&value);
    out.insert(out.end(), raw, raw + sizeof value);
}

std::uint32_t add_string(std::string& table, const std::string& text) {
    const auto at = static_cast<std::uint32_t>(table.size());
    table += text + '\0';
    return at;
}

Elf32_Shdr string_section(std::uint32_t name, std::uint32_t offset, std::size_t size) {
    Elf32_Shdr header{};
    header.sh_name = name;
    header.sh_type = SHT_STRTAB;
    header.sh_offset = offset;
    header.sh_size = static_cast<std::uint32_t>(size);
    header.sh_addralign = 1;
    return header;
}

Elf32_Ehdr file_header(std::size_t segments, std::size_t sections, std::uint32_t sections_at) {
    Elf32_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS32;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = ET_EXEC;
    header.e_machine = EM_ARM;
    header.e_version = EV_CURRENT;
    header.e_phoff = sizeof(Elf32_Ehdr);
    header.e_shoff = sections_at;
    header.e_ehsize = sizeof(Elf32_Ehdr);
    header.e_phentsize = sizeof(Elf32_Phdr);
    header.e_phnum = static_cast<Elf32_Half>(segments);
    header.e_shentsize = sizeof(Elf32_Shdr);
    header.e_shnum = static_cast<Elf32_Half>(sections);
    header.e_shstrndx = static_cast<Elf32_Half>(sections - 1);
    return header;
}

} // namespace

ByteVector build_elf(const std::vector<ElfSection>& sections, const std::optional<layouts::Fingerprint>& fingerprint,
                     std::uint32_t fingerprint_at, std::uint32_t needs, bool odd) {
    constexpr std::uint32_t needs_at = 24;
    std::string names(1, '\0');
    std::vector<Elf32_Phdr> segments;
    std::vector<Elf32_Shdr> headers{Elf32_Shdr{}};
    ByteVector body;
    const auto body_at = static_cast<std::uint32_t>(sizeof(Elf32_Ehdr) + sections.size() * sizeof(Elf32_Phdr));
    const auto here = [&] { return static_cast<std::uint32_t>(body_at + body.size()); };
    for (const auto& section : sections) {
        auto data = section.data;
        if (fingerprint && &section == &sections.front())
            std::copy(fingerprint->begin(), fingerprint->end(), data.begin() + fingerprint_at);
        if (needs != 0 && &section == &sections.front()) {
            format::put32(&data[needs_at], needs & 0xffff);
            format::put32(&data[needs_at + 4], needs & 0xffff0000);
        }
        const auto size = static_cast<std::uint32_t>(data.size());
        const auto memory = size + section.only_memory;
        const auto run = section.run_address != 0 ? section.run_address : section.load_address;
        segments.push_back({PT_LOAD, here(), run, section.load_address, size, memory, PF_R | PF_X, 1});
        headers.push_back({add_string(names, section.name),
                           static_cast<Elf32_Word>(data.empty() ? SHT_NOBITS : SHT_PROGBITS), SHF_ALLOC, run, here(),
                           memory, 0, 0, 1, 0});
        body.insert(body.end(), data.begin(), data.end());
    }
    std::string symbol_names(1, '\0');
    Elf32_Shdr symbols{};
    symbols.sh_name = add_string(names, ".symtab");
    symbols.sh_type = SHT_SYMTAB;
    symbols.sh_offset = here();
    symbols.sh_entsize = sizeof(Elf32_Sym);
    symbols.sh_link = static_cast<std::uint32_t>(headers.size() + 1);
    append(body, Elf32_Sym{});
    if (fingerprint) {
        const auto name = add_string(symbol_names, "outboot_layout_fingerprint");
        append(body, Elf32_Sym{name, sections.front().load_address + fingerprint_at, 8,
                               ELF32_ST_INFO(STB_GLOBAL, STT_OBJECT), 0, 1});
    }
    for (const std::uint32_t half : {0U, 1U}) {
        if (needs == 0) break;
        const auto name = add_string(symbol_names, half == 0 ? "outboot_needs_lower" : "outboot_needs_upper");
        append(body, Elf32_Sym{name, sections.front().load_address + needs_at + 4 * half, 4,
                               ELF32_ST_INFO(STB_GLOBAL, STT_OBJECT), 0, 1});
    }
    const auto first = sections.empty() ? 0 : sections.front().load_address;
    for (const auto& [text, size, type] :
         {std::tuple{"outboot_needs_attention", 4, STT_FUNC}, {"outboot_needs_table", 8, STT_OBJECT}}) {
        if (!odd) break;
        const auto name = add_string(symbol_names, text);
        append(body, Elf32_Sym{name, first + 32, static_cast<Elf32_Word>(size),
                               static_cast<unsigned char>(ELF32_ST_INFO(STB_GLOBAL, type)), 0, 1});
    }
    symbols.sh_size = here() - symbols.sh_offset;
    headers.push_back(symbols);
    const auto strtab_name = add_string(names, ".strtab");
    const auto shstrtab_name = add_string(names, ".shstrtab");
    headers.push_back(string_section(strtab_name, here(), symbol_names.size()));
    body.insert(body.end(), symbol_names.begin(), symbol_names.end());
    headers.push_back(string_section(shstrtab_name, here(), names.size()));
    body.insert(body.end(), names.begin(), names.end());
    while (body.size() % 4 != 0) body.push_back(0);

    ByteVector file;
    append(file, file_header(segments.size(), headers.size(), here()));
    for (const auto& segment : segments) append(file, segment);
    file.insert(file.end(), body.begin(), body.end());
    for (const auto& header : headers) append(file, header);
    return file;
}

} // namespace outboot::tool
