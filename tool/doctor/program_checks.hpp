// Checks of a linked program, application or bootloader, against its layout; one file for each subject.
#pragma once

#include "layout/model.hpp"
#include "tool/doctor/finding.hpp"
#include "tool/elf_file.hpp"

namespace outboot::tool::doctor {

struct ProgramFacts {
    Program program;
    LinkMap map; // empty unless it is an ELF
};

// Where the program begins: its lowest content in the code flash (a binary's first byte, where the layout puts it).
// nullopt: it has nothing there.
std::optional<std::uint64_t> begin_in_code_flash(const Program& program, const layouts::Model& model);

// linking.cpp: made for this layout, and linked where the layout says.
Findings check_built_for(const Program& program, const layouts::Model& model);
Findings check_link_address(const Program& program, const layouts::Model& model);

// vector_table.cpp: what stands at `table` is one that the MCU can start from. `end`: behind the program's code.
Findings check_vector_table(const Program& program, const layouts::Model& model, std::uint64_t table,
                            std::uint64_t end);

// content.cpp: what lies outside the image, and what a flat binary makes of that.
Findings check_content(const Program& program, const layouts::Model& model);
// A file without addresses that is far too large: `bytes` of it.
Findings check_flat_size(const std::string& path, std::uint64_t bytes, const layouts::Model& model);

// room.cpp: larger than it may be, by how much, and what takes the room; in flash and in RAM.
Findings check_room(const ProgramFacts& facts, const layouts::Model& model);
Findings check_ram(const ProgramFacts& facts, const layouts::Model& model);
// The largest sections and symbols between two load addresses, largest first: one line each.
std::vector<std::string> what_takes_room(const LinkMap& map, std::uint64_t begin, std::uint64_t end);

// All that there is to be said of an application.
Findings check_application(const ProgramFacts& facts, const layouts::Model& model);

// bootloader.cpp
Findings check_bootloader(const ProgramFacts& facts, const layouts::Model& model);

} // namespace outboot::tool::doctor
