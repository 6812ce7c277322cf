// The example's file system: littlefs on the region `files` of the external chip, beside the slot that updates come
// into. It keeps a boot counter and a log there.
#pragma once

#include "examples/ra6m4/app/parts.hpp"

namespace example::files {

// A line of the log: whole or not at all, whatever the power does. Nothing if there is no file system.
void append(std::string_view event);

extern const Part part;

} // namespace example::files
