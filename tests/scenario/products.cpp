#include "tests/scenario/products.hpp"

#include <cstdlib>
#include <filesystem>
#include <map>

#include "tests/scenario/repeatable.hpp"

namespace outboot::scenario {

namespace {

struct Place {
    const char* layout;
    const char* arm_directory;
};

Place place_of(core::Plan plan) {
    switch (plan) {
    case core::Plan::scratch:
        return {"layout-scratch.toml", "scratch"};
    case core::Plan::overwrite:
        return {"layout-overwrite.toml", "overwrite"};
    default:
        return {"layout.toml", "."};
    }
}

rig::Product load(core::Plan plan) {
    const Place place = place_of(plan);
    const char* const chosen = std::getenv("OUTBOOT_ARM_DIR");
    const std::filesystem::path arm(chosen != nullptr ? chosen : OUTBOOT_ARM_DIR);
    repeat_random_numbers(static_cast<std::uint64_t>(plan));
    return rig::Product::load((std::filesystem::path(OUTBOOT_EXAMPLE_DIR) / place.layout).string(),
                              (arm / place.arm_directory).string());
}

} // namespace

const rig::Product& product_of(core::Plan plan) {
    static std::map<core::Plan, rig::Product> products;
    const auto found = products.find(plan);
    return found != products.end() ? found->second : products.emplace(plan, load(plan)).first->second;
}

} // namespace outboot::scenario
