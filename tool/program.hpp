// A program as linked: what bytes stand at which addresses, from an ELF, an Intel HEX or a raw binary.
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

enum class ProgramKind { binary, hex, elf };

struct Program {
    std::string path;
    ProgramKind kind = ProgramKind::binary;
    std::vector<Piece> pieces; // ascending, none empty, none overlapping; one at address 0 for a binary
    std::optional<layouts::Fingerprint> fingerprint; // symbol outboot_layout_fingerprint, of an ELF
};

// The kind is found by content, not by name. Throws Failure.
Program load_program(const std::string& path);

// Sorts, joins what adjoins (unless names differ) and throws Failure where two pieces overlap.
std::vector<Piece> tidy(std::vector<Piece> pieces, const std::string& path);

} // namespace outboot::tool
