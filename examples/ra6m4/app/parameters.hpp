// The example's parameters, in their region of the data flash beside the bootloader's journal.
#pragma once

#include "examples/ra6m4/app/parameter_store.hpp"
#include "examples/ra6m4/app/parts.hpp"

namespace example::parameters {

const Parameters& get();
bool set(const Parameters& values);

extern const Part part;

} // namespace example::parameters
