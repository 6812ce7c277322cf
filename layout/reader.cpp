#include "layout/reader.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "layout/services.hpp"
#include "layout/text.hpp"

namespace outboot::layouts {
namespace {

template <class T>
struct Word {
    std::string text;
    T value;
};

const std::vector<Word<core::Plan>> plan_words{
    {"offset", core::Plan::offset}, {"scratch", core::Plan::scratch}, {"overwrite", core::Plan::overwrite}};
const std::vector<Word<Memory>> memory_words{
    {"code_flash", Memory::code_flash}, {"data_flash", Memory::data_flash}, {"external", Memory::external}};
const std::vector<Word<Role>> role_words{{"bootloader", Role::bootloader},  {"primary", Role::primary},
                                         {"secondary", Role::secondary},    {"hole", Role::hole},
                                         {"scratch", Role::scratch},        {"journal", Role::journal},
                                         {"application", Role::application}};
const std::vector<Word<Signature>> signature_words{{"ecdsa-p256", Signature::ecdsa_p256}};
const std::vector<Word<Encryption>> encryption_words{{"none", Encryption::none},
                                                     {"ecies-p256-aes128", Encryption::ecies_p256_aes128}};
const std::vector<Word<bool>> optimize_words{{"size", false}, {"speed", true}};

template <class T>
std::string word_for(const std::vector<Word<T>>& words, T value) {
    for (const auto& word : words)
        if (word.value == value) return word.text;
    return "?";
}

int line_of(const toml::node& node) {
    return static_cast<int>(node.source().begin.line);
}

// One table of the file: hands out its keys typed, and reports what it can't.
class Table {
  public:
    Table(const toml::table& table, std::string title, std::string region, Diagnostics& diagnostics)
        : table_(table), title_(std::move(title)), region_(std::move(region)), diagnostics_(diagnostics) {}

    [[nodiscard]] int line() const { return line_of(table_); }
    [[nodiscard]] int line_of_key(const std::string& key) const {
        const auto* node = table_.get(key);
        return node ? line_of(*node) : line();
    }
    [[nodiscard]] bool has(const std::string& key) const { return table_.contains(key); }

    void only(const std::vector<std::string>& known) {
        for (const auto& [key, node] : table_) {
            const std::string name{key.str()};
            if (std::find(known.begin(), known.end(), name) == known.end())
                report(static_cast<int>(key.source().begin.line), fmt::format("unknown key '{}' in {}", name, title_),
                       {}, suggest(name, known));
        }
    }

    std::optional<std::string> string(const std::string& key, bool required) {
        const auto* node = find(key, required);
        if (!node) return std::nullopt;
        if (const auto text = node->value<std::string>(); text && node->is_string()) return text;
        report(line_of(*node), fmt::format("'{}' is not a string", key), {}, fmt::format("write {} = \"...\"", key));
        return std::nullopt;
    }

    std::optional<bool> boolean(const std::string& key) {
        const auto* node = find(key, false);
        if (!node) return std::nullopt;
        if (node->is_boolean()) return node->value<bool>();
        report(line_of(*node), fmt::format("'{}' is neither true nor false", key), {},
               fmt::format("write {} = true or {} = false, without quotes", key, key));
        return std::nullopt;
    }

    // A size or an offset: a number, or a string such as "16K".
    std::optional<std::uint32_t> size(const std::string& key, bool required) {
        const auto* node = find(key, required);
        if (!node) return std::nullopt;
        if (const auto number = node->value<std::int64_t>(); number && node->is_integer()) {
            if (*number >= 0 && *number <= 0xffffffff) return static_cast<std::uint32_t>(*number);
        } else if (const auto text = node->value<std::string>(); text && node->is_string()) {
            if (const auto bytes = parse_size(*text)) return bytes;
        }
        report(line_of(*node), fmt::format("'{}' is not a size", key), node_text(*node),
               "sizes and offsets look like \"16K\", \"1M\", 0x4000 or 16384");
        return std::nullopt;
    }

    template <class T>
    std::optional<T> word(const std::string& key, const std::vector<Word<T>>& words, bool required) {
        const auto text = string(key, required);
        if (!text) return std::nullopt;
        std::vector<std::string> known;
        for (const auto& each : words) {
            if (each.text == *text) return each.value;
            known.push_back(each.text);
        }
        report(line_of_key(key), fmt::format("unknown {}", key), fmt::format("'{}'", *text), suggest(*text, known));
        return std::nullopt;
    }

