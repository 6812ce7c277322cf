// What a program holds for other memories than the primary slot, as files of its own: initial values of data flash,
// content of the external chip.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tool/payload.hpp"

namespace outboot::tool {

// The file for each region in `foreign`, by the region's name: DIRECTORY/REGION.hex.
std::map<std::string, std::string> foreign_files(const std::string& directory, const std::vector<Foreign>& foreign);

// Writes an Intel HEX for each region; makes the directory. Throws Failure.
void write_foreign_files(const std::string& directory, const std::vector<Foreign>& foreign);

} // namespace outboot::tool
