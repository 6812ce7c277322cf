#include "tool/foreign_files.hpp"

#include <filesystem>

#include "tool/files.hpp"
#include "tool/intel_hex.hpp"

namespace outboot::tool {
std::map<std::string, std::string> foreign_files(const std::string& directory, const std::vector<Foreign>& foreign) {
    std::map<std::string, std::string> files;
    for (const auto& each : foreign)
        files[each.region->name] = (std::filesystem::path(directory) / (each.region->name + ".hex")).string();
    return files;
}

void write_foreign_files(const std::string& directory, const std::vector<Foreign>& foreign) {
    make_directory(directory);
    for (const auto& [region, file] : foreign_files(directory, foreign)) {
        std::vector<Piece> pieces;
        for (const auto& each : foreign)
            if (each.region->name == region) pieces.push_back(each.piece);
        write_file(file, write_hex(pieces));
    }
}

} // namespace outboot::tool
