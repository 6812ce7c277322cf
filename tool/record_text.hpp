// What Intel HEX and S-record have in common: text of one record a line, in hexadecimal, each with its address.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tool/program.hpp"

namespace outboot::tool {

inline constexpr std::size_t bytes_per_record = 16; // when written

// Calls `take` for each line that isn't blank, without white space at its end, with its number from 1 on. Returns the
// number of the last line.
std::size_t for_each_line(ByteSpan text, const std::function<void(std::string_view, std::size_t)>& take);

// The bytes that pairs of hexadecimal digits stand for; nullopt for anything else.
std::optional<ByteVector> bytes_from_digits(std::string_view digits);

// Does the content begin with this mark and a line of hexadecimal digits, `least` of them at least? What such a line
// says isn't looked at: a damaged file is still one of its kind, and its fault has a line.
bool begins_with_record(ByteSpan content, std::string_view mark, std::size_t least);

// Collects the records of a file. An address that has a content already is a Failure that names both lines.
class RecordedContent {
  public:
    explicit RecordedContent(const std::string& path) : path_(path) {}

    void add(std::uint64_t address, const ByteVector& data, std::size_t line);

    [[nodiscard]] std::vector<Piece> take() { return std::move(pieces_); }

    // Throws Failure: "FILE:LINE: why".
    [[noreturn]] void fail(std::size_t line, const std::string& why) const;

  private:
    struct Extent {
        std::uint64_t end = 0;
        std::size_t line = 0;
    };

    void require_free(std::uint64_t address, std::uint64_t end, std::size_t line) const;

    const std::string& path_;
    std::map<std::uint64_t, Extent> taken_; // by address, a record each
    std::vector<Piece> pieces_;
};

// Calls `record` for each piece in portions that end at multiples of bytes_per_record. Throws Failure for content
// beyond the 32-bit addresses.
void for_each_portion(const std::vector<Piece>& pieces,
                      const std::function<void(std::uint64_t address, ByteSpan data)>& record);

} // namespace outboot::tool
