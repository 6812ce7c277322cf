// MCUboot's slot trailer: how large it is in which swap mode, what imgtool's --pad, --confirm and --test write of it,
// and what one says. outboot's own layouts have none: their state is in the journal (MCUboot's docs/design.md, "Image
// trailer").
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tool/byte_order.hpp"

namespace outboot::tool {

enum class SwapMode { scratch, move, offset, overwrite };

struct TrailerShape {
    SwapMode mode = SwapMode::scratch;
    std::uint32_t program_unit = 8; // bytes
    std::uint32_t max_align = 8;    // bytes of a cell
    std::uint32_t sectors = 128;    // as many as the slot is prepared for
    std::uint32_t key_bytes = 0;    // of one stored image key or wrapped key; 0: not encrypted
};

std::uint32_t trailer_bytes(const TrailerShape& shape);

// The largest image, header to last TLV, in a slot of this size. With a sector size, what the mode needs besides the
// trailer is taken away too: whole sectors for the trailer, a spare sector, the scratch area's trailer. 0: none fits.
std::uint32_t largest_image(const TrailerShape& shape, std::uint32_t slot_bytes,
                            std::optional<std::uint32_t> sector_bytes);

struct TrailerBytes {
    std::uint32_t at = 0; // offset in the slot
    ByteVector bytes;
};

// The cells that a padded image begins its life with: the magic and, `confirmed`, image_ok.
std::vector<TrailerBytes> initial_trailer(const TrailerShape& shape, std::uint32_t slot_bytes, std::uint8_t erased,
                                          bool confirmed, ByteOrder order);

// What the end of a padded image says.
struct FoundTrailer {
    std::uint32_t max_align = 0;
    std::string swap_type; // "none", "test", "permanent", "revert"; "none (unset)" if nothing is written
    unsigned image_number = 0;
    std::string copy_done; // "set", "unset", "bad"
    std::string image_ok;
};

// nullopt if `behind`, what follows an image in its file, doesn't end with a trailer's magic.
std::optional<FoundTrailer> find_trailer(ByteSpan behind, ByteOrder order);

} // namespace outboot::tool
