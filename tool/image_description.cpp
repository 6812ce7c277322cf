#include "tool/image_description.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tool/trailer.hpp"

namespace outboot::tool {
namespace {

using Json = nlohmann::ordered_json;

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

Json describe_trailer(const FoundTrailer& trailer) {
    return {{"alignment", trailer.max_align},
            {"swap_type", trailer.swap_type},
            {"image_number", trailer.image_number},
            {"copy_done", trailer.copy_done},
            {"image_ok", trailer.image_ok}};
}

// Two spaces a level; an entry of a list begins with its dash on the line of its first key.
void append_yaml(std::string& text, const Json& value, std::size_t indent, bool after_dash) {
    const auto child = [&](const Json& each) {
        if (each.is_structured() && !each.empty()) {
            text += "\n";
            return append_yaml(text, each, indent + 2, false);
        }
        text += " " + each.dump() + "\n";
    };
    bool first = true;
    for (const auto& [key, each] : value.items()) {
        text += std::string(first && after_dash ? 0 : indent, ' ');
        first = false;
        if (value.is_object()) {
            text += key + ":";
            child(each);
        } else if (each.is_object() && !each.empty()) {
            text += "- ";
            append_yaml(text, each, indent + 2, true);
        } else {
            text += "-";
            child(each);
        }
    }
}

} // namespace

Json describe_image(const ImageFile& image, const std::string& path) {
    const auto& header = image.header();
    auto tlvs = Json::array();
    for (const auto& tlv : image.tlvs())
        tlvs.push_back({{"type", tlv.type},
                        {"name", tlv_name(tlv.type)},
                        {"protected", tlv.is_protected},
                        {"offset", tlv.offset},
                        {"length", tlv.value.size()},
                        {"value", to_hex(tlv.value)}});
    Json root{{"image", path},
              {"version", version_text(header.version)},
              {"endian", image.order() == ByteOrder::little ? "little" : "big"},
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
    if (const auto trailer = find_trailer(image.behind(), image.order())) root["trailer"] = describe_trailer(*trailer);
    return root;
}

std::string human_text(const ImageFile& image, const Json& description) {
    const auto& header = image.header();
    std::string text = description.at("image").get<std::string>() + "\n";
    const auto line = [&](std::string_view name, const std::string& value) {
        text += fmt::format("  {:<22}{}\n", name, value);
    };
    line("version", version_text(header.version));
    if (image.order() == ByteOrder::big) line("byte order", "big-endian");
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
    if (!image.behind().empty()) line("behind the image", fmt::format("{} bytes", image.behind().size()));
    if (const auto trailer = find_trailer(image.behind(), image.order()))
        line("trailer",
             fmt::format("alignment {}, swap type {}, image {}, copy_done {}, image_ok {}", trailer->max_align,
                         trailer->swap_type, trailer->image_number, trailer->copy_done, trailer->image_ok));
    if (description.contains("content")) line("content", description.at("content").get<std::string>());
    return text;
}

std::string yaml_text(const Json& value) {
    std::string text;
    append_yaml(text, value, 0, false);
    return text;
}

} // namespace outboot::tool
