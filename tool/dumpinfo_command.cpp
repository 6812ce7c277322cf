// outboot dumpinfo: what an image file says, believed or not.
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tool/commands.hpp"
#include "tool/console.hpp"
#include "tool/files.hpp"
#include "tool/image_file.hpp"

namespace outboot::tool {
namespace {

std::vector<std::string> flag_names(std::uint32_t flags) {
    static const std::vector<std::pair<std::uint32_t, std::string>> known{
        {format::flag_pic, "PIC"},
        {format::flag_encrypted_aes128, "ENCRYPTED_AES128"},
        {format::flag_encrypted_aes256, "ENCRYPTED_AES256"},
        {format::flag_non_bootable, "NON_BOOTABLE"},
        {format::flag_ram_load, "RAM_LOAD"},
        {format::flag_rom_fixed, "ROM_FIXED"},
        {format::flag_compressed_lzma1, "COMPRESSED_LZMA1"},
        {format::flag_compressed_lzma2, "COMPRESSED_LZMA2"},
        {format::flag_compressed_arm_thumb, "COMPRESSED_ARM_THUMB"}};
    std::vector<std::string> names;
    for (const auto& [bit, name] : known) {
        if ((flags & bit) != 0) names.push_back(name);
        flags &= ~bit;
    }
    if (flags != 0) names.push_back(fmt::format("{:#x}", flags));
    return names;
}

std::string human(const ImageFile& image, const std::string& path) {
    const auto& header = image.header();
    std::string text = fmt::format("{}\n", path);
    const auto line = [&](std::string_view name, const std::string& value) {
        text += fmt::format("  {:<22}{}\n", name, value);
    };
    line("version", version_text(header.version));
    line("header", fmt::format("{:#x} bytes", header.header_size));
    line("payload",
         fmt::format("{:#x} ({}) bytes at {:#x}", header.payload_bytes, header.payload_bytes, header.header_size));
    std::string flags;
    for (const auto& name : flag_names(header.flags)) flags += (flags.empty() ? "" : ", ") + name;
    line("flags", flags.empty() ? "none" : flags);
    line("load address", fmt::format("{:#010x}", header.load_address));
    for (const bool is_protected : {true, false}) {
        if (is_protected && header.protected_tlv_bytes == 0) continue;
        text += is_protected ? fmt::format("  protected TLVs, {} bytes\n", header.protected_tlv_bytes) : "  TLVs\n";
        for (const auto& tlv : image.tlvs())
            if (tlv.is_protected == is_protected)
                text += fmt::format("    {:#06x} {:<18} {:>4} bytes  {}\n", tlv.type, tlv_name(tlv.type),
                                    tlv.value.size(), to_hex(tlv.value));
    }
    line("image", fmt::format("{} bytes", image.image_bytes()));
    if (image.file_bytes() > image.image_bytes())
        line("behind the image", fmt::format("{} bytes", image.file_bytes() - image.image_bytes()));
    return text;
}

std::string json(const ImageFile& image, const std::string& path) {
    const auto& header = image.header();
    auto tlvs = nlohmann::ordered_json::array();
    for (const auto& tlv : image.tlvs())
        tlvs.push_back({{"type", tlv.type},
                        {"name", tlv_name(tlv.type)},
                        {"protected", tlv.is_protected},
                        {"offset", tlv.offset},
                        {"length", tlv.value.size()},
                        {"value", to_hex(tlv.value)}});
    const nlohmann::ordered_json root{{"image", path},
                                      {"version", version_text(header.version)},
                                      {"header",
                                       {{"magic", header.magic},
                                        {"load_address", header.load_address},
                                        {"header_size", header.header_size},
                                        {"protected_tlv_size", header.protected_tlv_bytes},
                                        {"image_size", header.payload_bytes},
                                        {"flags", header.flags},
                                        {"flag_names", flag_names(header.flags)}}},
                                      {"tlvs", tlvs},
                                      {"image_bytes", image.image_bytes()},
                                      {"file_bytes", image.file_bytes()}};
    return root.dump(2) + "\n";
}

} // namespace

void add_dumpinfo_command(CLI::App& app) {
    auto* command = app.add_subcommand("dumpinfo", "Show an image's header and TLVs");
    struct Options {
        std::string image;
        std::string output;
        std::string format = "human";
        bool json = false;
    };
    const auto o = std::make_shared<Options>();
    command->add_option("IMAGE", o->image, "Image file")->required();
    command->add_option("-o,--outfile", o->output, "Write to this file instead of the terminal");
    command->add_option("-f,--format", o->format, "human or json")->check(CLI::IsMember({"human", "json"}));
    command->add_flag("--json", o->json, "The same as --format json");
    command->callback([o] {
        const auto image = ImageFile::parse(read_file(o->image, "the image"));
        const auto text = o->json || o->format == "json" ? json(image, o->image) : human(image, o->image);
        if (o->output.empty())
            fmt::print("{}", text);
        else
            write_file(o->output, text);
    });
}

} // namespace outboot::tool
