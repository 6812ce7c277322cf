#include "layout/lock.hpp"

#include <filesystem>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "layout/fingerprint.hpp"

namespace outboot::layouts {

std::string lock_path(const std::string& layout_path) {
    return layout_path + ".lock";
}

std::string lock_text(const Model& model) {
    return fmt::format(
        "# The fingerprint of {}: commit this file. Devices refuse images with another one, so a\n"
        "# build stops when the layout's fingerprint changes, until `outboot layout lock` renews this file.\n"
        "fingerprint = \"{}\"\n",
        std::filesystem::path(model.file).filename().string(), to_hex(model.core.fingerprint));
}

std::optional<Fingerprint> locked_fingerprint(std::string_view text) {
    try {
        const auto root = toml::parse(text);
        const auto hex = root["fingerprint"].value<std::string>();
        return hex ? fingerprint_from_hex(*hex) : std::nullopt;
    } catch (const toml::parse_error&) {
        return std::nullopt;
    }
}

} // namespace outboot::layouts
