// Files of records that the tool writes: which kind, says the name of the file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tool/program.hpp"

namespace outboot::tool {

enum class RecordFormat { intel_hex, s_record };

// .hex, .ihex; .srec, .s19, .s28, .s37, .mot; in any case of letters. nullopt for another name.
std::optional<RecordFormat> record_format_of(const std::string& path);

std::string write_records(RecordFormat format, const std::vector<Piece>& pieces);

} // namespace outboot::tool
