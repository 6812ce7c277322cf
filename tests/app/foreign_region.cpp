// Compiled with REGION set to one that may be the application's own, or may not.
#include "app/flash_region.hpp"

using namespace outboot;

namespace {

constexpr core::Layout layout{.secondary = {0x10000, 0x20000},
                              .hole = {0x30000, 0x8000},
                              .external_erase_block = 4096,
                              .external_size = 0x40000,
                              .journal = {0x1c00, 0x400},
                              .journal_bank_bytes = 64};
constexpr core::Region files{.address = 0x60000000, .size = 0x10000, .offset = 0};
constexpr core::Region byte_too_many{.address = 0x60000000, .size = 0x10001, .offset = 0};
constexpr core::Region slot{.address = 0x60010000, .size = 0x20000, .offset = 0x10000};
constexpr core::Region hole{.address = 0x60037fff, .size = 0x8000, .offset = 0x37fff};
constexpr core::Region beyond{.address = 0x60038000, .size = 0x8001, .offset = 0x38000};
constexpr core::Region journal{.address = 0x08001bff, .size = 2, .offset = 0x1bff};

constexpr OwnRegion region = REGION;
static_assert(region.size != 0);

// Each test looks at one of them.
[[maybe_unused]] constexpr auto all = {&files, &byte_too_many, &slot, &hole, &beyond, &journal};

} // namespace
