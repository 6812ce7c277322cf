// How the journal's region is divided, byte by byte in FORMAT.md: state banks of one erase block each, then two
// begin-records.
#pragma once

#include <cstdint>

namespace outboot::layouts::journal_shape {

inline constexpr std::uint8_t version = 1;
inline constexpr std::uint32_t banks = 6;
inline constexpr std::uint32_t record_bytes = 300; // core::BeginRecord
inline constexpr std::uint32_t state_bytes = 32;
inline constexpr std::uint32_t least_marks = 3; // closed, settled, and one of progress

// Room for one begin-record: whole erase blocks.
constexpr std::uint32_t record_room(std::uint32_t erase_block) {
    return (record_bytes + erase_block - 1) / erase_block * erase_block;
}

constexpr std::uint32_t size_bytes(std::uint32_t erase_block) {
    return banks * erase_block + 2 * record_room(erase_block);
}

// Marks a bank of one erase block has room for behind its state.
constexpr std::uint32_t marks(std::uint32_t erase_block, std::uint32_t program_unit) {
    const std::uint32_t state = (state_bytes + program_unit - 1) / program_unit * program_unit;
    return erase_block < state ? 0 : (erase_block - state) / program_unit;
}

// What one program of a mark takes: a unit, but four bytes at least.
constexpr std::uint32_t mark_unit(std::uint32_t program_unit) {
    return program_unit < 4 ? 4 : program_unit;
}

} // namespace outboot::layouts::journal_shape
