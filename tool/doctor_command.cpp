// outboot doctor: what doesn't fit together, and how to mend it.
#include <memory>

#include <fmt/format.h>

#include "tool/commands.hpp"
#include "tool/console.hpp"
#include "tool/doctor/examination.hpp"
#include "tool/failure.hpp"

namespace outboot::tool {
namespace {

using doctor::Given;

struct DoctorOptions {
    Given given;
    bool json = false;
};

bool is_nothing(const Given& given) {
    return given.layout.empty() && given.bootloader.empty() && given.app.empty() && given.images.empty() &&
           given.flash.empty() && given.data.empty() && given.external.empty() && given.emitted.empty();
}

// 1 means that something was found, so whatever keeps it from looking is wrong usage.
int examine(const DoctorOptions& options) {
    if (is_nothing(options.given))
        throw CLI::RequiredError("something to look at: --layout, --bootloader, --app, --image, --flash or --emitted");
    try {
        const auto report = doctor::examine(options.given);
        if (options.json)
            fmt::print("{}\n", doctor::report_json(report));
        else
            fmt::print("{}", doctor::report_text(report, stdout_has_colours()));
        return report.findings.empty() ? exit_success : exit_failure;
    } catch (const Failure& failure) {
        print_error(failure.what(), failure.hint());
        return exit_usage;
    }
}

constexpr char footer[] = R"(
Give whatever is at hand; the more, the more can be compared. With --layout everything is held against the layout.

Example:
  outboot doctor --layout layout.toml --emitted build/layout --bootloader bootloader.elf --app app.elf --image app.img

Exit code: 0 nothing found; 1 findings, be they errors, warnings or mere remarks; 2 wrong usage, or a file that can't
be read.
)";

} // namespace

void add_doctor_command(CLI::App& app, int& exit_code) {
    auto* command = app.add_subcommand("doctor", "Say what doesn't fit together in layout, programs, images, dumps");
    command->footer(footer);
    const auto o = std::make_shared<DoctorOptions>();
    auto& given = o->given;
    command->add_option("--layout", given.layout, "Layout file");
    command->add_option("--bootloader", given.bootloader, "Bootloader: ELF, Intel HEX or S-record");
    command->add_option("--app", given.app, "Application: its ELF, or what was made of it");
    command->add_option("--image", given.images, "Signed image; may be repeated")->expected(1)->take_all();
    command->add_option("--flash", given.flash,
                        "What a device holds: a raw dump of the code flash, or an Intel HEX or S-record of any "
                        "memories, such as a production file");
    command->add_option("--data", given.data, "Raw dump of the data flash");
    command->add_option("--external", given.external, "Raw dump of the external chip");
    command->add_option("--emitted", given.emitted, "Directory of emitted files, or of a project's linker files");
    command
        ->add_option("--verify-key", given.verify_keys,
                     "Key whose images the device is to trust (PEM, public is enough); may be repeated")
        ->expected(1)
        ->take_all();
    command->add_option("--decrypt-key", given.decrypt_key, "Device's private key, for encrypted images (PEM)");
    command->add_flag("--json", o->json, "Findings as JSON");
    command->callback([o, &exit_code] { exit_code = examine(*o); });
}

} // namespace outboot::tool
