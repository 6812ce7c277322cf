// Everything that is generated from a layout. Pure: the caller writes the files.
#pragma once

#include <string>
#include <vector>

#include "layout/model.hpp"

namespace outboot::layouts {

struct EmittedFile {
    std::string name; // relative to the directory they are written to
    std::string content;
};

// Where a debugger finds what it loads; relative to the workspace.
struct ProgramPaths {
    std::string bootloader = "build/bootloader.elf";
    std::string application = "build/app.elf";
    std::string production = "build/production.hex";
};

std::string cpp_header(const Model& model);                                // outboot_layout.hpp
std::string c_header(const Model& model);                                  // outboot_layout.h
std::string c_fingerprint(const Model& model);                             // outboot_fingerprint.c
std::string bootloader_memory(const Model& model);                         // bootloader_memory.ld
std::string app_memory(const Model& model);                                // app_memory.ld
std::string app_sections(const Model& model);                              // app_sections.ld
std::string cmake_variables(const Model& model);                           // layout.cmake
std::string json(const Model& model);                                      // layout.json
std::string imgtool_arguments(const Model& model);                         // imgtool.args
std::string gdb_script(const Model& model);                                // outboot.gdb
std::string launch_json(const Model& model, const ProgramPaths& programs); // .vscode/launch.json

// memory_regions.ld; only for an MCU that FSP supports.
std::string fsp_memory_regions(const Model& model);

// All of the above. The content depends on nothing but the model: the same layout gives the same bytes everywhere.
std::vector<EmittedFile> emit_all(const Model& model, const ProgramPaths& programs = {});

// "made by outboot layout emit from layout.toml, do not edit" and the fingerprint, for the head of an emitted file.
std::vector<std::string> emitted_notice(const Model& model);

} // namespace outboot::layouts
