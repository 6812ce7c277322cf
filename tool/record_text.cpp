#include "tool/record_text.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "layout/text.hpp"
#include "tool/failure.hpp"

namespace outboot::tool {
namespace {

int digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

std::string_view trimmed(std::string_view line) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
    return line;
}

std::string_view text_of(ByteSpan content) {
    return {reinterpret_cast<const char*>(content.data()), content.size()};
}

} // namespace

std::size_t for_each_line(ByteSpan content, const std::function<void(std::string_view, std::size_t)>& take) {
    const auto text = text_of(content);
    std::size_t number = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        const auto line = trimmed(text.substr(at, end - at));
        ++number;
        if (!line.empty()) take(line, number);
        at = end + 1;
    }
    return number;
}

std::optional<ByteVector> bytes_from_digits(std::string_view digits) {
    if (digits.size() % 2 != 0) return std::nullopt;
    ByteVector bytes;
    bytes.reserve(digits.size() / 2);
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const int high = digit(digits[i]);
        const int low = digit(digits[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes.push_back(static_cast<std::uint8_t>(high << 4 | low));
    }
    return bytes;
}

bool begins_with_record(ByteSpan content, std::string_view mark, std::size_t least) {
    const auto text = text_of(content);
    const auto line = trimmed(text.substr(0, text.find('\n')));
    return line.starts_with(mark) && line.size() >= mark.size() + least &&
           std::all_of(line.begin() + static_cast<std::ptrdiff_t>(mark.size()), line.end(),
                       [](char c) { return digit(c) >= 0; });
}

void RecordedContent::fail(std::size_t line, const std::string& why) const {
    throw Failure(fmt::format("{}:{}: {}", path_, line, why));
}

void RecordedContent::require_free(std::uint64_t address, std::uint64_t end, std::size_t line) const {
    auto other = taken_.lower_bound(end); // the first that begins behind
    if (other == taken_.begin()) return;
    --other;
    if (other->second.end <= address) return;
    fail(line, fmt::format("a second content for {}: line {} has the first",
                           layouts::address_text(std::max(address, other->first)), other->second.line));
}

void RecordedContent::add(std::uint64_t address, const ByteVector& data, std::size_t line) {
    if (data.empty()) return;
    const std::uint64_t end = address + data.size();
    if (end > std::uint64_t{1} << 32)
        fail(line, fmt::format("{} bytes at {} reach beyond the 32-bit addresses", data.size(),
                               layouts::address_text(address)));
    require_free(address, end, line);
    taken_.emplace(address, Extent{end, line});
    if (!pieces_.empty() && pieces_.back().end() == address)
        pieces_.back().data.insert(pieces_.back().data.end(), data.begin(), data.end());
    else
        pieces_.push_back({address, data, {}});
}

void for_each_portion(const std::vector<Piece>& pieces,
                      const std::function<void(std::uint64_t address, ByteSpan data)>& record) {
    for (const auto& piece : pieces) {
        if (piece.end() > std::uint64_t{1} << 32)
            throw Failure(fmt::format("{} is beyond the addresses that records have, 32 bits", describe(piece)));
        for (std::size_t done = 0; done < piece.data.size();) {
            const std::uint64_t address = piece.address + done;
            const std::size_t to_boundary = bytes_per_record - address % bytes_per_record;
            const std::size_t length = std::min(to_boundary, piece.data.size() - done);
            record(address, ByteSpan(piece.data).subspan(done, length));
            done += length;
        }
    }
}

} // namespace outboot::tool
