// How the journal's region is divided, byte by byte in FORMAT.md: state banks of one erase block each, then two
// begin-records.
#pragma once

#include <cstdint>

namespace outboot::layouts::journal_shape {

inline constexpr std::uint8_t version = 1;
inline constexpr std::uint32_t banks = 6;
inline constexpr std::uint32_t record_bytes = 320;

constexpr std::uint32_t size_bytes(std::uint32_t erase_block) {
    return banks * erase_block + 2 * record_bytes;
}

} // namespace outboot::layouts::journal_shape
