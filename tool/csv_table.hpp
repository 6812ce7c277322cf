// A table from a CSV file (RFC 4180): a header line with the names of the columns, then rows of as many cells.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace outboot::tool {

struct CsvRow {
    std::size_t line = 0; // in the file, from 1; of its beginning
    std::vector<std::string> cells;
};

struct CsvTable {
    std::string path;
    std::vector<std::string> columns;
    std::vector<CsvRow> rows; // each with as many cells as there are columns

    [[nodiscard]] std::optional<std::size_t> column(const std::string& name) const;
};

// Cells are separated by commas, or by semicolons if the header has some and no comma. Empty lines are passed over.
// Throws Failure with the line for quotes that don't close, rows of another length, and bad headers.
CsvTable read_csv(const std::string& path);

} // namespace outboot::tool
