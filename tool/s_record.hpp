// Motorola S-record (SREC, S19, S28, S37, MOT): S0 to S9 are read, S0, S3, S5 or S6, and S7 written.
#pragma once

#include <string>
#include <vector>

#include "tool/program.hpp"

namespace outboot::tool {

bool looks_like_s_record(ByteSpan content);

// Throws Failure with the line's number for a bad record, a wrong checksum or count, a second content for an address,
// or a missing end. A start address is read and not kept: it is a debugger's matter.
std::vector<Piece> parse_s_record(ByteSpan content, const std::string& path);

// Only what the pieces hold: gaps stay gaps. `name`, at most 32 bytes of it, goes into the header record. Throws Failure
// for content beyond the 32-bit addresses.
std::string write_s_record(const std::vector<Piece>& pieces, const std::string& name = "outboot");

} // namespace outboot::tool
