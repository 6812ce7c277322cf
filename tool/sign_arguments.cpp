#include "tool/sign_arguments.hpp"

#include <charconv>

#include <fmt/format.h>

#include "layout/model.hpp"
#include "layout/text.hpp"
#include "tool/failure.hpp"
#include "tool/files.hpp"

namespace outboot::tool {
namespace {

std::string_view trim(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

// "1, 1.2.3+0"
std::optional<Dependency> parse_dependency(std::string_view text) {
    const auto comma = text.find(',');
    if (comma == std::string_view::npos) return std::nullopt;
    const auto image = trim(text.substr(0, comma));
    const auto version = parse_version(trim(text.substr(comma + 1)));
    Dependency dependency;
    const auto [end, error] = std::from_chars(image.data(), image.data() + image.size(), dependency.image);
    if (!version || error != std::errc{} || end != image.data() + image.size()) return std::nullopt;
    dependency.least = *version;
    return dependency;
}

// "0x…" is bytes in hexadecimal, anything else stands for itself.
ByteVector tlv_value(const std::string& text) {
    if (!text.starts_with("0x")) return {text.begin(), text.end()};
    ByteVector out;
    for (std::size_t i = 2; i < text.size(); i += 2) {
        std::uint8_t byte = 0;
        const auto pair = text.substr(i, 2);
        const auto [end, error] = std::from_chars(pair.data(), pair.data() + pair.size(), byte, 16);
        if (pair.size() != 2 || error != std::errc{} || end != pair.data() + 2)
            throw Failure(fmt::format("'{}' isn't a whole number of bytes in hexadecimal", text));
        out.push_back(byte);
    }
    return out;
}

// MCUboot's design.md: vendor types are 0xXXA0 to 0xXXFF, but for 0xFFFF.
std::uint16_t vendor_type(const std::string& text, bool has_layout) {
    const auto type = layouts::parse_size(text);
    if (!type || *type >= 0xffff || (*type & 0xff) < 0xa0)
        throw Failure(fmt::format("'{}' isn't a vendor TLV type", text),
                      "vendor types end in A0 to FF, such as 0x00a0; the rest is reserved by MCUboot");
    if ((*type == format::tlv::layout_fingerprint && has_layout) || *type == format::tlv::service_table)
        throw Failure(
            fmt::format("the TLV type {} is outboot's own", text),
            "the layout's fingerprint comes from --layout, if that is given, services from the program or --needs");
    return static_cast<std::uint16_t>(*type);
}

} // namespace

std::uint32_t parse_security_counter(const std::string& text, const format::Version& version) {
    if (text == "auto") return counter_from(version);
    const auto number = layouts::parse_size(text);
    if (number && text.find_first_of("KM") == std::string::npos) return *number;
    throw Failure(fmt::format("'{}' isn't a security counter", text), "give a number from 0 to 4294967295, or auto");
}

std::vector<Dependency> parse_dependencies(std::string_view text) {
    std::vector<Dependency> found;
    for (auto rest = trim(text); !rest.empty();) {
        const auto end = rest.find(')');
        const auto one = rest.starts_with('(') && end != std::string_view::npos
                             ? parse_dependency(rest.substr(1, end - 1))
                             : std::nullopt;
        if (!one)
            throw Failure(fmt::format("'{}' isn't a list of dependencies", text),
                          "write -d \"(1, 1.2.3+0)(2, 4.5.6)\"");
        found.push_back(*one);
        rest = trim(rest.substr(end + 1));
    }
    return found;
}

std::vector<std::pair<std::uint16_t, ByteVector>>
parse_custom_tlvs(const std::vector<std::pair<std::string, std::string>>& arguments,
                  const std::vector<std::pair<std::string, std::string>>& files, bool has_layout) {
    std::vector<std::pair<std::uint16_t, ByteVector>> found;
    const auto add = [&](const std::string& type_text, ByteVector value) {
        const auto type = vendor_type(type_text, has_layout);
        if (type == format::tlv::layout_fingerprint && value.size() != sizeof(layouts::Fingerprint))
            throw Failure(fmt::format("a layout's fingerprint has 8 bytes, not {}", value.size()),
                          "take it from the emitted imgtool.args, or sign with --layout");
        for (const auto& each : found)
            if (each.first == type) throw Failure(fmt::format("the TLV type {} is given twice", type_text));
        found.emplace_back(type, std::move(value));
    };
    for (const auto& [type, value] : arguments) add(type, tlv_value(value));
    for (const auto& [type, path] : files) add(type, read_file(path, "the TLV's content"));
    return found;
}

std::optional<Uuid> parse_vendor(const std::optional<std::string>& text) {
    if (!text) return std::nullopt;
    if (text->empty()) throw Failure("a vendor needs a name", "give a UUID or a domain name");
    const auto uuid = parse_uuid(*text);
    return uuid ? *uuid : named_uuid(dns_name_space, *text);
}

std::optional<Uuid> parse_class(const std::optional<std::string>& text, const std::optional<Uuid>& vendor) {
    if (!text) return std::nullopt;
    if (const auto uuid = parse_uuid(*text)) return uuid;
    if (text->empty() || !vendor)
        throw Failure(fmt::format("'{}' isn't a UUID, and there is no vendor to make one from", *text),
                      "add --vid, or give a UUID");
    return named_uuid(*vendor, *text);
}

} // namespace outboot::tool
