// What must never be seen outside the MCU, and an exact search for it: every 16 bytes at every offset of everything
// that was written, against every 16 bytes at every offset of every secret.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "board/nor.hpp"

namespace outboot::rig {

class Secrets {
  public:
    static constexpr std::size_t window_bytes = 16;

    // A 16-byte window that occurs more than once in `secret` (constants, padding, idioms of the compiler) says nothing
    // about it and isn't searched for.
    void add(const std::string& name, std::span<const std::uint8_t> secret);
    void add_key(const std::string& name, std::span<const std::uint8_t> key); // in both byte orders

    // What was found and where; nullopt if nothing was.
    std::optional<std::string> search(std::span<const std::uint8_t> bytes) const;

    // All that went to the external chip, page programs that follow each other joined.
    std::optional<std::string> search(const std::vector<board::BusWrite>& writes) const;

  private:
    struct Window {
        std::uint64_t low, high;
        std::uint32_t secret;
        std::uint32_t offset;
    };

    static Window window_at(const std::uint8_t* bytes);
    static std::size_t filter_index(const Window& window);
    void prepare() const;

    std::vector<std::string> names_;
    mutable std::vector<Window> windows_; // sorted when searched
    mutable std::vector<bool> filter_;    // says no for nearly all that isn't there
};

} // namespace outboot::rig
