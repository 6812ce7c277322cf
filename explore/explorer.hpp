// Explores every state that a device's flash can be in, breadth first: from each, one boot is run to its end, and at
// each of its flash operations the supply goes, after it and inside it, which gives the next states; likewise for what
// an application does. Histories with any number of cuts follow from exploring states instead of runs.
//
// In every state: the boot ends in the image that the reference model (explore/model.hpp) allows, and that image is
// byte-exact, on steady cells, with nothing behind it; the backup of an image on trial is byte-exact; no plaintext is
// ever programmed outside; the counter never falls; no rule of a chip or area is broken.
#pragma once

#include "explore/geometry.hpp"
#include "explore/outcome.hpp"

namespace outboot::explore {

// Stops at the first violation: breadth first, so no history to one is shorter.
Outcome explore(const Geometry& geometry, const Limits& limits = {}, const Report& report = {});

class Scene;
struct Device;
struct Operation;
using AfterStep = std::function<void(const Scene&, const Device&)>;
using OnOperation = std::function<void(const Operation&)>;

// Runs one history, telling each step and operation; what is wrong at its end, or empty.
std::string replay(const Geometry& geometry, const std::vector<Step>& history, const Tell& tell,
                   const AfterStep& after_step = {}, const OnOperation& on_operation = {});

} // namespace outboot::explore
