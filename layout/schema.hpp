// What may stand in a layout file: the reader checks with it, the reference page is made from it.
#pragma once

#include <string>
#include <vector>

namespace outboot::layouts {

enum class Kind {
    text,
    flag,
    size,         // "16K", 0x4000, 16384
    size_or_rest, // or "rest"
    word,         // one of `words`
    texts,        // a list of strings
    table,
    tables,        // a list of tables
    part_or_table, // a name out of the catalogue (`words`), or a table that describes the part
};

struct Key {
    std::string name;
    Kind kind = Kind::text;
    bool required = false;
    std::string meaning;
    std::string fallback; // what holds without it; empty: nothing, or that is in `meaning`
    std::vector<std::string> words;
};

struct Schema {
    std::string title; // as in the file: "[external]"
    std::string meaning;
    std::vector<Key> keys;
};

namespace schema {

const Schema& layout();
const Schema& mcu();      // by hand
const Schema& flash();    // code flash or data flash of an MCU by hand
const Schema& blocks();   // of such a flash
const Schema& range();    // address and size
const Schema& external(); // from the catalogue, or by hand
const Schema& erase();    // of a chip by hand
const Schema& image();
const Schema& crypto();
const Schema& services();
const Schema& policy();
const Schema& region();

} // namespace schema

// Everything above as a Markdown page.
std::string reference_page();

} // namespace outboot::layouts
