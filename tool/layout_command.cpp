// outboot layout check | map | emit | lock
#include <filesystem>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "layout/emit.hpp"
#include "layout/fingerprint.hpp"
#include "layout/lock.hpp"
#include "layout/text.hpp"
#include "tool/commands.hpp"
#include "tool/console.hpp"
#include "tool/failure.hpp"
#include "tool/files.hpp"
#include "tool/layout_loading.hpp"

namespace outboot::tool {
namespace {

using layouts::Model;
namespace fs = std::filesystem;

std::optional<std::string> content_of(const std::string& path) {
    std::error_code ignored;
    if (!fs::exists(path, ignored)) return std::nullopt;
    const auto bytes = read_file(path, "the file");
    return std::string(bytes.begin(), bytes.end());
}

// Throws unless the lock beside the layout holds the layout's fingerprint.
void require_lock(const Model& model) {
    const std::string path = layouts::lock_path(model.file);
    const auto text = content_of(path);
    if (!text)
        throw Failure(fmt::format("{} has no lock file", model.file),
                      fmt::format("`outboot layout lock {}` makes {}; commit it", model.file, path));
    const auto locked = layouts::locked_fingerprint(*text);
    if (!locked)
        throw Failure(fmt::format("{} isn't a lock file", path),
                      fmt::format("`outboot layout lock {}` makes a new one", model.file));
    if (*locked != model.core.fingerprint)
        throw Failure(fmt::format("the layout's fingerprint is {}, its lock {} says {}",
                                  layouts::to_hex(model.core.fingerprint), path, layouts::to_hex(*locked)),
                      fmt::format("devices that carry the old fingerprint refuse images with the new one; if that is "
                                  "meant, `outboot layout lock {}` renews the lock",
                                  model.file));
}

void emit(const std::string& path, const std::string& directory) {
    const Model model = load_layout(path);
    require_lock(model);
    std::error_code error;
    fs::create_directories(directory, error);
    if (error) throw Failure(fmt::format("can't create {}: {}", directory, error.message()));
    for (const auto& file : layouts::emit_all(model)) {
        const std::string target = (fs::path(directory) / file.name).string();
        if (content_of(target) != file.content) write_file(target, file.content); // an unchanged file rebuilds nothing
    }
}

void lock(const std::string& path) {
    const Model model = load_layout(path);
    const std::string lock = layouts::lock_path(path);
    const auto before = content_of(lock);
    const std::string hex = layouts::to_hex(model.core.fingerprint);
    if (before && layouts::locked_fingerprint(*before) == model.core.fingerprint) {
        fmt::print("{}: fingerprint {}, unchanged\n", lock, hex);
        return;
    }
    write_file(lock, layouts::lock_text(model));
    const auto old = before ? layouts::locked_fingerprint(*before) : std::nullopt;
    fmt::print("{}: fingerprint {}{}\n", lock, hex, old ? fmt::format(", was {}", layouts::to_hex(*old)) : "");
}

} // namespace

void add_layout_command(CLI::App& app, int& exit_code) {
    auto* command = app.add_subcommand("layout", "Check, draw and emit a product's layout")->require_subcommand(1);
    struct Options {
        std::string layout;
        std::string out;
    };
    const auto options = std::make_shared<Options>();
    const auto add = [&](const std::string& name, const std::string& description) {
        auto* each = command->add_subcommand(name, description);
        each->add_option("LAYOUT", options->layout, "Layout file (TOML)")->required();
        return each;
    };
    auto* emit_command = add("emit", "Write C++ header, linker scripts, CMake variables and JSON");
    emit_command->add_option("-o,--out", options->out, "Directory for the emitted files")->required();
    emit_command->callback([options, &exit_code] {
        emit(options->layout, options->out);
        exit_code = exit_success;
    });
    add("lock", "Write the lock file that keeps the fingerprint from changing unnoticed")
        ->callback([options, &exit_code] {
            lock(options->layout);
            exit_code = exit_success;
        });
}

} // namespace outboot::tool
