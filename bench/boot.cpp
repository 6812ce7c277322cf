// bench/boot: what a boot costs, from reset to the application, with nothing to do but verify it.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "bench/command_line.hpp"
#include "bench/device.hpp"
#include "bench/profile.hpp"

namespace outboot::bench {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t slice = 10'007; // instructions; prime, so as not to keep step with any loop

struct Result {
    std::size_t image_bytes = 0;
    std::uint64_t instructions = 0;
    board::Picoseconds time = 0;
    std::uint64_t flash_operations = 0;
    std::uint64_t external_bytes_read = 0;
    std::vector<Profile::Share> shares; // of the instructions
};

Result measure(const std::string& arm_directory, std::uint32_t bytes) {
    Device device("offset", arm_directory);
    const auto image = device.image(1, bytes);
    device.provision(image);
    device.run_to_reset_handler();
    Profile profile(device.bootloader);
    const std::uint64_t began_at = device.board.instructions();
    const board::Picoseconds began = device.board.now();
    device.run_to_application({.instructions = slice}, [&](std::uint32_t pc) { profile.sample(pc); });
    return {.image_bytes = image.size(),
            .instructions = device.board.instructions() - began_at,
            .time = device.board.now() - began,
            .flash_operations = device.board.operations().total(),
            .external_bytes_read = device.board.external().bytes_read(),
            .shares = profile.shares()};
}

void print_result(const Result& r) {
    fmt::print("from reset to the application's first instruction, image of {} bytes:\n", r.image_bytes);
    fmt::print("  {:<32}{:>12}\n", "instructions", r.instructions);
    fmt::print("  {:<32}{:>12.3f} s\n", "virtual time", board::in_seconds(r.time));
    fmt::print("  {:<32}{:>12}\n", "flash operations", r.flash_operations);
    fmt::print("  {:<32}{:>12}\n", "bytes read from the external chip", r.external_bytes_read);
    fmt::print("  where the instructions are:\n");
    for (const auto& share : r.shares) fmt::print("    {:<44}{:>5.1f} %\n", share.part, 100 * share.share);
}

Json as_json(const Result& r) {
    Json json{{"image_bytes", r.image_bytes},
              {"instructions", r.instructions},
              {"seconds", board::in_seconds(r.time)},
              {"flash_operations", r.flash_operations},
              {"external_bytes_read", r.external_bytes_read}};
    for (const auto& share : r.shares)
        json["instruction_shares"].push_back({{"part", share.part}, {"share", share.share}});
    return json;
}

} // namespace
} // namespace outboot::bench

int main(int argc, char** argv) {
    using namespace outboot::bench;
    CLI::App app{"What a boot costs on the virtual board, from reset to the application", "bench/boot"};
    std::string arm_directory = OUTBOOT_ARM;
    std::uint32_t bytes = 700 * 1024;
    bool json = false;
    app.add_option("--bytes", bytes, "Size of the image, header to last TLV")->capture_default_str();
    app.add_option("--arm", arm_directory, "Where the ARM binaries are")->capture_default_str();
    app.add_flag("--json", json, "Result as JSON");
    return run_bench(app, argc, argv, [&] {
        const Result result = measure(arm_directory, bytes);
        if (json)
            fmt::print("{}\n", as_json(result).dump(2));
        else
            print_result(result);
        return true;
    });
}
