// The whole example's parts, and Mbed TLS.
#include "examples/ra6m4/app/parts.hpp"

#include <array>

#include "examples/ra6m4/app/crypto/demonstration.hpp"
#include "examples/ra6m4/app/files.hpp"
#include "examples/ra6m4/app/parameters.hpp"

namespace example {

std::span<const Part> parts() {
    static const std::array all{parameters::part, files::part, crypto::part}; // the files ask a parameter
    return all;
}

void note_event(std::string_view event) {
    files::append(event);
}

} // namespace example
