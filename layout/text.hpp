// Sizes as people write and read them, and the word somebody probably meant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outboot::layouts {

// "16K", "1M", "0x4000", "16384" -> bytes; K = 1024. Nothing else, and nothing beyond 32 bits.
std::optional<std::uint32_t> parse_size(std::string_view text);

// 16384 -> "16 KB", 320 -> "320 B", 12544 -> "12,544 B": whole kilobytes where that loses nothing.
std::string size_text(std::uint64_t bytes);

// 16384 -> "16,384 B"
std::string bytes_text(std::uint64_t bytes);

// As a layout file would say it: 16384 -> "16K", 320 -> "320".
std::string size_literal(std::uint32_t bytes);

// 0xFC000
std::string address_text(std::uint64_t address);

// "data_flash" -> "DATA_FLASH"
std::string upper(std::string text);

// The candidate nearest to `word`, if it is near enough to be a slip of the finger.
std::optional<std::string> closest(std::string_view word, const std::vector<std::string>& candidates);

// "did you mean 'x'?" if one is close, else "one of: a, b, c".
std::string suggest(std::string_view word, const std::vector<std::string>& candidates);

} // namespace outboot::layouts
