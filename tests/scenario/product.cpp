#include "tests/scenario/product.hpp"

#include <cstdlib>
#include <filesystem>
#include <map>

#include "tests/scenario/repeatable.hpp"
#include "tool/failure.hpp"

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

Product make(core::Plan plan) {
    const Place place = place_of(plan);
    const char* const chosen = std::getenv("OUTBOOT_ARM_DIR");
    const auto arm = std::filesystem::path(chosen != nullptr ? chosen : OUTBOOT_ARM_DIR) / place.arm_directory;
    auto loaded = layouts::load((std::filesystem::path(OUTBOOT_EXAMPLE_DIR) / place.layout).string());
    if (!loaded.model) throw tool::Failure(std::string(place.layout) + " has errors");
    repeat_random_numbers(static_cast<std::uint64_t>(plan));
    return {
        .layout = std::move(*loaded.model),
        .bootloader_path = (arm / "bootloader.elf").string(),
        .bootloader = tool::load_program((arm / "bootloader.elf").string()),
        .apps = {tool::load_program((arm / "app-v1.elf").string()), tool::load_program((arm / "app-v2.elf").string())},
        .signer = tool::P256Key::generate(),
        .device_key = tool::P256Key::generate(),
        .stranger = tool::P256Key::generate()};
}

} // namespace

const Product& Product::of(core::Plan plan) {
    static std::map<core::Plan, Product> products;
    const auto found = products.find(plan);
    return found != products.end() ? found->second : products.emplace(plan, make(plan)).first->second;
}

layouts::Fingerprint Product::foreign_fingerprint() const {
    auto fingerprint = layout.core.fingerprint;
    fingerprint[3] ^= 0x10;
    return fingerprint;
}

} // namespace outboot::scenario
