// The devices of a production run, one for each row of a table.
//
// Columns: `serial` is the serial number, `device_key` the file of the device's private key, counted from the table's
// directory. Any other column only serves names of files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tool/csv_table.hpp"
#include "tool/keys.hpp"

namespace outboot::tool {

struct DeviceRow {
    std::size_t line = 0;
    std::string serial; // empty: the table has no such column
    std::optional<P256Key> device_key;
    std::string output; // file to write
};

struct DeviceRules {
    std::string output_pattern;                // with {COLUMN} and {row}
    std::optional<std::uint32_t> serial_bytes; // room for a serial number; unset: none is wanted
    bool wants_device_keys = false;            // the layout encrypts, and no key for all was given
};

// Checks all rows before any is used. Throws Failure with everything that is wrong, each with line and column.
std::vector<DeviceRow> device_rows(const CsvTable& table, const DeviceRules& rules);

} // namespace outboot::tool
