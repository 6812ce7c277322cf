#include "tool/s_record.hpp"

#include <numeric>

#include <fmt/format.h>

#include "tool/record_text.hpp"

namespace outboot::tool {
namespace {

constexpr std::size_t longest_name = 32;
constexpr std::size_t least_digits = 8; // behind "S": type, count, 16-bit address or number, checksum, less one

// How many bytes of address (of a number, in S5 and S6) a type has; 0: there is no such record.
std::size_t address_bytes(char type) {
    switch (type) {
    case '0':
    case '1':
    case '5':
    case '9':
        return 2;
    case '2':
    case '6':
    case '8':
        return 3;
    case '3':
    case '7':
        return 4;
    default:
        return 0;
    }
}

struct Record {
    char type = '0';
    std::uint64_t address = 0; // or what S5 and S6 count
    ByteVector data;
};

class SRecordReader {
  public:
    explicit SRecordReader(const std::string& path) : content_(path) {}

    void line(std::string_view text, std::size_t number) {
        number_ = number;
        if (ended_) fail("something follows the end record");
        take(parse(text));
    }

    std::vector<Piece> finish(std::size_t last_line) {
        number_ = last_line;
        if (!ended_) fail("the end record (S7, S8 or S9) is missing: the file is cut off");
        return content_.take();
    }

  private:
    Record parse(std::string_view text) {
        if (text.size() < 2 || text[0] != 'S' || text[1] < '0' || text[1] > '9') fail("not an S-record");
        const char type = text[1];
        const std::size_t width = address_bytes(type);
        if (width == 0) fail(fmt::format("record type S{} is reserved", type));
        const auto raw = bytes_from_digits(text.substr(2));
        if (!raw || raw->empty()) fail("not an S-record: pairs of hexadecimal digits must follow the type");
        const std::size_t rest = raw->size() - 1;
        if (raw->front() != rest)
            fail(fmt::format("the record says that {} bytes follow, there are {}", raw->front(), rest));
        if (rest < width + 1) fail(fmt::format("an S{} record has {} bytes at least, not {}", type, width + 1, rest));
        const auto sum = std::accumulate(raw->begin(), raw->end() - 1, 0U);
        const auto expected = static_cast<std::uint8_t>(~sum);
        if (raw->back() != expected)
            fail(fmt::format("the checksum is {:02X}, what it is of makes {:02X}", raw->back(), expected));
        Record record{type, 0, {}};
        const auto data = raw->begin() + 1 + static_cast<std::ptrdiff_t>(width);
        for (auto byte = raw->begin() + 1; byte != data; ++byte) record.address = record.address << 8 | *byte;
        record.data.assign(data, raw->end() - 1);
        return record;
    }

    void take(const Record& record) {
        switch (record.type) {
        case '0':
            return; // a name, or whatever else the writer wanted to say
        case '1':
        case '2':
        case '3':
            content_.add(record.address, record.data, number_);
            ++count_;
            return;
        case '5':
        case '6':
            require_bare(record);
            if (record.address != count_)
                fail(fmt::format("the file says that it has {} data records, it has {}", record.address, count_));
            return;
        default: // S7, S8, S9
            require_bare(record);
            ended_ = true;
        }
    }

    void require_bare(const Record& record) {
        if (!record.data.empty()) fail(fmt::format("an S{} record holds no data", record.type));
    }

    [[noreturn]] void fail(const std::string& why) { content_.fail(number_, why); }

    RecordedContent content_;
    std::size_t number_ = 0;
    std::size_t count_ = 0; // of data records
    bool ended_ = false;
};

void append_record(std::string& text, char type, std::uint64_t address, ByteSpan data) {
    const std::size_t width = address_bytes(type);
    ByteVector raw{static_cast<std::uint8_t>(width + data.size() + 1)};
    for (std::size_t i = width; i > 0; --i) raw.push_back(static_cast<std::uint8_t>(address >> (8 * (i - 1))));
    raw.insert(raw.end(), data.begin(), data.end());
    raw.push_back(static_cast<std::uint8_t>(~std::accumulate(raw.begin(), raw.end(), 0U)));
    text += fmt::format("S{}", type);
    for (const auto byte : raw) text += fmt::format("{:02X}", byte);
    text += '\n';
}

} // namespace

bool looks_like_s_record(ByteSpan content) {
    return begins_with_record(content, "S", least_digits);
}

std::vector<Piece> parse_s_record(ByteSpan content, const std::string& path) {
    SRecordReader reader(path);
    return reader.finish(
        for_each_line(content, [&](std::string_view line, std::size_t number) { reader.line(line, number); }));
}

std::string write_s_record(const std::vector<Piece>& pieces, const std::string& name) {
    std::string text;
    const auto shown = name.substr(0, longest_name);
    append_record(text, '0', 0, ByteSpan(reinterpret_cast<const std::uint8_t*>(shown.data()), shown.size()));
    std::size_t count = 0;
    for_each_portion(pieces, [&](std::uint64_t address, ByteSpan data) {
        append_record(text, '3', address, data);
        ++count;
    });
    if (count <= 0xffffff) append_record(text, count <= 0xffff ? '5' : '6', count, {});
    append_record(text, '7', 0, {});
    return text;
}

} // namespace outboot::tool
