#include "tool/intel_hex.hpp"

#include <numeric>

#include <fmt/format.h>

#include "tool/record_text.hpp"

namespace outboot::tool {
namespace {

enum RecordType : std::uint8_t {
    data_record = 0,
    end_record = 1,
    segment_record = 2, // address bits 4 to 19
    segment_start_record = 3,
    linear_record = 4, // address bits 16 to 31
    linear_start_record = 5,
};

constexpr std::size_t least_digits = 10; // length, offset, type, checksum

struct Record {
    std::uint8_t type = 0;
    std::uint16_t offset = 0;
    ByteVector data;
};

class HexReader {
  public:
    explicit HexReader(const std::string& path) : content_(path) {}

    void line(std::string_view text, std::size_t number) {
        number_ = number;
        if (ended_) fail("something follows the end record");
        take(parse(text));
    }

    std::vector<Piece> finish(std::size_t last_line) {
        number_ = last_line;
        if (!ended_) fail("the end record is missing: the file is cut off");
        return content_.take();
    }

  private:
    Record parse(std::string_view text) {
        const auto raw = text.front() == ':' ? bytes_from_digits(text.substr(1)) : std::nullopt;
        if (!raw || raw->size() < least_digits / 2) fail("not a record: ':' and pairs of hexadecimal digits are");
        const std::size_t length = raw->size() - least_digits / 2;
        if (raw->front() != length)
            fail(fmt::format("the record says that it has {} bytes of data, it has {}", raw->front(), length));
        const auto expected = static_cast<std::uint8_t>(-std::accumulate(raw->begin(), raw->end() - 1, 0U));
        if (raw->back() != expected)
            fail(fmt::format("the checksum is {:02X}, what it is of makes {:02X}", raw->back(), expected));
        return {(*raw)[3], static_cast<std::uint16_t>((*raw)[1] << 8 | (*raw)[2]),
                ByteVector(raw->begin() + 4, raw->end() - 1)};
    }

    void take(const Record& record) {
        switch (record.type) {
        case data_record:
            content_.add(base_ + record.offset, record.data, number_);
            return;
        case end_record:
            ended_ = true;
            return;
        case segment_record:
            base_ = word(record) << 4;
            return;
        case linear_record:
            base_ = word(record) << 16;
            return;
        case segment_start_record:
        case linear_start_record:
            return; // where a debugger would start: of no use here
        default:
            fail(fmt::format("unknown record type {}", record.type));
        }
    }

    std::uint64_t word(const Record& record) {
        if (record.data.size() != 2) fail("an address record without two bytes of address");
        return static_cast<std::uint64_t>(record.data[0] << 8 | record.data[1]);
    }

    [[noreturn]] void fail(const std::string& why) { content_.fail(number_, why); }

    RecordedContent content_;
    std::size_t number_ = 0;
    std::uint64_t base_ = 0;
    bool ended_ = false;
};

void append_record(std::string& text, std::uint8_t type, std::uint16_t offset, ByteSpan data) {
    unsigned sum = static_cast<unsigned>(data.size()) + (offset >> 8) + (offset & 0xff) + type;
    text += fmt::format(":{:02X}{:04X}{:02X}", data.size(), offset, type);
    for (const auto byte : data) {
        text += fmt::format("{:02X}", byte);
        sum += byte;
    }
    text += fmt::format("{:02X}\n", (0x100 - (sum & 0xff)) & 0xff);
}

} // namespace

bool looks_like_hex(ByteSpan content) {
    return begins_with_record(content, ":", least_digits);
}

std::vector<Piece> parse_hex(ByteSpan content, const std::string& path) {
    HexReader reader(path);
    return reader.finish(
        for_each_line(content, [&](std::string_view line, std::size_t number) { reader.line(line, number); }));
}

std::string write_hex(const std::vector<Piece>& pieces) {
    std::string text;
    std::uint64_t high = ~std::uint64_t{0};
    for_each_portion(pieces, [&](std::uint64_t address, ByteSpan data) { // none of which crosses 64 KB
        if (address >> 16 != high) {
            high = address >> 16;
            const std::array<std::uint8_t, 2> raw{static_cast<std::uint8_t>(high >> 8),
                                                  static_cast<std::uint8_t>(high)};
            append_record(text, linear_record, 0, raw);
        }
        append_record(text, data_record, static_cast<std::uint16_t>(address), data);
    });
    append_record(text, end_record, 0, {});
    return text;
}

} // namespace outboot::tool
