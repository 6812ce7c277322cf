// UUIDs of vendors and device classes: given as such, or made from a name (RFC 4122, version 5).
#pragma once

#include <optional>
#include <string>

#include "tool/primitives.hpp"

namespace outboot::tool {

using Uuid = std::array<std::uint8_t, 16>;

// 32 hexadecimal digits, with or without dashes; nullopt for anything else.
std::optional<Uuid> parse_uuid(const std::string& text);

Uuid named_uuid(const Uuid& name_space, const std::string& name);

// RFC 4122, appendix C: the name space of domain names.
inline constexpr Uuid dns_name_space{0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1,
                                     0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};

} // namespace outboot::tool
