// Intel HEX: 32-bit addresses (record types 00 to 05), 16 data bytes a line when written.
#pragma once

#include <string>
#include <vector>

#include "tool/program.hpp"

namespace outboot::tool {

bool looks_like_hex(ByteSpan content);

// Throws Failure with the line's number for a bad record, a wrong checksum, a second content for an address, or a
// missing end.
std::vector<Piece> parse_hex(ByteSpan content, const std::string& path);

// Only what the pieces hold: gaps stay gaps. Throws Failure for content beyond the 32-bit addresses.
std::string write_hex(const std::vector<Piece>& pieces);

} // namespace outboot::tool
