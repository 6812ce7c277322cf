#include "tool/elf_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

#include <cxxabi.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gelf.h>
#include <libelf.h>
#include <unistd.h>

#include "format/image.hpp"
#include "tool/failure.hpp"

namespace outboot::tool {
namespace {

constexpr std::string_view fingerprint_symbol = "outboot_layout_fingerprint";
constexpr std::string_view needs_prefix = "outboot_needs_"; // of u32 constants: services, one bit each

// An open file as libelf has it: a member, so that it is closed too where the reader's constructor refuses the file.
class OpenElf {
  public:
    explicit OpenElf(const std::string& path)
        : descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC)), elf_(elf_begin(descriptor_, ELF_C_READ, nullptr)) {}
    OpenElf(const OpenElf&) = delete;
    OpenElf& operator=(const OpenElf&) = delete;
    ~OpenElf() {
        elf_end(elf_);
        if (descriptor_ >= 0) close(descriptor_);
    }

    [[nodiscard]] Elf* get() const { return elf_; }

  private:
    int descriptor_;
    Elf* elf_;
};

std::string readable(const char* name) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> text(abi::__cxa_demangle(name, nullptr, nullptr, &status),
                                                           &std::free);
    return status == 0 && text ? text.get() : name;
}

class ElfReader {
  public:
    explicit ElfReader(const std::string& path) : path_(path), file_(path), elf_(file_.get()) {
        if (!elf_ || !gelf_getehdr(elf_, &header_)) fail(elf_errmsg(-1));
        if (header_.e_ident[EI_CLASS] != ELFCLASS32 || header_.e_ident[EI_DATA] != ELFDATA2LSB ||
            header_.e_type != ET_EXEC)
            fail("it isn't a linked 32-bit little-endian program");
        require_whole();
        elf_getshdrstrndx(elf_, &names_);
        std::size_t count = 0;
        elf_getphdrnum(elf_, &count);
        for (std::size_t i = 0; i < count; ++i) {
            GElf_Phdr segment;
            if (!gelf_getphdr(elf_, static_cast<int>(i), &segment)) fail(elf_errmsg(-1));
            if (segment.p_type == PT_LOAD && segment.p_filesz > 0) segments_.push_back(segment);
        }
    }

