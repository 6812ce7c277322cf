// The whole example's parts, in the order in which they begin.
#include "examples/ra6m4/app/parts.hpp"

#include <array>

#include "examples/ra6m4/app/files.hpp"
#include "examples/ra6m4/app/parameters.hpp"

namespace example {

std::span<const Part> parts() {
    static const std::array all{parameters::part, files::part}; // the files ask a parameter
    return all;
}

void note_event(std::string_view event) {
    files::append(event);
}

} // namespace example
