// One table of a layout file, held against its schema: unknown, missing and mistyped keys are reported once, when it is
// made; what it hands out afterwards is of the right kind or absent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <toml++/toml.h>

#include "layout/diagnostics.hpp"
#include "layout/schema.hpp"

namespace outboot::layouts {

class Table {
  public:
    // `region` is named in reports; empty: none.
    Table(const toml::table& table, const Schema& schema, std::string region, Diagnostics& diagnostics);

    [[nodiscard]] int line() const;
    [[nodiscard]] int line_of(const std::string& key) const; // the table's, if it has no such key
    [[nodiscard]] bool has(const std::string& key) const { return table_.contains(key); }

    [[nodiscard]] std::optional<std::string> text(const std::string& key) const; // also of a word
    [[nodiscard]] std::optional<bool> flag(const std::string& key) const;
    [[nodiscard]] std::optional<std::uint32_t> size(const std::string& key) const;
    [[nodiscard]] std::vector<std::string> texts(const std::string& key) const;
    [[nodiscard]] const toml::table* table(const std::string& key) const;
    [[nodiscard]] std::vector<const toml::table*> tables(const std::string& key) const;

    void report(const std::string& key, std::string problem, std::string value, std::string limit, std::string hint);

  private:
    void check_unknown();
    void check(const Key& key);
    void check_list(const Key& key, const toml::node& node);
    void report_at(int line, std::string problem, std::string value, std::string hint);

    const toml::table& table_;
    const Schema& schema_;
    std::string region_;
    Diagnostics& diagnostics_;
};

} // namespace outboot::layouts
