#include "tool/intel_hex.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "tool/failure.hpp"

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

constexpr std::size_t bytes_per_line = 16;

int digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

struct Record {
    std::uint8_t type = 0;
    std::uint16_t offset = 0;
    ByteVector data;
};

// nullopt if the line isn't a record whose length and checksum fit.
std::optional<Record> parse_record(std::string_view line) {
    if (line.size() < 11 || line.front() != ':' || line.size() % 2 == 0) return std::nullopt;
    ByteVector raw;
    for (std::size_t i = 1; i < line.size(); i += 2) {
        const int high = digit(line[i]);
        const int low = digit(line[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        raw.push_back(static_cast<std::uint8_t>(high << 4 | low));
    }
    if (raw.size() != std::size_t{raw[0]} + 5) return std::nullopt;
    if ((std::accumulate(raw.begin(), raw.end(), 0u) & 0xff) != 0) return std::nullopt;
    return Record{raw[3], static_cast<std::uint16_t>(raw[1] << 8 | raw[2]), ByteVector(raw.begin() + 4, raw.end() - 1)};
}

class HexReader {
  public:
    explicit HexReader(const std::string& path) : path_(path) {}

    void line(std::string_view text) {
        ++number_;
        while (!text.empty() && (text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
        if (text.empty()) return;
        if (ended_) fail("something follows the end record");
        const auto record = parse_record(text);
        if (!record) fail("not a record, or its checksum is wrong");
        take(*record);
    }

    std::vector<Piece> finish() {
        if (!ended_) fail("the end record is missing: the file is cut off");
        return std::move(pieces_);
    }

  private:
    void take(const Record& record) {
        switch (record.type) {
        case data_record:
            if (record.data.empty()) return;
            if (!pieces_.empty() && pieces_.back().end() == base_ + record.offset)
                pieces_.back().data.insert(pieces_.back().data.end(), record.data.begin(), record.data.end());
            else
                pieces_.push_back({base_ + record.offset, record.data, {}});
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

    [[noreturn]] void fail(const std::string& why) { throw Failure(fmt::format("{}:{}: {}", path_, number_, why)); }

    const std::string& path_;
    std::size_t number_ = 0;
    std::uint64_t base_ = 0;
    bool ended_ = false;
    std::vector<Piece> pieces_;
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
    const auto end = std::find(content.begin(), content.end(), std::uint8_t{'\n'});
    std::string line(content.begin(), end);
    while (!line.empty() && line.back() == '\r') line.pop_back();
    return parse_record(line).has_value();
}

std::vector<Piece> parse_hex(ByteSpan content, const std::string& path) {
    HexReader reader(path);
    const std::string_view text(reinterpret_cast<const char*>(content.data()), content.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        reader.line(text.substr(at, end - at));
        at = end + 1;
    }
    return reader.finish();
}

std::string write_hex(const std::vector<Piece>& pieces) {
    std::string text;
    std::uint64_t high = ~std::uint64_t{0};
    for (const auto& piece : pieces) {
        for (std::size_t done = 0; done < piece.data.size();) {
            const std::uint64_t address = piece.address + done;
            if (address >> 16 != high) {
                high = address >> 16;
                const std::array<std::uint8_t, 2> raw{static_cast<std::uint8_t>(high >> 8),
                                                      static_cast<std::uint8_t>(high)};
                append_record(text, linear_record, 0, raw);
            }
            const std::size_t to_boundary = bytes_per_line - address % bytes_per_line; // so no record crosses 64 KB
            const std::size_t length = std::min(to_boundary, piece.data.size() - done);
            append_record(text, data_record, static_cast<std::uint16_t>(address),
                          ByteSpan(piece.data).subspan(done, length));
            done += length;
        }
    }
    append_record(text, end_record, 0, {});
    return text;
}

} // namespace outboot::tool
