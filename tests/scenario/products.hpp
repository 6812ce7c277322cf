// The example's products, one for each plan, with the same keys in every run.
#pragma once

#include "rig/product.hpp"

namespace outboot::scenario {

// The ARM binaries come from $OUTBOOT_ARM_DIR, else from where scripts/build leaves them. Throws tool::Failure.
const rig::Product& product_of(core::Plan plan);

} // namespace outboot::scenario
