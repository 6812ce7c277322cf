// outboot dumpinfo: what an image file says, believed or not.
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tool/commands.hpp"
#include "tool/console.hpp"
#include "tool/files.hpp"
#include "tool/image_check.hpp"
#include "tool/image_description.hpp"

namespace outboot::tool {
namespace {

struct DumpOptions {
    std::string image;
    std::string output;
    std::string format;
    std::string decrypt_key;
    std::string payload_out;
    bool json = false;
    bool silent = false;
};

// People read at a terminal, programs read files: imgtool's files are YAML.
std::string format_of(const DumpOptions& options) {
    if (options.json) return "json";
    if (!options.format.empty()) return options.format;
    return options.output.empty() ? "human" : "yaml";
}

// With the device's key the content is opened, too.
void open_content(const ImageFile& image, const DumpOptions& options, nlohmann::ordered_json& description) {
    if (options.decrypt_key.empty() && options.payload_out.empty()) return;
    std::optional<Key> key;
    if (!options.decrypt_key.empty()) {
        key = Key::load_for_wrapping(options.decrypt_key, "decryption key");
        key->require_private("decryption key");
    }
    const auto opened = open_image(image, key ? &*key : nullptr);
    const auto program = program_of(opened.image, nullptr);
    description["content"] =
        fmt::format("{} bytes, {}, the hash fits", program.size(), opened.was_encrypted ? "decrypted" : "in clear");
    if (!options.payload_out.empty()) write_file(options.payload_out, program, Access::secret);
}

void dump(const DumpOptions& options) {
    const auto image = ImageFile::load(options.image);
    auto description = describe_image(image, options.image);
    open_content(image, options, description);
    const auto format = format_of(options);
    const auto text = format == "json"   ? description.dump(2) + "\n"
                      : format == "yaml" ? yaml_text(description)
                                         : human_text(image, description);
    if (!options.output.empty())
        write_file(options.output, text);
    else if (!options.silent)
        fmt::print("{}", text);
}

} // namespace

void add_dumpinfo_command(CLI::App& app) {
    auto* command = app.add_subcommand("dumpinfo", "Show an image's header, TLVs and trailer");
    const auto o = std::make_shared<DumpOptions>();
    command->add_option("IMAGE", o->image, "Image file")->type_name("FILE")->required();
    command->add_option("-o,--outfile", o->output, "Write to this file instead of the terminal")->type_name("FILE");
    command->add_option("-f,--format", o->format, "human, yaml or json; default human, yaml for --outfile")
        ->check(CLI::IsMember({"human", "yaml", "json"}));
    command->add_flag("--json", o->json, "The same as --format json");
    command->add_flag("-s,--silent", o->silent, "Print nothing");
    command->add_option("--decrypt-key", o->decrypt_key, "Device's private key: open an encrypted image, too")
        ->type_name("FILE");
    command
        ->add_option("--payload-out", o->payload_out,
                     "Write the program, decrypted and unfolded, to this file (mode 0600)")
        ->type_name("FILE");
    command->callback([o] { dump(*o); });
    command->footer("Example, the program out of an encrypted image:\n"
                    "  outboot dumpinfo --decrypt-key device.pem --payload-out app.bin app.img");
}

} // namespace outboot::tool
