#include "board/firmware_file.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>

#include <elf.h>
#include <fmt/format.h>

namespace outboot::board {

namespace {

using Path = std::filesystem::path;

// --- ELF: the 32-bit header and program headers are all that is needed.

template <class T>
T take(const std::vector<std::uint8_t>& from, std::size_t at, const Path& file) {
    if (at > from.size() || from.size() - at < sizeof(T))
        throw std::runtime_error(fmt::format("{}: the ELF file ends early", file.string()));
    T t;
    std::memcpy(&t, from.data() + at, sizeof t);
    return t;
}

std::vector<Segment> read_elf(const Path& file, const std::vector<std::uint8_t>& bytes) {
    const auto header = take<Elf32_Ehdr>(bytes, 0, file);
    if (header.e_ident[EI_CLASS] != ELFCLASS32 || header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_machine != EM_ARM)
        throw std::runtime_error(fmt::format("{}: not a little-endian 32-bit ARM ELF file", file.string()));
    std::vector<Segment> segments;
    for (std::size_t i = 0; i < header.e_phnum; ++i) {
        const auto p = take<Elf32_Phdr>(bytes, header.e_phoff + i * header.e_phentsize, file);
        if (p.p_type != PT_LOAD || p.p_filesz == 0) continue;
        if (p.p_offset > bytes.size() || bytes.size() - p.p_offset < p.p_filesz)
            throw std::runtime_error(fmt::format("{}: the ELF file ends early", file.string()));
        const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(p.p_offset);
        segments.push_back({p.p_paddr, {begin, begin + static_cast<std::ptrdiff_t>(p.p_filesz)}});
    }
    return segments;
}

// --- Intel HEX

constexpr std::uint8_t hex_data = 0, hex_end = 1, hex_segment = 2, hex_start_segment = 3, hex_linear = 4,
                       hex_start_linear = 5;

std::vector<std::uint8_t> record_bytes(const std::string& line) {
    std::vector<std::uint8_t> out;
    const auto digit = [](char c) {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        throw std::runtime_error("a character that is no hexadecimal digit");
    };
    if (line.size() % 2 != 1) throw std::runtime_error("an odd number of digits");
    for (std::size_t i = 1; i < line.size(); i += 2)
        out.push_back(static_cast<std::uint8_t>(digit(line[i]) << 4 | digit(line[i + 1])));
    if (out.size() < 5 || out.size() != out[0] + 5u)
        throw std::runtime_error("a record length that doesn't fit the line");
    if (static_cast<std::uint8_t>(std::accumulate(out.begin(), out.end(), 0u)) != 0)
        throw std::runtime_error("a wrong checksum");
    return out;
}

void append(std::vector<Segment>& segments, std::uint32_t address, std::span<const std::uint8_t> data) {
    const bool continues = !segments.empty() && segments.back().address + segments.back().bytes.size() == address;
    if (!continues) segments.push_back({address, {}});
    segments.back().bytes.insert(segments.back().bytes.end(), data.begin(), data.end());
}

std::vector<Segment> read_hex(const Path& file, const std::vector<std::uint8_t>& bytes) {
    std::vector<Segment> segments;
    std::uint32_t base = 0;
    bool ended = false;
    unsigned number = 0;
    for (auto at = bytes.begin(); at != bytes.end() && !ended;) {
        const auto end = std::find(at, bytes.end(), '\n');
        std::string line(at, end);
        at = end == bytes.end() ? end : end + 1;
        ++number;
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
        if (line.empty()) continue;
        try {
            if (line[0] != ':') throw std::runtime_error("no colon at the line's start");
            const std::vector<std::uint8_t> r = record_bytes(line);
            const auto value = static_cast<std::uint32_t>(r[4] << 8 | (r.size() > 6 ? r[5] : 0));
            switch (r[3]) {
            case hex_data:
                append(segments, base + static_cast<std::uint32_t>(r[1] << 8 | r[2]), std::span(r).subspan(4, r[0]));
                break;
            case hex_end:
                ended = true;
                break;
            case hex_segment:
                base = value << 4;
                break;
            case hex_linear:
                base = value << 16;
                break;
            case hex_start_segment:
            case hex_start_linear:
                break;
            default:
                throw std::runtime_error(fmt::format("record type {}", r[3]));
            }
        } catch (const std::runtime_error& e) {
            throw std::runtime_error(fmt::format("{}:{}: not Intel HEX: {}", file.string(), number, e.what()));
        }
    }
    if (!ended) throw std::runtime_error(fmt::format("{}: the Intel HEX file has no end record", file.string()));
    return segments;
}

} // namespace

std::vector<std::uint8_t> read_whole(const Path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in || std::filesystem::is_directory(file))
        throw std::runtime_error(fmt::format("{}: can't be opened for reading", file.string()));
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<Segment> read_firmware(const Path& file) {
    const std::vector<std::uint8_t> bytes = read_whole(file);
    if (bytes.size() >= SELFMAG && std::memcmp(bytes.data(), ELFMAG, SELFMAG) == 0) return read_elf(file, bytes);
    if (!bytes.empty() && bytes[0] == ':') return read_hex(file, bytes);
    throw std::runtime_error(fmt::format("{}: neither ELF nor Intel HEX", file.string()));
}

} // namespace outboot::board
