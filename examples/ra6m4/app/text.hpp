// The little that the example's commands need of text.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace example {

// Decimal digits alone, up to 4,294,967,295.
constexpr std::optional<std::uint32_t> number(std::string_view digits) {
    std::uint64_t value = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9' || value > UINT32_MAX / 10) return {};
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return digits.empty() || value > UINT32_MAX ? std::optional<std::uint32_t>() : static_cast<std::uint32_t>(value);
}

// What follows "command " in the line; nothing if the line is another command.
constexpr std::optional<std::string_view> argument(std::string_view line, std::string_view command) {
    if (!line.starts_with(command) || line.size() <= command.size() || line[command.size()] != ' ') return {};
    line.remove_prefix(command.size() + 1);
    return line;
}

// A short text put together from pieces; what doesn't fit is cut off.
class ShortText {
  public:
    ShortText& add(std::string_view piece) {
        for (const char c : piece) {
            if (length_ < sizeof text_) text_[length_++] = c;
        }
        return *this;
    }
    ShortText& add(std::uint32_t value) {
        if (value >= 10) add(value / 10);
        const char digit = static_cast<char>('0' + value % 10);
        return add({&digit, 1});
    }
    operator std::string_view() const { return {text_, length_}; }

  private:
    char text_[32];
    std::size_t length_ = 0;
};

} // namespace example