    template <class Part>
    const Part* part(const std::string& key, const std::vector<Part>& parts) {
        const auto text = string(key, true);
        if (!text) return nullptr;
        std::vector<std::string> known;
        for (const auto& each : parts) {
            if (each.name == *text) return &each;
            known.push_back(each.name);
        }
        report(line_of_key(key), fmt::format("no part of this name in the catalogue ({})", key),
               fmt::format("'{}'", *text), suggest(*text, known));
        return nullptr;
    }

    std::vector<std::string> strings(const std::string& key) {
        std::vector<std::string> found;
        const auto* node = find(key, false);
        if (!node) return found;
        const auto* array = node->as_array();
        bool good = array != nullptr;
        if (good)
            for (const auto& each : *array) {
                if (each.is_string())
                    found.push_back(*each.value<std::string>());
                else
                    good = false;
            }
        if (!good)
            report(line_of(*node), fmt::format("'{}' is not a list of strings", key), {},
                   fmt::format("write {} = [\".name*\"]", key));
        return found;
    }

    void report(int line, std::string problem, std::string value, std::string hint) {
        diagnostics_.add({Severity::error, line, region_, std::move(problem), std::move(value), {}, std::move(hint)});
    }

  private:
    const toml::node* find(const std::string& key, bool required) {
        const auto* node = table_.get(key);
        if (!node && required)
            report(line(), fmt::format("'{}' is missing in {}", key, title_), {}, fmt::format("add {} = ...", key));
        return node;
    }

    static std::string node_text(const toml::node& node) {
        if (const auto text = node.value<std::string>()) return fmt::format("'{}'", *text);
        return "not a string or a number";
    }

