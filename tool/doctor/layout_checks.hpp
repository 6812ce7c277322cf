// Checks of the layout file itself and of its lock.
#pragma once

#include "layout/model.hpp"
#include "layout/spec.hpp"
#include "tool/doctor/finding.hpp"

namespace outboot::tool::doctor {

// Everything `outboot layout check` says.
Findings check_layout(const layouts::Diagnostics& diagnostics, const std::string& path);

// Regions that need more than a memory has, added up as somebody with a pocket calculator would.
Findings check_sums(const layouts::LayoutSpec& spec, const std::string& path);

// `lock`: the lock file's text, or nullopt if there is none.
Findings check_lock(const layouts::Model& model, const std::optional<std::string>& lock);

} // namespace outboot::tool::doctor
