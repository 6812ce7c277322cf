#include "tool/layout_loading.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tool/console.hpp"
#include "tool/failure.hpp"

namespace outboot::tool {

layouts::Model load_layout(const std::string& path) {
    auto loaded = layouts::load(path);
    print_diagnostics(loaded.diagnostics, path);
    if (loaded.model) return std::move(*loaded.model);
    const auto& all = loaded.diagnostics.all();
    const auto errors =
        std::count_if(all.begin(), all.end(), [](auto& d) { return d.severity == layouts::Severity::error; });
    throw Failure(fmt::format("{} can't be used: {} error{}", path, errors, errors == 1 ? "" : "s"));
}

} // namespace outboot::tool
