// Everything that is generated from a layout. Pure: the caller writes the files.
#pragma once

#include <string>
#include <vector>

#include "layout/model.hpp"

namespace outboot::layouts {

struct EmittedFile {
    std::string name; // without directory
    std::string content;
};

std::string cpp_header(const Model& model);        // outboot_layout.hpp
std::string bootloader_memory(const Model& model); // bootloader_memory.ld
std::string app_memory(const Model& model);        // app_memory.ld
std::string app_sections(const Model& model);      // app_sections.ld
std::string cmake_variables(const Model& model);   // layout.cmake
std::string json(const Model& model);              // layout.json

// All of the above. The content depends on nothing but the model: the same layout gives the same bytes everywhere.
std::vector<EmittedFile> emit_all(const Model& model);

// "made by outboot layout emit from layout.toml, do not edit" and the fingerprint, for the head of an emitted file.
std::vector<std::string> emitted_notice(const Model& model);

} // namespace outboot::layouts
