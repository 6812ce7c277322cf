#include "tool/device_rows.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "layout/text.hpp"
#include "tool/failure.hpp"
#include "tool/serial_number.hpp"

namespace outboot::tool {
namespace {

constexpr std::size_t most_shown = 20; // errors; the rest is counted
constexpr const char* serial_column = "serial";
constexpr const char* key_column = "device_key";

bool fits_file_name(const std::string& text) {
    return !text.empty() && text.front() != '.' && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.' || c == '+';
    });
}

class Rows {
  public:
    Rows(const CsvTable& table, const DeviceRules& rules)
        : table_(table), rules_(rules), serial_(table.column(serial_column)), key_(table.column(key_column)) {}

    std::vector<DeviceRow> read() {
        require_columns();
        std::vector<DeviceRow> devices;
        devices.reserve(table_.rows.size());
        for (const auto& row : table_.rows) devices.push_back(device(row));
        if (errors_.empty()) return devices;
        const auto count = errors_.size();
        if (count > most_shown) {
            errors_.resize(most_shown);
            errors_.push_back(fmt::format("and {} more", count - most_shown));
        }
        throw Failure(fmt::format("{} can't be used:\n  {}", table_.path, fmt::join(errors_, "\n  ")),
                      "nothing was written");
    }

  private:
    void require_columns() {
        if (rules_.serial_bytes && !serial_) missing(serial_column, "--serial-region wants a serial number of each");
        if (rules_.wants_device_keys && !key_)
            missing(key_column, "the layout encrypts, so each device needs a private key; --device-key gives one for "
                                "all");
        if (serial_ && !rules_.serial_bytes && rules_.output_pattern.find("{serial}") == std::string::npos)
            throw Failure(
                fmt::format("{} has a column 'serial', but nothing says where serial numbers go", table_.path),
                "add --serial-region REGION[+OFFSET][:SIZE], or use {serial} in the output's name");
    }

    [[noreturn]] void missing(const char* column, const std::string& why) {
        const auto meant = layouts::closest(column, table_.columns);
        throw Failure(fmt::format("{} has no column '{}': {}", table_.path, column, why),
                      meant ? fmt::format("is it the one called '{}'?", *meant)
                            : fmt::format("its columns are {}", fmt::join(table_.columns, ", ")));
    }

    void error(const CsvRow& row, const std::string& column, const std::string& what) {
        errors_.push_back(fmt::format("{}:{}: column '{}': {}", table_.path, row.line, column, what));
    }

    DeviceRow device(const CsvRow& row) {
        DeviceRow device{row.line, {}, std::nullopt, output(row)};
        if (serial_) device.serial = serial(row);
        if (key_) device.device_key = key(row);
        if (const auto [other, fresh] = outputs_.emplace(device.output, row.line); !fresh)
            errors_.push_back(fmt::format("{}:{}: would write {}, as line {} does; put a column's name into the "
                                          "output's: {{serial}}, {{row}}",
                                          table_.path, row.line, device.output, other->second));
        return device;
    }

    std::string serial(const CsvRow& row) {
        const auto& text = row.cells[*serial_];
        const auto objection = objection_to_serial(text, rules_.serial_bytes.value_or(256));
        if (!objection.empty()) error(row, serial_column, objection);
        if (const auto [other, fresh] = serials_.emplace(text, row.line); !fresh)
            error(row, serial_column, fmt::format("'{}' is the serial number of line {} too", text, other->second));
        return text;
    }

    std::optional<P256Key> key(const CsvRow& row) {
        const auto& text = row.cells[*key_];
        if (text.empty()) {
            error(row, key_column, "is empty");
            return std::nullopt;
        }
        const bool token = text.starts_with("pkcs11:");
        const auto path =
            token ? text : (std::filesystem::path(table_.path).parent_path() / text).lexically_normal().string();
        try {
            auto key = P256Key::load(path, "device key");
            key.require_private("device key").require_readable();
            if (const auto [other, fresh] = keys_.emplace(key.key_hash(32), row.line); !fresh)
                error(row, key_column, fmt::format("{} is the key of line {} too", path, other->second));
            return key;
        } catch (const Failure& failure) {
            error(row, key_column, failure.what());
            return std::nullopt;
        }
    }

    std::string output(const CsvRow& row) {
        std::string name;
        const auto& pattern = rules_.output_pattern;
        for (std::size_t at = 0; at < pattern.size();) {
            const auto open = pattern.find('{', at);
            name += pattern.substr(at, open == std::string::npos ? open : open - at);
            if (open == std::string::npos) break;
            const auto close = pattern.find('}', open);
            if (close == std::string::npos) throw Failure(fmt::format("'{}': a {{ isn't closed", pattern));
            name += value(row, pattern.substr(open + 1, close - open - 1));
            at = close + 1;
        }
        return name;
    }

    std::string value(const CsvRow& row, const std::string& column) {
        if (column == "row") return std::to_string(1 + static_cast<std::size_t>(&row - table_.rows.data()));
        const auto at = table_.column(column);
        if (!at)
            throw Failure(fmt::format("the output's name has {{{}}}, but {} has no such column", column, table_.path),
                          layouts::suggest(column, table_.columns));
        const auto& text = row.cells[*at];
        if (!fits_file_name(text))
            error(row, column, fmt::format("'{}' can't be part of a file's name: letters, digits and -_.+ can", text));
        return text;
    }

    const CsvTable& table_;
    const DeviceRules& rules_;
    std::optional<std::size_t> serial_;
    std::optional<std::size_t> key_;
    std::vector<std::string> errors_;
    std::map<std::string, std::size_t> serials_; // and the line of each
    std::map<ByteVector, std::size_t> keys_;
    std::map<std::string, std::size_t> outputs_;
};

} // namespace

std::vector<DeviceRow> device_rows(const CsvTable& table, const DeviceRules& rules) {
    return Rows(table, rules).read();
}

} // namespace outboot::tool
