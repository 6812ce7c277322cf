// Checks of a directory of emitted files, and of linker files that somebody keeps beside them.
#pragma once

#include "layout/model.hpp"
#include "tool/doctor/finding.hpp"

namespace outboot::tool::doctor {

struct TextFile {
    std::string path; // as it is named in findings
    std::string name; // relative to the directory
    std::string content;
};

// What `outboot layout emit` would write there now, against what stands there.
Findings check_emitted(const std::string& directory, const std::vector<TextFile>& files, const layouts::Model& model);

// A linker file that isn't emitted: the addresses it gives to what the layout also has.
Findings check_linker_file(const TextFile& file, const layouts::Model& model);

} // namespace outboot::tool::doctor
