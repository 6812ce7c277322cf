#include "tool/record_format.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>

#include "tool/intel_hex.hpp"
#include "tool/s_record.hpp"

namespace outboot::tool {

std::optional<RecordFormat> record_format_of(const std::string& path) {
    static const std::map<std::string, RecordFormat> formats{
        {".hex", RecordFormat::intel_hex}, {".ihex", RecordFormat::intel_hex}, {".srec", RecordFormat::s_record},
        {".s19", RecordFormat::s_record},  {".s28", RecordFormat::s_record},   {".s37", RecordFormat::s_record},
        {".mot", RecordFormat::s_record}};
    auto ending = std::filesystem::path(path).extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto found = formats.find(ending);
    return found == formats.end() ? std::nullopt : std::optional(found->second);
}

std::string write_records(RecordFormat format, const std::vector<Piece>& pieces) {
    return format == RecordFormat::intel_hex ? write_hex(pieces) : write_s_record(pieces);
}

} // namespace outboot::tool
