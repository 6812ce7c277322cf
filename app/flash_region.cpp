#include "app/flash_region.hpp"

namespace outboot {

namespace {

RegionResult result_of(bool done) {
    return done ? RegionResult::ok : RegionResult::failed;
}

} // namespace

RegionResult FlashRegion::check(std::uint32_t at, std::uint32_t count, std::uint32_t grain) const {
    if (at > region_.size || count > region_.size - at) return RegionResult::outside;
    return at % grain == 0 && count % grain == 0 ? RegionResult::ok : RegionResult::misaligned;
}

RegionResult FlashRegion::read(std::uint32_t at, std::uint8_t* bytes, std::uint32_t count) const {
    if (const RegionResult checked = check(at, count, 1); checked != RegionResult::ok) return checked;
    const FlashLock lock(device_);
    if (!lock.held()) return RegionResult::busy;
    return result_of(device_.read(device_.context, region_.offset + at, bytes, count));
}

RegionResult FlashRegion::erase(std::uint32_t at, std::uint32_t count) const {
    if (const RegionResult checked = check(at, count, region_.erase_block); checked != RegionResult::ok) return checked;
    const FlashLock lock(device_);
    if (!lock.held()) return RegionResult::busy;
    return result_of(device_.erase(device_.context, region_.offset + at, count));
}

RegionResult FlashRegion::program(std::uint32_t at, const std::uint8_t* bytes, std::uint32_t count) const {
    if (const RegionResult checked = check(at, count, region_.program_unit); checked != RegionResult::ok)
        return checked;
    const FlashLock lock(device_);
    if (!lock.held()) return RegionResult::busy;
    return result_of(device_.program(device_.context, region_.offset + at, bytes, count));
}

} // namespace outboot