    std::vector<Piece> pieces() {
        std::vector<Piece> found;
        for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf_, section)) != nullptr;)
            add_section(section, found);
        if (found.empty()) add_segments(found);
        if (found.empty()) fail("it has nothing to load");
        return found;
    }

    std::optional<layouts::Fingerprint> fingerprint() {
        std::optional<layouts::Fingerprint> found;
        each_symbol([&](const char* name, const GElf_Sym& symbol) {
            if (found || name != fingerprint_symbol) return;
            const auto bytes = bytes_at(name, symbol, found.emplace().size());
            std::copy(bytes.begin(), bytes.end(), found->begin());
        });
        return found;
    }

    std::uint32_t services() {
        std::uint32_t set = 0;
        each_symbol([&](std::string_view name, const GElf_Sym& symbol) {
            if (!name.starts_with(needs_prefix)) return;
            if (GELF_ST_TYPE(symbol.st_info) == STT_OBJECT && symbol.st_size == 4)
                set |= format::get32(bytes_at(name, symbol, 4).data());
        });
        return set;
    }

    LinkMap link_map() {
        LinkMap map;
        for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf_, section)) != nullptr;) {
            const GElf_Shdr header = header_of(section);
            if ((header.sh_flags & SHF_ALLOC) == 0 || header.sh_size == 0) continue;
            const GElf_Phdr* segment = header.sh_type == SHT_NOBITS ? nullptr : segment_of(header);
            const std::uint64_t load =
                segment ? segment->p_paddr + (header.sh_offset - segment->p_offset) : header.sh_addr;
            map.sections.push_back({name_of(header), header.sh_addr, load, header.sh_size, segment != nullptr});
        }
        each_symbol([&](const char* name, const GElf_Sym& symbol) {
            const auto type = GELF_ST_TYPE(symbol.st_info);
            if (symbol.st_size > 0 && (type == STT_FUNC || type == STT_OBJECT))
                map.symbols.push_back({readable(name), symbol.st_value, symbol.st_size});
        });
        return map;
    }

  private:
    [[noreturn]] void fail(const std::string& why) { throw Failure(fmt::format("can't use {}: {}", path_, why)); }

    // libelf quietly takes a file whose section table is cut off for one without sections.
    void require_whole() {
        std::size_t length = 0;
        const bool readable = elf_rawfile(elf_, &length) != nullptr;
        const std::uint64_t sections_end = header_.e_shoff + std::uint64_t{header_.e_shnum} * header_.e_shentsize;
        if (!readable || sections_end > length) fail("it is cut off");
    }

    GElf_Shdr header_of(Elf_Scn* section) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header)) fail(elf_errmsg(-1));
        return header;
    }

    template <class F>
    void each_symbol(F visit) {
        for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf_, section)) != nullptr;) {
            const GElf_Shdr header = header_of(section);
            if (header.sh_type != SHT_SYMTAB || header.sh_entsize == 0) continue;
            Elf_Data* data = elf_getdata(section, nullptr);
            for (std::size_t i = 0; data && i < header.sh_size / header.sh_entsize; ++i) {
                GElf_Sym symbol;
                if (!gelf_getsym(data, static_cast<int>(i), &symbol)) break;
                if (const char* name = elf_strptr(elf_, header.sh_link, symbol.st_name)) visit(name, symbol);
            }
        }
    }

    std::string name_of(const GElf_Shdr& header) {
        const char* name = elf_strptr(elf_, names_, header.sh_name);
        return name ? name : "";
    }

    // The segment that carries a section's content; nullptr: it isn't loaded.
    const GElf_Phdr* segment_of(const GElf_Shdr& header) {
        for (const auto& segment : segments_)
            if (header.sh_offset >= segment.p_offset &&
                header.sh_offset + header.sh_size <= segment.p_offset + segment.p_filesz)
                return &segment;
        return nullptr;
    }

    ByteVector content(std::uint64_t offset, std::uint64_t size) {
        std::size_t length = 0;
        const char* raw = elf_rawfile(elf_, &length);
        if (!raw || offset > length || size > length - offset) fail("it is cut off");
        const auto* first = reinterpret_cast<const std::uint8_t*>(raw) + offset;
        return {first, first + size};
    }

    // The segment that carries a section says where it is loaded; a section in none isn't loaded at all.
    void add_section(Elf_Scn* section, std::vector<Piece>& found) {
        const GElf_Shdr header = header_of(section);
        if ((header.sh_flags & SHF_ALLOC) == 0 || header.sh_type == SHT_NOBITS || header.sh_size == 0) return;
        if (const auto* segment = segment_of(header))
            found.push_back({segment->p_paddr + (header.sh_offset - segment->p_offset),
                             content(header.sh_offset, header.sh_size), name_of(header)});
    }

    void add_segments(std::vector<Piece>& found) {
        for (const auto& segment : segments_)
            found.push_back({segment.p_paddr, content(segment.p_offset, segment.p_filesz), {}});
    }

    ByteVector bytes_at(std::string_view name, const GElf_Sym& symbol, std::size_t count) {
        for (const auto& segment : segments_) {
            if (symbol.st_value < segment.p_vaddr || symbol.st_value + count > segment.p_vaddr + segment.p_filesz)
                continue;
            return content(segment.p_offset + (symbol.st_value - segment.p_vaddr), count);
        }
        fail(fmt::format("its symbol {} isn't in anything that is loaded", name));
    }

    const std::string& path_;
    OpenElf file_;
    Elf* elf_;
    GElf_Ehdr header_{};
    std::size_t names_ = 0;
    std::vector<GElf_Phdr> segments_;
};

} // namespace

bool looks_like_elf(ByteSpan content) {
    return content.size() >= SELFMAG && std::memcmp(content.data(), ELFMAG, SELFMAG) == 0;
}

Program read_elf(const std::string& path) {
    elf_version(EV_CURRENT);
    ElfReader reader(path);
    return {path, ProgramKind::elf, tidy(reader.pieces(), path), reader.fingerprint(), reader.services()};
}

LinkMap read_link_map(const std::string& path) {
    elf_version(EV_CURRENT);
    return ElfReader(path).link_map();
}

} // namespace outboot::tool
