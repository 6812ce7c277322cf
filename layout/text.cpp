#include "layout/text.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>

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

// Levenshtein distance; a swap of neighbours counts as two, which is near enough for a hint.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (std::tolower(a[i]) == std::tolower(b[j]) ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row[b.size()];
}

} // namespace

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
