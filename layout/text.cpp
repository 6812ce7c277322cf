#include "layout/text.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace outboot::layouts {

std::optional<std::uint32_t> parse_size(std::string_view text) {
    std::uint64_t unit = 1;
    if (text.ends_with('K')) unit = 1024;
    if (text.ends_with('M')) unit = 1024 * 1024;
    if (unit != 1) text.remove_suffix(1);
    int base = 10;
    if (text.starts_with("0x") || text.starts_with("0X")) {
        base = 16;
        text.remove_prefix(2);
    }
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (number > std::numeric_limits<std::uint32_t>::max() / unit) return std::nullopt;
    return static_cast<std::uint32_t>(number * unit);
}

namespace {

std::string with_thousands(std::uint64_t number) {
    std::string text = fmt::format("{}", number);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
        text.insert(static_cast<std::size_t>(at), 1, ',');
    return text;
}

// Edits that turn one word into the other: a letter more, less or another, or two neighbours swapped. Case is no edit.
std::size_t distance(std::string_view a, std::string_view b) {
    const auto same = [](char x, char y) { return std::tolower(x) == std::tolower(y); };
    std::vector<std::vector<std::size_t>> edits(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i)
        for (std::size_t j = 0; j <= b.size(); ++j) {
            auto& here = edits[i][j];
            if (i == 0 || j == 0) {
                here = i + j;
                continue;
            }
            here = std::min(
                {edits[i - 1][j] + 1, edits[i][j - 1] + 1, edits[i - 1][j - 1] + (same(a[i - 1], b[j - 1]) ? 0 : 1)});
            if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
                here = std::min(here, edits[i - 2][j - 2] + 1);
        }
    return edits[a.size()][b.size()];
}

} // namespace

std::string bytes_text(std::uint64_t bytes) {
    return with_thousands(bytes) + " B";
}

std::string size_text(std::uint64_t bytes) {
    if (bytes >= 1024 && bytes % 1024 == 0) return with_thousands(bytes / 1024) + " KB";
    return with_thousands(bytes) + " B";
}

std::string size_literal(std::uint32_t bytes) {
    if (bytes >= 1024 && bytes % 1024 == 0) return fmt::format("{}K", bytes / 1024);
    return fmt::format("{}", bytes);
}

std::string address_text(std::uint64_t address) {
    return fmt::format("0x{:X}", address);
}

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

std::optional<std::string> closest(std::string_view word, const std::vector<std::string>& candidates) {
    const std::size_t tolerated = std::max<std::size_t>(1, word.size() / 3);
    std::optional<std::string> best;
    std::size_t best_distance = tolerated + 1;
    for (const auto& candidate : candidates) {
        const std::size_t d = distance(word, candidate);
        if (d < best_distance) {
            best_distance = d;
            best = candidate;
        }
    }
    return best;
}

std::string suggest(std::string_view word, const std::vector<std::string>& candidates) {
    if (const auto near = closest(word, candidates)) return fmt::format("did you mean '{}'?", *near);
    return fmt::format("one of: {}", fmt::join(candidates, ", "));
}

} // namespace outboot::layouts
