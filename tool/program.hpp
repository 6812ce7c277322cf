// A program as linked: what bytes stand at which addresses, from an ELF, an Intel HEX, an S-record or a raw binary.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "layout/model.hpp"
#include "tool/primitives.hpp"

namespace outboot::tool {

struct Piece {
    std::uint64_t address = 0;
    ByteVector data;
    std::string name; // ELF section; empty where the file has no names

    [[nodiscard]] std::uint64_t end() const { return address + data.size(); }
};

// ".data_flash (0x8000000 to 0x8000010, 16 bytes)"
std::string describe(const Piece& piece);

enum class ProgramKind { binary, hex, s_record, elf };

struct Program {
    std::string path;
    ProgramKind kind = ProgramKind::binary;
    std::vector<Piece> pieces; // ascending, none empty, none overlapping; one at address 0 for a binary
    std::optional<layouts::Fingerprint> fingerprint; // symbol outboot_layout_fingerprint, of an ELF
    std::uint32_t services = 0; // that it needs of the bootloader, one bit each: symbols outboot_needs_..., of an ELF
};

// The kind is found by content, not by name. Throws Failure.
Program load_program(const std::string& path);

// Sorts, joins what adjoins (unless names differ) and throws Failure where two pieces overlap.
std::vector<Piece> tidy(std::vector<Piece> pieces, const std::string& path);

// A gap wider than this isn't filled: what lies behind it belongs into another memory.
inline constexpr std::uint64_t widest_gap_bytes = 1 << 20;

// The first piece with a gap before it that is wider; nullptr if there is none.
const Piece* behind_wide_gap(const std::vector<Piece>& pieces);

// All of it from `begin`, which mustn't be above the first piece, on: gaps filled with `fill`.
ByteVector flatten(const std::vector<Piece>& pieces, std::uint64_t begin, std::uint8_t fill);

// An image, or any other file that is one run of bytes: as it is, or what its records hold, gaps filled as if erased.
// Throws Failure, also for a wide gap.
ByteVector read_content(const std::string& path, const std::string& what);

} // namespace outboot::tool
