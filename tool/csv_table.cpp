#include "tool/csv_table.hpp"

#include <algorithm>
#include <set>

#include <csv.h>
#include <fmt/format.h>

#include "tool/failure.hpp"
#include "tool/files.hpp"

namespace outboot::tool {
namespace {

constexpr std::size_t most_bytes = 64U << 20U; // a million devices

// Line ends as one newline each, without a byte-order mark: libcsv counts lines by newlines.
std::string normalized(const std::vector<std::uint8_t>& bytes) {
    std::string text(bytes.begin(), bytes.end());
    if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r') {
            if (i + 1 == text.size() || text[i + 1] != '\n') out += '\n';
        } else {
            out += text[i];
        }
    }
    return out;
}

class Reader {
  public:
    explicit Reader(const std::string& path) : path_(path) {
        if (csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0) throw Failure("no memory");
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader() { csv_free(&parser_); }

    std::vector<CsvRow> read(const std::string& text) {
        const auto header = text.substr(0, text.find('\n'));
        if (header.find(',') == std::string::npos && header.find(';') != std::string::npos)
            csv_set_delim(&parser_, ';');
        const auto parsed = csv_parse(&parser_, text.data(), text.size(), cell, end_of_row, this);
        if (parsed != text.size() || csv_fini(&parser_, cell, end_of_row, this) != 0)
            throw Failure(fmt::format("{}:{}: a quote is out of place, or isn't closed", path_, current_.line),
                          "a cell with quotes, commas or line ends is put into quotes, quotes in it doubled");
        return std::move(rows_);
    }

  private:
    static void cell(void* bytes, std::size_t count, void* self) {
        auto& reader = *static_cast<Reader*>(self);
        auto& cells = reader.current_.cells;
        cells.emplace_back(static_cast<const char*>(bytes), count);
        reader.line_ += static_cast<std::size_t>(std::count(cells.back().begin(), cells.back().end(), '\n'));
    }

    static void end_of_row(int, void* self) {
        auto& reader = *static_cast<Reader*>(self);
        if (!reader.current_.cells.empty()) reader.rows_.push_back(std::move(reader.current_));
        reader.current_ = {++reader.line_, {}};
    }

    const std::string& path_;
    csv_parser parser_{};
    std::size_t line_ = 1;
    CsvRow current_{1, {}};
    std::vector<CsvRow> rows_;
};

void check_header(const std::string& path, const CsvRow& header) {
    std::set<std::string> seen;
    for (const auto& name : header.cells) {
        if (name.empty())
            throw Failure(fmt::format("{}:{}: a column has no name", path, header.line),
                          "the first line names the columns: serial,device_key");
        if (!seen.insert(name).second)
            throw Failure(fmt::format("{}:{}: two columns are called '{}'", path, header.line, name));
    }
}

} // namespace

std::optional<std::size_t> CsvTable::column(const std::string& name) const {
    const auto found = std::find(columns.begin(), columns.end(), name);
    if (found == columns.end()) return std::nullopt;
    return static_cast<std::size_t>(found - columns.begin());
}

CsvTable read_csv(const std::string& path) {
    const auto bytes = read_file(path, "the table of devices");
    if (bytes.size() > most_bytes) throw Failure(fmt::format("{} has {} bytes: too many", path, bytes.size()));
    auto rows = Reader(path).read(normalized(bytes));
    if (rows.size() < 2)
        throw Failure(fmt::format("{} has no rows", path),
                      "the first line names the columns, such as serial,device_key; each further one is a device");
    check_header(path, rows.front());
    CsvTable table{path, std::move(rows.front().cells), {}};
    rows.erase(rows.begin());
    for (const auto& row : rows)
        if (row.cells.size() != table.columns.size())
            throw Failure(fmt::format("{}:{}: has {} cells, the header names {} columns", path, row.line,
                                      row.cells.size(), table.columns.size()));
    table.rows = std::move(rows);
    return table;
}

} // namespace outboot::tool
