// A few values in data flash that survive power cuts: after any of them the store has the values from before the change
// that was cut or from after it, whole, and once it has shown the new ones it never goes back to the old ones.
//
// It follows the rule of the bootloader's journal (DESIGN.md, "The journal"), with three erase blocks for banks:
//
//     | generation, values, check | whole | settled |
//
// A unit that was cut may read as written at one boot and not at another. So `whole` is written when the record before
// it is complete; the newest record that shows it counts. Then every other block is erased, so that nothing else can
// ever speak, and only then comes `settled`. What isn't settled, or has a newer record beside it that isn't whole
// today, is written once more, by the same rule, before anybody acts on it.
#pragma once

#include <array>

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
        std::uint32_t generation = 0; // 0: no record
        Parameters values;
        bool whole = false;
        bool settled = false;
    };

    [[nodiscard]] std::uint32_t address(std::uint32_t block) const;
    [[nodiscard]] Found read(std::uint32_t block) const;
    // The block that falls next: one that shows no record, else one that isn't whole, else the newest.
    [[nodiscard]] std::uint32_t victim(const std::array<bool, blocks>& spared) const;
    bool erase(std::uint32_t block);
    bool program(std::uint32_t block, const Parameters& values, std::uint32_t from, std::uint32_t count);

    outboot::FlashRegion region_;
    std::array<Found, blocks> found_{};
    Parameters values_;
    std::uint32_t highest_ = 0; // generation that was seen, whole or not
};

} // namespace example
