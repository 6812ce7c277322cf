// The cells of a serial NOR: erase sets bits, program clears them. No bus, no time: the explorer uses it too.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "board/page_buffer.hpp"
#include "board/random.hpp"

namespace outboot::board {

class NorArray {
  public:
    static constexpr std::uint32_t sector_bytes = 4096; // smallest erase; wear is counted per sector

    explicit NorArray(std::uint32_t size_bytes = 0x200000);

    std::uint32_t size() const { return static_cast<std::uint32_t>(bytes_.size()); }
    std::span<const std::uint8_t> bytes() const { return bytes_; }
    std::span<const std::uint32_t> erase_counts() const { return erases_; } // per sector

    // Empty, or why programming these bytes loses some: a bit that is 0 can't become 1 without an erase.
    std::string program_refusal(std::uint32_t offset, std::span<const std::uint8_t> bytes) const;

    // `offset` and `count` are whole sectors.
    void erase(std::uint32_t offset, std::uint32_t count);
    void erase_torn(std::uint32_t offset, std::uint32_t count, Random& random); // each bit old or erased
    void program(std::uint32_t offset, std::span<const std::uint8_t> bytes);    // ANDs
    void program_torn(std::uint32_t offset, std::span<const std::uint8_t> bytes, Random& random); // each bit old or new

    void load(std::uint32_t offset, std::span<const std::uint8_t> bytes); // factory programming, faults: any bytes
    void set_erase_counts(std::span<const std::uint32_t> erase_counts);

  private:
    PageBuffer bytes_;
    std::vector<std::uint32_t> erases_;
};

} // namespace outboot::board
