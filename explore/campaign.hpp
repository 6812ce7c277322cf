// All explorations by name.
#pragma once

#include <string>
#include <vector>

#include "explore/geometry.hpp"
#include "explore/outcome.hpp"
#include "explore/picture.hpp"

namespace outboot::explore {

struct Campaign {
    std::string name;
    std::string about;
    std::string plan; // or "journal"
    Size size = Size::quick;
};

std::vector<Campaign> all_campaigns();

// Throw std::invalid_argument for a name that isn't one.
Outcome run_campaign(const std::string& name, std::uint64_t seed, const Limits& limits, const Report& report);
Outcome walk_campaign(const std::string& name, std::uint64_t seed, const Limits& limits, const Report& report);

// The picture of a history; without frames for a geometry that is a journal alone.
Picture picture_of_line(const std::string& line);

// A line as to_text() writes it, taken apart. Throws std::invalid_argument, also for the geometry of a journal alone.
std::pair<Geometry, std::vector<Step>> device_history(const std::string& line);

// A line as to_text() writes it. What is wrong in the end, or empty.
std::string replay_line(const std::string& line, const Tell& tell);

} // namespace outboot::explore
