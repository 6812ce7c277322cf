// The arguments of `sign` that have a syntax of their own, as imgtool reads them. All throw Failure.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tool/image_builder.hpp"

namespace outboot::tool {

// A number, or "auto": from the version.
std::uint32_t parse_security_counter(const std::string& text, const format::Version& version);

// "(1, 1.2.3+0)(2, 4.5.6)": image number and least version, repeatedly. Empty text is an empty list.
std::vector<Dependency> parse_dependencies(std::string_view text);

// Pairs of type and value; a value is text, or bytes in hexadecimal after 0x; of `files`, what a file holds. Types
// outside the vendor range, outboot's own and repeated ones are refused; but without a layout the fingerprint may be
// given so, as in the emitted imgtool.args.
std::vector<std::pair<std::uint16_t, ByteVector>>
parse_custom_tlvs(const std::vector<std::pair<std::string, std::string>>& arguments,
                  const std::vector<std::pair<std::string, std::string>>& files, bool has_layout);

// UUIDs, or names to make them of. A class that is only a name needs a vendor.
std::optional<Uuid> parse_vendor(const std::optional<std::string>& text);
std::optional<Uuid> parse_class(const std::optional<std::string>& text, const std::optional<Uuid>& vendor);

} // namespace outboot::tool
