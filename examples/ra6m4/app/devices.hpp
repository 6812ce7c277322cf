// The MCU's flash devices, shared by everything in the application that writes: each call locks the one it needs.
#pragma once

#include "ports/ra6m4/application.hpp"

namespace example {

inline constinit outboot::ra6m4::Devices devices;

} // namespace example
