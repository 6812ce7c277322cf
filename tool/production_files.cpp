#include "tool/production_files.hpp"

#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "layout/geometry.hpp"
#include "layout/text.hpp"
#include "tool/failure.hpp"
#include "tool/files.hpp"
#include "tool/record_format.hpp"

namespace outboot::tool {
namespace {

using layouts::Memory;

// In the order of their addresses, as the layout file calls them.
std::string memory_of(const Piece& piece, const layouts::Model& layout) {
    if (layout.mcu->option_setting.contains(piece.address)) return "option_setting";
    for (const Memory memory : {Memory::code_flash, Memory::data_flash, Memory::external}) {
        if (!layouts::has_memory(memory, *layout.mcu)) continue;
        const auto geometry = layouts::geometry_of(memory, *layout.mcu, layout.external.get());
        if (layouts::AddressRange{geometry.address(), geometry.size()}.contains(piece.address))
            return layouts::to_string(memory);
    }
    throw Failure(fmt::format("{} lies in no memory", describe(piece)));
}

} // namespace

std::vector<ProductionFile> production_files(const std::string& path, const std::vector<Piece>& pieces,
                                             const layouts::Model& layout, Division division) {
    if (division == Division::one_file) return {{path, pieces}};
    std::vector<ProductionFile> files;
    std::map<std::string, std::size_t> index;
    for (const auto& piece : pieces) {
        const auto memory = memory_of(piece, layout);
        const auto [at, fresh] = index.emplace(memory, files.size());
        if (fresh) {
            const std::filesystem::path whole(path);
            const auto name = whole.stem().string() + "-" + memory + whole.extension().string();
            files.push_back({(whole.parent_path() / name).string(), {}});
        }
        files[at->second].pieces.push_back(piece);
    }
    return files;
}

void require_record_format(const std::string& path) {
    if (!record_format_of(path))
        throw Failure(fmt::format("{}: the name says neither Intel HEX nor S-record", path),
                      "end it with .hex, or with .srec, .s19, .s28, .s37 or .mot. A raw binary would fill the gaps "
                      "between memories");
}

void write_production_file(const ProductionFile& file) {
    require_record_format(file.path);
    write_file(file.path, write_records(*record_format_of(file.path), file.pieces), Access::secret);
}

} // namespace outboot::tool
