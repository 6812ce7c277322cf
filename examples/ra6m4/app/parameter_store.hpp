// A few values in data flash that survive power cuts: after any of them the store has the values from before the change
// that was cut or from after it, whole, and once it has shown the new ones it never goes back to the old ones.
//
// Three erase blocks take turns. In each:
//
//     | generation, values, check | whole | settled |
//
// `whole` is written when the record before it is complete, `settled` behind that. A unit that was cut may read as
// written at one boot and not at another (DESIGN.md, "The journal"); so the newest record counts that shows `whole`,
// and if `settled` isn't there the same values are written once more before anybody acts on them. The record they came
// from and the settled one before it stay meanwhile; every other block is erased first, whatever it reads.
#pragma once

#include <array>
#include <optional>

#include "app/flash_region.hpp"

namespace example {

struct Parameters {
    std::uint32_t brightness = 50;     // percent, as an example
    std::uint32_t files_formatted = 0; // 1: the file system has been made, and is never made anew unasked
    bool operator==(const Parameters&) const = default;
};

class ParameterStore {
  public:
    static constexpr std::uint32_t blocks = 3;

    // Uses the last three erase blocks of the region.
    explicit ParameterStore(const outboot::FlashRegion& region) : region_(region) {}

    // False: the values are right, but couldn't be settled.
    bool load();
    [[nodiscard]] const Parameters& values() const { return values_; }  // defaults if there are none
    [[nodiscard]] std::uint32_t generation() const { return highest_; } // 0: never written
    bool write(const Parameters& values);

  private:
    struct Found {
        std::uint32_t generation = 0;
        Parameters values;
        bool whole = false;
        bool settled = false;
    };

    [[nodiscard]] std::uint32_t address(std::uint32_t block) const;
    [[nodiscard]] Found read(std::uint32_t block) const;
    bool write_block(std::uint32_t block, const Parameters& values);

    outboot::FlashRegion region_;
    Parameters values_;
    std::uint32_t highest_ = 0;            // generation that was seen, whole or not
    std::optional<std::uint32_t> newest_;  // block whose values count
    std::optional<std::uint32_t> settled_; // block of the newest settled record
};

} // namespace example
