// outboot layout check | emit | lock | reference; map and init have files of their own
#include <filesystem>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "layout/emit.hpp"
#include "layout/estimate.hpp"
#include "layout/fingerprint.hpp"
#include "layout/lock.hpp"
#include "layout/schema.hpp"
#include "layout/text.hpp"
#include "tool/commands.hpp"
#include "tool/console.hpp"
#include "tool/failure.hpp"
#include "tool/files.hpp"
#include "tool/layout_init_command.hpp"
#include "tool/layout_loading.hpp"
#include "tool/layout_map_command.hpp"

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

void emit(const std::string& path, const std::string& directory, const layouts::ProgramPaths& programs) {
    const Model model = load_layout(path);
    require_lock(model);
    make_directory(directory);
    for (const auto& file : layouts::emit_all(model, programs)) {
        const std::string target = (fs::path(directory) / file.name).string();
        make_directory(fs::path(target).parent_path().string());
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

std::string lock_state(const Model& model) {
    const auto text = content_of(layouts::lock_path(model.file));
    if (!text) return "missing";
    return layouts::locked_fingerprint(*text) == model.core.fingerprint ? "fits" : "differs";
}

void print_estimate(const layouts::Estimate& estimate) {
    if (estimate.times_known) {
        fmt::print("an update of a full image, flash work alone at typical times:\n"
                   "  staging       {:6.1f} s  by the application, in any pieces\n"
                   "  moving        {:6.1f} s  code flash {:.1f} s, external chip {:.1f} s\n",
                   estimate.staging.seconds(), estimate.moving.seconds(),
                   static_cast<double>(estimate.moving.code_flash_us) / 1e6,
                   static_cast<double>(estimate.moving.external_us) / 1e6);
        if (estimate.taking_back.seconds() > 0)
            fmt::print("  taking back   {:6.1f} s  if it isn't confirmed\n", estimate.taking_back.seconds());
    }
    fmt::print("the block that wears most, by an update that is taken back again:\n");
    const auto print = [](const char* name, const layouts::Wear& wear) {
        fmt::print("  {:<12}  {} erases at {}", name, wear.erases, layouts::address_text(wear.address));
        if (wear.cycles > 0) fmt::print(", {} cycles each: {} such updates", wear.cycles, wear.updates());
        fmt::print("\n");
    };
    print("code flash", estimate.code_flash);
    print("external", estimate.external);
    print("journal", estimate.journal);
    if (const auto first = layouts::first_worn(estimate); !first.empty()) fmt::print("  worn out first: {}\n", first);
}

nlohmann::ordered_json estimate_json(const layouts::Estimate& estimate) {
    const auto as_json = [](const layouts::Wear& wear) {
        return nlohmann::ordered_json{
            {"erases", wear.erases}, {"address", wear.address}, {"cycles", wear.cycles}, {"updates", wear.updates()}};
    };
    nlohmann::ordered_json json;
    if (estimate.times_known)
        json["seconds"] = {{"staging", estimate.staging.seconds()},
                           {"moving", estimate.moving.seconds()},
                           {"taking_back", estimate.taking_back.seconds()}};
    json["wear"] = {{"code_flash", as_json(estimate.code_flash)},
                    {"external", as_json(estimate.external)},
                    {"journal", as_json(estimate.journal)}};
    if (const auto first = layouts::first_worn(estimate); !first.empty()) json["worn_out_first"] = first;
    return json;
}

void check(const std::string& path) {
    const Model model = load_layout(path);
    fmt::print("{}: no errors; plan {}, fingerprint {}, lock file {}\n", path, layouts::to_string(model.core.plan),
               layouts::to_hex(model.core.fingerprint), lock_state(model));
    fmt::print("  images up to {}, moved in {} chunks of at most {}\n", layouts::size_text(model.max_image),
               model.chunks.size(), layouts::size_text(core::chunk_limit(model.core)));
    print_estimate(layouts::estimate(model));
}

// 1 if there are errors; they are in the output, not on stderr.
int check_as_json(const std::string& path) {
    const auto loaded = layouts::load(path);
    auto list = nlohmann::ordered_json::array();
    for (const auto& each : loaded.diagnostics.all())
        list.push_back({{"severity", each.severity == layouts::Severity::error ? "error" : "warning"},
                        {"line", each.line},
                        {"region", each.region},
                        {"problem", each.problem},
                        {"value", each.value},
                        {"limit", each.limit},
                        {"hint", each.hint}});
    nlohmann::ordered_json result{{"layout", path}, {"valid", loaded.model.has_value()}, {"diagnostics", list}};
    if (loaded.model) {
        result["fingerprint"] = layouts::to_hex(loaded.model->core.fingerprint);
        result["lock"] = lock_state(*loaded.model);
        result["largest_image"] = loaded.model->max_image;
        result["estimate"] = estimate_json(layouts::estimate(*loaded.model));
    }
    fmt::print("{}\n", result.dump(2));
    return loaded.model ? exit_success : exit_failure;
}

} // namespace

void add_layout_command(CLI::App& app, int& exit_code) {
    auto* command =
        app.add_subcommand("layout", "Make, check, draw and emit a product's layout")->require_subcommand(1);
    struct Options {
        std::string layout;
        std::string out;
        layouts::ProgramPaths programs;
        bool json = false;
    };
    const auto options = std::make_shared<Options>();
    const auto add = [&](const std::string& name, const std::string& description) {
        auto* each = command->add_subcommand(name, description);
        each->add_option("LAYOUT", options->layout, "Layout file (TOML)")->required();
        return each;
    };
    auto* check_command = add("check", "Report everything that is wrong with it");
    check_command->add_flag("--json", options->json, "Result as JSON");
    check_command->callback([options, &exit_code] {
        if (options->json)
            exit_code = check_as_json(options->layout);
        else
            check(options->layout);
    });
    check_command->footer("Example:\n  outboot layout check layout.toml");
    add_layout_init(*command);
    add_layout_map(*command);
    auto* emit_command =
        add("emit", "Write everything that is made from it: headers, linker scripts, debugger and tool files");
    emit_command->add_option("-o,--out", options->out, "Directory for the emitted files")->required();
    auto& programs = options->programs;
    const auto program = [&](const std::string& name, std::string& path, const std::string& what) {
        emit_command->add_option(name, path, "For launch.json: where the workspace has " + what)->capture_default_str();
    };
    program("--bootloader-elf", programs.bootloader, "the bootloader");
    program("--app-elf", programs.application, "the application");
    program("--production-file", programs.production, "the production file");
    emit_command->callback([options] { emit(options->layout, options->out, options->programs); });
    emit_command->footer("Example:\n  outboot layout emit -o generated layout.toml");
    auto* reference_command =
        command->add_subcommand("reference", "Print the reference page of the layout file, as Markdown");
    reference_command->callback([] { fmt::print("{}", layouts::reference_page()); });
    reference_command->footer("Example:\n  outboot layout reference > reference.md");
    auto* lock_command = add("lock", "Write the lock file that keeps the fingerprint from changing unnoticed");
    lock_command->callback([options] { lock(options->layout); });
    lock_command->footer("Example:\n  outboot layout lock layout.toml");
}

} // namespace outboot::tool
