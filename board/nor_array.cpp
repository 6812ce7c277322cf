#include "board/nor_array.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace outboot::board {

NorArray::NorArray(std::uint32_t size_bytes) : bytes_(size_bytes, 0xff), erases_(size_bytes / sector_bytes, 0) {}

std::string NorArray::program_refusal(std::uint32_t offset, std::span<const std::uint8_t> bytes) const {
    for (std::size_t i = 0; i < bytes.size(); ++i)
        if ((bytes_[offset + i] & bytes[i]) != bytes[i])
            return fmt::format("program of 0x{:02x} over 0x{:02x} at 0x{:06x}: a 0 can't become 1 without an erase",
                               bytes[i], bytes_[offset + i], offset + i);
    return {};
}

void NorArray::erase(std::uint32_t offset, std::uint32_t count) {
    std::fill_n(bytes_.begin() + offset, count, std::uint8_t{0xff});
    for (std::uint32_t s = offset / sector_bytes; s < (offset + count) / sector_bytes; ++s) ++erases_[s];
}

void NorArray::erase_torn(std::uint32_t offset, std::uint32_t count, Random& random) {
    for (std::uint32_t i = offset; i < offset + count; ++i) bytes_[i] |= random.byte();
    for (std::uint32_t s = offset / sector_bytes; s < (offset + count) / sector_bytes; ++s) ++erases_[s];
}

void NorArray::program(std::uint32_t offset, std::span<const std::uint8_t> bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes_[offset + i] &= bytes[i];
}

void NorArray::program_torn(std::uint32_t offset, std::span<const std::uint8_t> bytes, Random& random) {
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes_[offset + i] &= static_cast<std::uint8_t>(bytes[i] | random.byte());
}

void NorArray::load(std::uint32_t offset, std::span<const std::uint8_t> bytes) {
    std::copy(bytes.begin(), bytes.end(), bytes_.begin() + offset);
}

void NorArray::set_erase_counts(std::span<const std::uint32_t> erase_counts) {
    if (erase_counts.size() != erases_.size())
        throw std::invalid_argument("the erase counts belong to a chip of another size");
    std::copy(erase_counts.begin(), erase_counts.end(), erases_.begin());
}

} // namespace outboot::board
