// Checks of things against each other, where no layout says which of them is right.
#pragma once

#include <optional>

#include "layout/model.hpp"
#include "tool/doctor/finding.hpp"
#include "tool/program.hpp"

namespace outboot::tool::doctor {

// A file, and the layout it says it is made for.
using LayoutClaim = std::pair<std::string, std::optional<layouts::Fingerprint>>;

// All must name the same layout, and the bootloader must carry it.
Findings check_agreement(const std::vector<LayoutClaim>& claims, const Program* bootloader);

} // namespace outboot::tool::doctor
