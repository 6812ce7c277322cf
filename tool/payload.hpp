// From a linked program to an image's payload: what belongs into the image, what belongs elsewhere, what mustn't be.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "layout/model.hpp"
#include "tool/program.hpp"

namespace outboot::tool {

struct Foreign {
    const layouts::Region* region = nullptr; // an application region of the layout
    Piece piece;
};

struct Payload {
    ByteVector bytes;        // what follows the header
    bool had_header = false; // the input had room for the header: that many zero bytes, which are not in `bytes`
    std::optional<std::uint64_t> address; // of the payload's first byte; unset for a binary without a layout
    std::vector<Foreign> foreign;         // left out
};

// The region that an address is in; nullptr if there is none.
const layouts::Region* region_at(const layouts::Model& model, std::uint64_t address);

// Why a piece can be neither in the image nor left out, naming it; empty if it can.
std::string misplacement(const layouts::Model& model, const Piece& piece);

// What to do about such pieces.
std::string hint_for(const layouts::Model& model, const std::vector<const Piece*>& misplaced);

// With a layout: pieces in the primary slot become the payload (gaps filled with `fill`), pieces in application regions
// are foreign, everything else is a Failure that names all offenders. Also checks the reset vector.
Payload payload_for(const Program& program, const layouts::Model& model, std::uint8_t fill);

// Without a layout: everything from the lowest to the highest address, at most `limit` bytes. A gap over 1 MB is a
// Failure that names both its ends. `header_size` zero bytes in front are taken for the header unless `pad_header`.
Payload payload_without_layout(const Program& program, std::size_t header_size, bool pad_header, std::size_t limit,
                               std::uint8_t fill);

} // namespace outboot::tool