    const toml::table& table_;
    std::string title_;
    std::string region_;
    Diagnostics& diagnostics_;
};

RegionSpec read_region(const toml::table& toml, std::size_t index, Diagnostics& diagnostics) {
    const auto given = toml["name"].value<std::string>();
    Table table(toml, "[[region]]", given.value_or(fmt::format("#{}", index + 1)), diagnostics);
    table.only({"name", "role", "memory", "size", "offset", "sections"});
    RegionSpec region;
    region.name = table.string("name", true).value_or("");
    region.line = table.line();
    region.role = table.word("role", role_words, true);
    region.memory = table.word("memory", memory_words, true);
    region.rest = toml["size"].value<std::string>() == "rest";
    if (!region.rest) region.size = table.size("size", true);
    region.offset = table.size("offset", false);
    region.sections = table.strings("sections");
    return region;
}

void read_regions(const toml::table& root, LayoutSpec& spec, Diagnostics& diagnostics) {
    const auto* array = root["region"].as_array();
    if (!array || array->empty()) {
        const int line = root.contains("region") ? line_of(*root.get("region")) : 0;
        diagnostics.add({Severity::error,
                         line,
                         {},
                         "there are no regions",
                         {},
                         {},
                         "add [[region]] tables: bootloader, primary, secondary, journal"});
        return;
    }
    for (std::size_t i = 0; i < array->size(); ++i) {
        if (const auto* table = array->get(i)->as_table())
            spec.regions.push_back(read_region(*table, i, diagnostics));
        else
            diagnostics.add({Severity::error,
                             line_of(*array->get(i)),
                             {},
                             "a region is not a table",
                             {},
                             {},
                             "write [[region]] and its keys below"});
    }
}

// A sub-table that may be absent; one that isn't a table is reported.
const toml::table* section(const toml::table& root, const std::string& name, Diagnostics& diagnostics) {
    const auto* node = root.get(name);
    if (!node) return nullptr;
    if (node->is_table()) return node->as_table();
    diagnostics.add({Severity::error,
                     line_of(*node),
                     {},
                     fmt::format("'{}' is not a table", name),
                     {},
                     {},
                     fmt::format("write [{}] and its keys below", name)});
    return nullptr;
}

void read_services(const toml::table& toml, LayoutSpec& spec, Diagnostics& diagnostics) {
    Table table(toml, "[services]", {}, diagnostics);
    table.only({"offer"});
    spec.services_line = table.line_of_key("offer");
    std::vector<std::string> known;
    for (const auto& service : services()) known.emplace_back(service.name);
    for (const auto& name : table.strings("offer")) {
        const auto found = std::find(known.begin(), known.end(), name);
        if (found == known.end())
            table.report(spec.services_line, "unknown service", fmt::format("'{}'", name), suggest(name, known));
        else
            spec.services |= 1U << services()[static_cast<std::size_t>(found - known.begin())].number;
    }
}

void read_sections(const toml::table& root, LayoutSpec& spec, Diagnostics& diagnostics) {
    if (const auto* toml = section(root, "external", diagnostics)) {
        Table table(*toml, "[external]", {}, diagnostics);
        table.only({"part"});
        spec.external_line = table.line();
        spec.external = table.part("part", nor_parts());
    } else if (!root.contains("external")) {
        diagnostics.add({Severity::error,
                         0,
                         {},
                         "there is no [external] chip",
                         {},
                         {},
                         "add [external] with part = \"...\": the secondary slot lies there"});
    }
    if (const auto* toml = section(root, "image", diagnostics)) {
        Table table(*toml, "[image]", {}, diagnostics);
        table.only({"header_size", "max_size"});
        spec.header_size = table.size("header_size", true);
        spec.header_size_line = table.line_of_key("header_size");
        spec.max_image = table.size("max_size", false);
        spec.max_image_line = table.line_of_key("max_size");
    } else if (!root.contains("image")) {
        diagnostics.add(
            {Severity::error, 0, {}, "there is no [image] table", {}, {}, "add [image] with header_size = 0x200"});
    }
    if (const auto* toml = section(root, "crypto", diagnostics)) {
        Table table(*toml, "[crypto]", {}, diagnostics);
        table.only({"signature", "encryption", "optimize"});
        spec.signature = table.word("signature", signature_words, true);
        spec.encryption = table.word("encryption", encryption_words, true);
        spec.fast_crypto = table.word("optimize", optimize_words, false).value_or(false);
    } else if (!root.contains("crypto")) {
        diagnostics.add(
            {Severity::error,
             0,
             {},
             "there is no [crypto] table",
             {},
             {},
             "add [crypto] with signature = \"ecdsa-p256\" and encryption = \"ecies-p256-aes128\" or \"none\""});
    }
    if (const auto* toml = section(root, "services", diagnostics)) read_services(*toml, spec, diagnostics);
    if (const auto* toml = section(root, "policy", diagnostics)) {
        Table table(*toml, "[policy]", {}, diagnostics);
        table.only({"encrypted_updates", "overwrite_broken_primary"});
        spec.policy_line = table.line();
        spec.encrypted_updates = table.boolean("encrypted_updates");
        spec.overwrite_broken_primary = table.boolean("overwrite_broken_primary").value_or(true);
    }
}

} // namespace

std::string to_string(Memory memory) {
    return word_for(memory_words, memory);
}
std::string to_string(Role role) {
    return word_for(role_words, role);
}
std::string to_string(core::Plan plan) {
    return word_for(plan_words, plan);
}
std::string to_string(Signature signature) {
    return word_for(signature_words, signature);
}
std::string to_string(Encryption encryption) {
    return word_for(encryption_words, encryption);
}

std::optional<LayoutSpec> read_spec(std::string_view text, const std::string& file, Diagnostics& diagnostics) {
    toml::table root;
    try {
        root = toml::parse(text, file);
    } catch (const toml::parse_error& error) {
        diagnostics.add({Severity::error,
                         static_cast<int>(error.source().begin.line),
                         {},
                         "not readable as TOML",
                         std::string{error.description()},
                         {},
                         "see https://toml.io for the syntax"});
        return std::nullopt;
    }
    LayoutSpec spec;
    Table table(root, "the layout", {}, diagnostics);
    table.only({"format", "name", "mcu", "plan", "external", "image", "crypto", "services", "policy", "region"});
    if (const auto format = table.size("format", true); format && *format != 1)
        table.report(table.line_of_key("format"), "a layout format this version doesn't know",
                     fmt::format("{}", *format), "write format = 1");
    spec.name = table.string("name", true).value_or("");
    spec.mcu = table.part("mcu", mcu_parts());
    spec.plan = table.word("plan", plan_words, true);
    read_sections(root, spec, diagnostics);
    read_regions(root, spec, diagnostics);
    return spec;
}

} // namespace outboot::layouts
