#include "tool/sign_arguments.hpp"

#include <charconv>

#include <fmt/format.h>

#include "layout/text.hpp"
#include "tool/failure.hpp"

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
parse_custom_tlvs(const std::vector<std::pair<std::string, std::string>>& arguments) {
    std::vector<std::pair<std::uint16_t, ByteVector>> found;
    for (const auto& [type_text, value] : arguments) {
        const auto type = layouts::parse_size(type_text);
        // MCUboot's design.md: vendor types are 0xXXA0 to 0xXXFF, but for 0xFFFF.
        if (!type || *type >= 0xffff || (*type & 0xff) < 0xa0)
            throw Failure(fmt::format("'{}' isn't a vendor TLV type", type_text),
                          "vendor types end in A0 to FF, such as 0x00a0; the rest is reserved by MCUboot");
        if (*type == format::tlv::layout_fingerprint || *type == format::tlv::service_table)
            throw Failure(fmt::format("the TLV type {} is outboot's own", type_text),
                          "the layout fingerprint comes from --layout");
        for (const auto& each : found)
            if (each.first == *type) throw Failure(fmt::format("the TLV type {} is given twice", type_text));
        found.emplace_back(static_cast<std::uint16_t>(*type), tlv_value(value));
    }
    return found;
}

} // namespace outboot::tool
