#include "layout/table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "layout/text.hpp"

namespace outboot::layouts {
namespace {

int line_at(const toml::node& node) {
    return static_cast<int>(node.source().begin.line);
}

std::string shown(const toml::node& node) {
    if (const auto text = node.value<std::string>()) return fmt::format("'{}'", *text);
    return "not a string or a number";
}

std::optional<std::uint32_t> size_of(const toml::node& node) {
    if (node.is_integer()) {
        const auto number = *node.value<std::int64_t>();
        if (number >= 0 && number <= 0xffffffff) return static_cast<std::uint32_t>(number);
    } else if (node.is_string()) {
        return parse_size(*node.value<std::string>());
    }
    return std::nullopt;
}

bool among(const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

} // namespace

Table::Table(const toml::table& table, const Schema& schema, std::string region, Diagnostics& diagnostics)
    : table_(table), schema_(schema), region_(std::move(region)), diagnostics_(diagnostics) {
    check_unknown();
    for (const auto& key : schema_.keys) check(key);
}

int Table::line() const {
    return line_at(table_);
}

int Table::line_of(const std::string& key) const {
    const auto* node = table_.get(key);
    return node ? line_at(*node) : line();
}

void Table::check_unknown() {
    std::vector<std::string> known;
    for (const auto& key : schema_.keys) known.push_back(key.name);
    for (const auto& [key, node] : table_) {
        const std::string name{key.str()};
        if (!among(known, name))
            report_at(static_cast<int>(key.source().begin.line),
                      fmt::format("unknown key '{}' in {}", name, schema_.title), {}, suggest(name, known));
    }
}

void Table::check(const Key& key) {
    const auto* node = table_.get(key.name);
    if (!node) {
        if (key.required)
            report_at(line(), fmt::format("'{}' is missing in {}", key.name, schema_.title), {},
                      key.kind == Kind::table    ? fmt::format("add [{}]: {}", key.name, key.meaning)
                      : key.kind == Kind::tables ? fmt::format("add [[{}]] tables: {}", key.name, key.meaning)
                                                 : fmt::format("add {} = ...: {}", key.name, key.meaning));
        return;
    }
    const auto fail = [&](const std::string& what, const std::string& hint, const std::string& value = {}) {
        report_at(line_at(*node), fmt::format("'{}' is {}", key.name, what), value, hint);
    };
    switch (key.kind) {
    case Kind::text:
        if (!node->is_string()) fail("not a string", fmt::format("write {} = \"...\"", key.name));
        break;
    case Kind::flag:
        if (!node->is_boolean())
            fail("neither true nor false", fmt::format("write {0} = true or {0} = false, without quotes", key.name));
        break;
    case Kind::size_or_rest:
        if (node->value<std::string>() == "rest") break;
        [[fallthrough]];
    case Kind::size:
        if (!size_of(*node))
            fail("not a size", "sizes and offsets look like \"16K\", \"1M\", 0x4000 or 16384", shown(*node));
        break;
    case Kind::part_or_table:
        if (node->is_table()) break;
        [[fallthrough]];
    case Kind::word:
        if (!node->is_string())
            fail("not a string", fmt::format("write {} = \"...\"", key.name));
        else if (const auto word = *node->value<std::string>(); !among(key.words, word))
            report_at(line_at(*node),
                      key.name == "mcu" || key.name == "part"
                          ? fmt::format("no part of this name in the catalogue ({})", key.name)
                          : fmt::format("unknown {}", key.name),
                      fmt::format("'{}'", word), suggest(word, key.words));
        break;
    case Kind::table:
        if (!node->is_table()) fail("not a table", fmt::format("write [{}] and its keys below", key.name));
        break;
    case Kind::texts:
    case Kind::tables:
        check_list(key, *node);
        break;
    }
}

void Table::check_list(const Key& key, const toml::node& node) {
    const bool of_texts = key.kind == Kind::texts;
    const auto* array = node.as_array();
    const bool good = array && std::all_of(array->begin(), array->end(), [&](const toml::node& each) {
                          return of_texts ? each.is_string() : each.is_table();
                      });
    if (!good)
        report_at(line_at(node), fmt::format("'{}' is not a list of {}", key.name, of_texts ? "strings" : "tables"), {},
                  of_texts ? fmt::format("write {} = [\".name*\"]", key.name)
                           : fmt::format("write [[{}]] and its keys below", key.name));
    else if (!of_texts && array->empty())
        report_at(line_at(node), fmt::format("'{}' is empty", key.name), {}, "add at least one");
}

std::optional<std::string> Table::text(const std::string& key) const {
    const auto* node = table_.get(key);
    return node && node->is_string() ? node->value<std::string>() : std::nullopt;
}

std::optional<bool> Table::flag(const std::string& key) const {
    const auto* node = table_.get(key);
    return node && node->is_boolean() ? node->value<bool>() : std::nullopt;
}

std::optional<std::uint32_t> Table::size(const std::string& key) const {
    const auto* node = table_.get(key);
    return node ? size_of(*node) : std::nullopt;
}

std::vector<std::string> Table::texts(const std::string& key) const {
    std::vector<std::string> all;
    if (const auto* array = table_[key].as_array())
        for (const auto& each : *array)
            if (const auto text = each.value<std::string>(); text && each.is_string()) all.push_back(*text);
    return all;
}

const toml::table* Table::table(const std::string& key) const {
    return table_[key].as_table();
}

std::vector<const toml::table*> Table::tables(const std::string& key) const {
    std::vector<const toml::table*> all;
    if (const auto* array = table_[key].as_array())
        for (const auto& each : *array)
            if (const auto* table = each.as_table()) all.push_back(table);
    return all;
}

void Table::report(const std::string& key, std::string problem, std::string value, std::string limit,
                   std::string hint) {
    diagnostics_.add({Severity::error, line_of(key), region_, std::move(problem), std::move(value), std::move(limit),
                      std::move(hint)});
}

void Table::report_at(int line, std::string problem, std::string value, std::string hint) {
    diagnostics_.add({Severity::error, line, region_, std::move(problem), std::move(value), {}, std::move(hint)});
}

} // namespace outboot::layouts
