#include <algorithm>
#include <map>
#include <optional>
#include <regex>

#include <fmt/format.h>

#include "layout/emit.hpp"
#include "layout/fingerprint.hpp"
#include "layout/text.hpp"
#include "tool/doctor/emitted_checks.hpp"

namespace outboot::tool::doctor {
namespace {

using layouts::Model;

// "layout fingerprint 0123456789abcdef" of the notice, or JSON's "fingerprint": "...".
std::optional<layouts::Fingerprint> fingerprint_in_text(const std::string& content) {
    static const std::regex pattern("fingerprint\"?:?\\s+\"?([0-9a-f]{16})\\b");
    std::smatch match;
    if (!std::regex_search(content, match, pattern)) return std::nullopt;
    return layouts::fingerprint_from_hex(match[1].str());
}

std::string emit_command(const std::string& directory, const Model& model) {
    return fmt::format("outboot layout emit -o {} {}", directory, model.file);
}

std::size_t first_different_line(const std::string& a, const std::string& b) {
    const auto same = std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first;
    return 1 + static_cast<std::size_t>(std::count(a.begin(), same, '\n'));
}

// What a linker file says of an address or a length, and on which line.
struct Value {
    std::uint64_t number = 0;
    std::size_t line = 0;
};
using Values = std::map<std::string, Value>;

std::optional<std::uint64_t> number(const std::string& text) {
    std::string digits = text;
    std::uint64_t unit = 1;
    if (!digits.empty() && (digits.back() == 'K' || digits.back() == 'k'))
        unit = 1024, digits.pop_back();
    else if (!digits.empty() && (digits.back() == 'M' || digits.back() == 'm'))
        unit = 1024 * 1024, digits.pop_back();
    try {
        std::size_t used = 0;
        const auto value = std::stoull(digits, &used, 0);
        if (used != digits.size()) return std::nullopt;
        return value * unit;
    } catch (const std::exception&) {
        return std::nullopt; // an expression
    }
}

// "SYMBOL = 0x4200;" and "FLASH (rx) : ORIGIN = 0x4200, LENGTH = 64K". Expressions are passed over.
Values values_in(const std::string& content) {
    static const std::regex symbol(R"(^\s*([A-Za-z_]\w*)\s*=\s*(0[xX][0-9a-fA-F]+|[0-9]+)\s*;)");
    static const std::regex memory(
        R"(^\s*([A-Za-z_]\w*)\s*(?:\([^)]*\))?\s*:\s*(?:ORIGIN|org|o)\s*=\s*(\w+)\s*,\s*(?:LENGTH|len|l)\s*=\s*(\w+))");
    Values values;
    std::size_t line = 0;
    for (std::size_t at = 0; at < content.size();) {
        const auto end = std::min(content.find('\n', at), content.size());
        const std::string text = content.substr(at, end - at);
        at = end + 1;
        ++line;
        std::smatch match;
        if (std::regex_search(text, match, symbol)) {
            if (const auto value = number(match[2])) values[match[1]] = {*value, line};
        } else if (std::regex_search(text, match, memory)) {
            if (const auto value = number(match[2])) values[match[1].str() + " ORIGIN"] = {*value, line};
            if (const auto value = number(match[3])) values[match[1].str() + " LENGTH"] = {*value, line};
        }
    }
    return values;
}

// What the layout says of the same names. FLASH is the application's, unless the file begins where the bootloader does.
Values values_of(const Model& model, const Values& file) {
    Values values;
    const auto flash = file.find("FLASH ORIGIN");
    const bool of_bootloader =
        flash != file.end() && flash->second.number == model.find(layouts::Role::bootloader)->address;
    values = values_in(of_bootloader ? layouts::bootloader_memory(model) : layouts::app_memory(model));
    if (model.mcu->fsp) values.merge(values_in(layouts::fsp_memory_regions(model)));
    return values;
}

// RAM may be less than there is, and a length less than it may be; an address must be what it is.
bool conflicts(const std::string& name, std::uint64_t here, std::uint64_t layout) {
    const bool length = name.ends_with("LENGTH") || name.ends_with("_END");
    return length ? here > layout : here != layout;
}

Findings check_known_file(const std::string& directory, const TextFile& file, const std::string& expected,
                          const Model& model) {
    const auto fingerprint = fingerprint_in_text(file.content);
    if (!fingerprint) {
        auto found = check_linker_file(file, model);
        if (found.empty())
            found.push_back({Severity::warning, "emitted-file-replaced", file.path,
                             fmt::format("{} wasn't written by `outboot layout emit`: it carries no fingerprint, so "
                                         "nobody sees when it goes stale",
                                         file.path),
                             emit_command(directory, model)});
        return found;
    }
    if (*fingerprint != model.core.fingerprint) return {}; // stale, said of all such files at once
    // Where a debugger finds its programs is the caller's choice.
    if (file.content == expected || file.name == ".vscode/launch.json") return {};
    return {{Severity::warning, "emitted-file-changed", file.path,
             fmt::format("{}:{}: isn't what `outboot layout emit` writes now: edited by hand, or the layout's "
                         "application regions have changed since",
                         file.path, first_different_line(file.content, expected)),
             emit_command(directory, model)}};
}

// One finding for all of them: they go stale together.
Findings check_fingerprints(const std::string& directory, const std::vector<const TextFile*>& files,
                            const Model& model) {
    std::vector<std::string> stale;
    for (const auto* file : files) {
        const auto fingerprint = fingerprint_in_text(file->content);
        if (fingerprint && *fingerprint != model.core.fingerprint)
            stale.push_back(fmt::format("{}, made for {}", file->name, layouts::to_hex(*fingerprint)));
    }
    if (stale.empty()) return {};
    return {
        {Severity::error, "emitted-file-stale", directory,
         fmt::format("{} of the emitted files in {} {} stale: {} has the fingerprint {} now", stale.size(), directory,
                     stale.size() == 1 ? "is" : "are", model.file, layouts::to_hex(model.core.fingerprint)),
         emit_command(directory, model) + ", in the build itself, and rebuild what includes them", stale}};
}

} // namespace

Findings check_linker_file(const TextFile& file, const Model& model) {
    const auto here = values_in(file.content);
    const auto layout = values_of(model, here);
    Findings found;
    for (const auto& [name, value] : here) {
        const auto same = layout.find(name);
        if (same == layout.end() || !conflicts(name, value.number, same->second.number)) continue;
        found.push_back(
            {Severity::error, "linker-file-contradicts-layout", file.path,
             fmt::format("{}:{}: {} is {:#x}, {} has {:#x}: a private copy of a linker file that has gone stale",
                         file.path, value.line, name, value.number, model.file, same->second.number),
             "delete it, and let the linker take the file that `outboot layout emit` writes in each build"});
    }
    std::sort(found.begin(), found.end(), [](const Finding& a, const Finding& b) { return a.what < b.what; });
    return found;
}

Findings check_emitted(const std::string& directory, const std::vector<TextFile>& files, const Model& model) {
    std::map<std::string, std::string> expected;
    for (auto& file : layouts::emit_all(model)) expected[file.name] = std::move(file.content);
    Findings found;
    std::vector<const TextFile*> emitted;
    for (const auto& file : files) {
        const auto known = expected.find(file.name);
        if (known != expected.end()) emitted.push_back(&file);
        if (known != expected.end())
            append(found, check_known_file(directory, file, known->second, model));
        else if (file.name.ends_with(".ld") || file.name.ends_with(".lds"))
            append(found, check_linker_file(file, model));
    }
    append(found, check_fingerprints(directory, emitted, model));
    if (emitted.empty())
        found.push_back({Severity::error, "nothing-emitted", directory,
                         fmt::format("{} has none of the files that `outboot layout emit` writes", directory),
                         emit_command(directory, model)});
    return found;
}

} // namespace outboot::tool::doctor
