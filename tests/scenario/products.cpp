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

std::filesystem::path arm_directory() {
    const char* const chosen = std::getenv("OUTBOOT_ARM_DIR");
    return chosen != nullptr ? chosen : OUTBOOT_ARM_DIR;
}

constexpr Place serving{"layout-services.toml", "services"};
constexpr std::uint64_t serving_seed = 100;
constexpr std::array<const char*, 2> bare{"bare-v1.elf", "bare-v2.elf"};

rig::Product load(const Place& place, std::uint64_t seed, const std::array<const char*, 2>& applications) {
    repeat_random_numbers(seed);
    return rig::Product::load((std::filesystem::path(OUTBOOT_EXAMPLE_DIR) / place.layout).string(),
                              (arm_directory() / place.arm_directory).string(), applications);
}

rig::Product load(core::Plan plan, const std::array<const char*, 2>& applications) {
    return load(place_of(plan), static_cast<std::uint64_t>(plan), applications);
}

} // namespace

const rig::Product& product_of(core::Plan plan) {
    static std::map<core::Plan, rig::Product> products;
    const auto found = products.find(plan);
    return found != products.end() ? found->second : products.emplace(plan, load(plan, bare)).first->second;
}

const rig::Product& whole_product() {
    static const rig::Product product = load(core::Plan::offset, {"app-v1.elf", "app-v2.elf"});
    return product;
}

rig::Product with_faulty_bootloader(const std::string& name) {
    rig::Product product = product_of(core::Plan::offset);
    product.bootloader_path = (arm_directory() / "faulty" / name / "bootloader.elf").string();
    product.bootloader = tool::load_program(product.bootloader_path);
    return product;
}

const rig::Product& c_product() {
    static const rig::Product product = load(core::Plan::offset, {"c-app.elf", "c-app.elf"});
    return product;
}

const rig::Product& serving_product() {
    static const rig::Product product = load(serving, serving_seed, bare);
    return product;
}

std::string serving_directory() {
    return (arm_directory() / serving.arm_directory).string();
}

} // namespace outboot::scenario
