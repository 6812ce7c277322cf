#include "layout/diagnostics.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace outboot::layouts {

void Diagnostics::sort_by_line() {
    std::stable_sort(all_.begin(), all_.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
}

std::string describe(const Diagnostic& diagnostic, const std::string& file) {
    std::string text = file;
    if (diagnostic.line > 0) text += fmt::format(":{}", diagnostic.line);
    text += ": ";
    if (!diagnostic.region.empty()) text += fmt::format("region '{}': ", diagnostic.region);
    text += diagnostic.problem;
    if (!diagnostic.value.empty()) text += ": " + diagnostic.value;
    if (!diagnostic.limit.empty()) text += fmt::format(" (limit: {})", diagnostic.limit);
    return text;
}

} // namespace outboot::layouts
