// A region of a flash device for the application's own use, such as a file system's: what its user says of offsets can
// reach nothing else of the device, neither the secondary slot and its hole nor the journal.
//
//     constexpr auto files = outboot::own_external_region<outboot::layout, outboot::regions::files>();
//     outboot::FlashRegion region(devices.external(), files);
//     region.erase(0, region.erase_block());      // the region's first block, wherever it lies
//
// Each call locks the device and unlocks it, so the file system and outboot::Update share one driver.
#pragma once

#include "app/flash_access.hpp"
#include "core/layout.hpp"

namespace outboot {

enum class RegionResult : std::uint8_t {
    ok = 0,
    busy = 1,       // the device is in use, or doesn't answer
    outside = 2,    // not all of it lies in the region: nothing was touched
    misaligned = 3, // not whole erase blocks, or not whole program units: nothing was touched
    failed = 4,     // the device failed
};

// Where a region is, and the device's granularity. Made by the functions below, which know what it must not touch.
struct OwnRegion {
    std::uint32_t offset = 0; // from the device's start, bytes
    std::uint32_t size = 0;   // bytes
    std::uint32_t erase_block = 0;
    std::uint32_t program_unit = 0;
};

constexpr bool overlaps(const core::Region& region, const core::Slot& slot) {
    return region.offset < slot.base + slot.size && slot.base < region.offset + region.size;
}

// `region` is a constant of the emitted outboot_layout.hpp. One that isn't the application's doesn't compile.
template <const core::Layout& layout, const core::Region& region>
consteval OwnRegion own_external_region() {
    static_assert(region.offset + region.size <= layout.external_size, "the region isn't on the external chip");
    static_assert(!overlaps(region, layout.secondary), "the region holds the secondary slot");
    static_assert(!overlaps(region, layout.hole), "the region holds the slot's hole or scratch");
    return {region.offset, region.size, layout.external_erase_block, 1};
}

template <const core::Layout& layout, const core::Region& region>
consteval OwnRegion own_data_flash_region() {
    static_assert(!overlaps(region, layout.journal), "the region holds the bootloader's journal");
    return {region.offset, region.size, layout.journal_bank_bytes, layout.journal_program_unit};
}

class FlashRegion {
  public:
    constexpr FlashRegion(const FlashAccess& device, const OwnRegion& region) : device_(device), region_(region) {}

    [[nodiscard]] std::uint32_t size() const { return region_.size; }
    [[nodiscard]] std::uint32_t erase_block() const { return region_.erase_block; }
    [[nodiscard]] std::uint32_t program_unit() const { return region_.program_unit; }

    // Offsets count from the region's start.
    [[nodiscard]] RegionResult read(std::uint32_t at, std::uint8_t* bytes, std::uint32_t count) const;
    [[nodiscard]] RegionResult erase(std::uint32_t at, std::uint32_t count) const;
    [[nodiscard]] RegionResult program(std::uint32_t at, const std::uint8_t* bytes, std::uint32_t count) const;

  private:
    [[nodiscard]] RegionResult check(std::uint32_t at, std::uint32_t count, std::uint32_t grain) const;

    FlashAccess device_;
    OwnRegion region_;
};

} // namespace outboot
