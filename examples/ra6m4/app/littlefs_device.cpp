#include "examples/ra6m4/app/littlefs_device.hpp"

namespace example {

namespace {

using outboot::FlashRegion;
using outboot::RegionResult;

const FlashRegion& region_of(const lfs_config* config) {
    return *static_cast<const FlashRegion*>(config->context);
}

int error_of(RegionResult result) {
    switch (result) {
    case RegionResult::ok:
        return LFS_ERR_OK;
    case RegionResult::outside:
    case RegionResult::misaligned:
        return LFS_ERR_INVAL;
    default:
        return LFS_ERR_IO;
    }
}

std::uint32_t address(const lfs_config* config, lfs_block_t block, lfs_off_t offset) {
    return block * config->block_size + offset;
}

int read(const lfs_config* config, lfs_block_t block, lfs_off_t offset, void* bytes, lfs_size_t count) {
    auto* const to = static_cast<std::uint8_t*>(bytes);
    return error_of(region_of(config).read(address(config, block, offset), to, count));
}

int program(const lfs_config* config, lfs_block_t block, lfs_off_t offset, const void* bytes, lfs_size_t count) {
    const auto* const from = static_cast<const std::uint8_t*>(bytes);
    return error_of(region_of(config).program(address(config, block, offset), from, count));
}

int erase(const lfs_config* config, lfs_block_t block) {
    return error_of(region_of(config).erase(address(config, block, 0), config->block_size));
}

int sync(const lfs_config* /*config*/) { // nothing is kept back
    return LFS_ERR_OK;
}

} // namespace

LittlefsDevice::LittlefsDevice(const FlashRegion& of) : region(of) {
    config.context = const_cast<FlashRegion*>(&region); // littlefs only hands it back
    config.read = read;
    config.prog = program;
    config.erase = erase;
    config.sync = sync;
    config.read_size = 16;
    config.prog_size = littlefs_page_bytes;
    config.block_size = region.erase_block();
    config.block_count = region.size() / region.erase_block();
    config.block_cycles = 500;
    config.cache_size = littlefs_page_bytes;
    config.lookahead_size = sizeof lookahead_buffer_;
    config.read_buffer = read_buffer_;
    config.prog_buffer = program_buffer_;
    config.lookahead_buffer = lookahead_buffer_;
}

} // namespace example
