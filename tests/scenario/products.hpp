// The example's products, one for each plan, with the same keys in every run.
#pragma once

#include <string>

#include "rig/product.hpp"

namespace outboot::scenario {

// Its application is the bare one. The ARM binaries come from $OUTBOOT_ARM_DIR, else from where scripts/build leaves
// them. Throws tool::Failure.
const rig::Product& product_of(core::Plan plan);

// The one of plan offset with a bootloader of tests/scenario/faulty.
rig::Product with_faulty_bootloader(const std::string& name);

// layout.toml's, with the whole application: file system, parameters.
const rig::Product& whole_product();
// layout.toml's, with the application in C.
const rig::Product& c_product();

// The one whose bootloader serves the application with its cryptography.
const rig::Product& serving_product();

// Where the ARM programs of that one are.
std::string serving_directory();

} // namespace outboot::scenario
