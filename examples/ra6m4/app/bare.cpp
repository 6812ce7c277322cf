// The bare example: nothing but updates, and not a byte of flash touched for anything else.
#include "examples/ra6m4/app/parts.hpp"

namespace example {

std::span<const Part> parts() {
    return {};
}

void note_event(std::string_view /*event*/) {}

} // namespace example
