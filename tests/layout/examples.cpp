#include "tests/layout/examples.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace outboot::layouts {

std::string example(const std::string& file) {
    std::ifstream in(std::string(OUTBOOT_EXAMPLES "/") + file);
    std::stringstream text;
    text << in.rdbuf();
    EXPECT_FALSE(text.str().empty()) << file;
    return text.str();
}

std::string with(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << "the example has no " << from;
    if (at != std::string::npos) text.replace(at, from.size(), to);
    return text;
}

std::string with_region(std::string text, const std::string& name, const std::string& replacement) {
    const auto named = text.find("name = \"" + name + "\"");
    EXPECT_NE(named, std::string::npos) << name;
    const auto begin = text.rfind("[[region]]", named);
    const auto end = std::min(text.find("[[region]]", named), text.size());
    return text.replace(begin, end - begin, replacement);
}

namespace {

const Diagnostic* find(const Loaded& loaded, Severity severity, const std::string& words) {
    for (const auto& each : loaded.diagnostics.all())
        if (each.severity == severity && describe(each, "").find(words) != std::string::npos) return &each;
    return nullptr;
}

} // namespace

const Diagnostic* error_about(const Loaded& loaded, const std::string& words) {
    return find(loaded, Severity::error, words);
}

const Diagnostic* warning_about(const Loaded& loaded, const std::string& words) {
    return find(loaded, Severity::warning, words);
}

std::string all_messages(const Loaded& loaded) {
    std::string text;
    for (const auto& each : loaded.diagnostics.all())
        text += describe(each, "layout") + "\n  hint: " + each.hint + "\n";
    return text;
}

} // namespace outboot::layouts
