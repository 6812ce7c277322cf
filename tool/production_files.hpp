// The files that a device is programmed with.
#pragma once

#include <string>
#include <vector>

#include "layout/model.hpp"
#include "tool/program.hpp"

namespace outboot::tool {

struct ProductionFile {
    std::string path;
    std::vector<Piece> pieces;
};

enum class Division { one_file, per_memory };

// Per memory: "out/a.hex" becomes "out/a-code_flash.hex", "-data_flash", "-external", "-option_setting", as far as
// there is something for it. Addresses are the MCU's in all of them.
std::vector<ProductionFile> production_files(const std::string& path, const std::vector<Piece>& pieces,
                                             const layouts::Model& layout, Division division);

// Intel HEX or S-record, by the name of the file; readable by its owner alone. Throws Failure.
void write_production_file(const ProductionFile& file);

// Throws Failure for a name that says no format.
void require_record_format(const std::string& path);

} // namespace outboot::tool
