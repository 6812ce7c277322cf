// For debuggers: a GDB script and a launch configuration that know where both programs lie.
#include <cstddef>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/ram_record.hpp"
#include "core/reason_text.hpp"
#include "layout/emit.hpp"
#include "layout/fingerprint.hpp"

namespace outboot::layouts {
namespace {

// "if $value == n / printf name / end" for every number that has a name.
template <class T>
std::string names_of(unsigned last, std::string_view (*name)(T)) {
    std::string out;
    for (unsigned n = 0; n <= last; ++n)
        if (const auto text = name(static_cast<T>(n)); text != "unknown")
            out += fmt::format("  if $arg0 == {}\n    printf \"{}\"\n  end\n", n, text);
    return out;
}

std::string command(std::string_view name, const std::string& body, std::string_view help) {
    return fmt::format("define {0}\n{1}end\ndocument {0}\n{2}\nend\n\n", name, body, help);
}

// One line of the record: a title, then what prints the byte at this offset. GDB hands a command its arguments word by
// word, so the value goes through a variable.
std::string line(std::string_view title, std::size_t at, std::string_view printer) {
    return fmt::format("    printf \"{:<14}\"\n    set $outboot_value = (int)*(unsigned char *)($outboot_record + {})\n"
                       "    {} $outboot_value\n    printf \"\\n\"\n",
                       title, at, printer);
}

std::string record_command(const Model& model) {
    constexpr auto state_at = offsetof(core::RamRecord, state);
    std::string body = fmt::format("  set $outboot_record = {:#x}\n  if *(unsigned int *)$outboot_record != {:#x}\n"
                                   "    printf \"no RAM record at %#x: the bootloader hasn't run since power-on\\n\", "
                                   "$outboot_record\n  else\n",
                                   model.core.ram_record_address, core::RamRecord::expected_magic);
    body += line("this boot", offsetof(core::RamRecord, boot_reason), "outboot-reason");
    body += line("phase", state_at + offsetof(core::State, phase), "outboot-phase");
    body += line("last outcome", state_at + offsetof(core::State, outcome), "outboot-outcome");
    body += line("its reason", state_at + offsetof(core::State, reason), "outboot-reason");
    body += line("started", offsetof(core::RamRecord, application_runs), "output");
    return command("outboot-record", body + "  end\n",
                   "The bootloader's RAM record: why nothing runs, what became of the last update.");
}

} // namespace

std::string gdb_script(const Model& model) {
    std::string text;
    for (const auto& each : emitted_notice(model)) text += fmt::format("# {}\n", each);
    text += fmt::format("#\n# gdb -x outboot.gdb, then\n"
                        "#   outboot-symbols BOOTLOADER.elf APPLICATION.elf   symbols of both, in either order\n"
                        "#   outboot-record                                   what the bootloader says of its last "
                        "boot\n# Bootloader {:#010x} to {:#010x}, application from {:#010x}.\n\n",
                        model.find(Role::bootloader)->address, model.find(Role::bootloader)->range().end(),
                        model.application_address());
    text += command(
        "outboot-symbols",
        "  set confirm off\n  symbol-file\n  add-symbol-file $arg0\n  add-symbol-file $arg1\n  set confirm on\n",
        "Load the symbols of bootloader and application, each at the addresses it is linked for.");
    text += command("outboot-reason", names_of<core::Reason>(255, [](core::Reason r) { return core::text(r).name; }),
                    "A reason's name, by its number.");
    text += command("outboot-phase", names_of<core::Phase>(255, [](core::Phase p) { return core::name(p); }),
                    "A phase's name, by its number.");
    text += command("outboot-outcome", names_of<core::Outcome>(255, [](core::Outcome o) { return core::name(o); }),
                    "An outcome's name, by its number.");
    text += record_command(model);
    text.pop_back();
    return text;
}

// For VS Code's Cortex-Debug.
std::string launch_json(const Model& model, const ProgramPaths& programs) {
    const auto path = [](const std::string& given) {
        return given.starts_with('/') || given.starts_with('$') ? given : "${workspaceFolder}/" + given;
    };
    nlohmann::ordered_json common{
        {"type", "cortex-debug"},
        {"servertype", "jlink"},
        {"device", model.mcu->name},
        {"interface", "swd"},
        {"cwd", "${workspaceFolder}"},
        {"executable", path(programs.application)},
        {"symbolFiles", nlohmann::ordered_json::array({nlohmann::ordered_json{{"file", path(programs.bootloader)}},
                                                       nlohmann::ordered_json{{"file", path(programs.application)}}})}};
    auto launch = nlohmann::ordered_json{{"name", "outboot: program and run from reset"}, {"request", "launch"}};
    launch.update(common);
    launch["loadFiles"] = {path(programs.production)};
    auto attach = nlohmann::ordered_json{{"name", "outboot: attach"}, {"request", "attach"}};
    attach.update(common);
    const nlohmann::ordered_json root{{"version", "0.2.0"},
                                      {"configurations", nlohmann::ordered_json::array({launch, attach})}};
    std::string text;
    for (const auto& line : emitted_notice(model)) text += fmt::format("// {}\n", line);
    return text + root.dump(4) + "\n";
}

} // namespace outboot::layouts
