// Is this program the bootloader of this layout: where it lies, what it leaves alone, which layout it was built for.
#pragma once

#include <vector>

#include "layout/model.hpp"
#include "tool/objection.hpp"
#include "tool/program.hpp"

namespace outboot::tool {

// What a bootloader's file may hold for option-setting memory, where some bits are for ever.
enum class OptionSettings { refused, allowed };

bool in_option_settings(const Piece& piece, const layouts::Model& model);

// Everything that is wrong with it, the place of its pieces first.
std::vector<Objection> objections_to_bootloader(const Program& program, const layouts::Model& model,
                                                OptionSettings option_settings);

// The layout's fingerprint stands in it as a constant.
bool carries_fingerprint(const Program& program, const layouts::Fingerprint& fingerprint);

} // namespace outboot::tool
