// bench/size: what the bootloader takes of flash and RAM, by part, against its budget.
#include <numeric>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "bench/call_graph.hpp"
#include "bench/command_line.hpp"
#include "bench/parts.hpp"

namespace outboot::bench {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint32_t usual_flash_budget = 12'288; // bytes; design: everything in, drivers included
constexpr std::uint32_t ram_budget = 4'096;          // bytes; static and the deepest stack

struct PartSize {
    std::uint32_t flash = 0; // bytes
    std::uint32_t ram = 0;
};

// A function that the service table offers to applications, and its deepest chain of calls. One that calls what it is
// given, a random source, isn't certain. bench/crypto --services measures what calls really take.
struct ServiceStack {
    std::string name;
    StackReport stack;
};

struct Sizes {
    std::vector<PartSize> parts{bench::parts().size()};
    std::uint32_t stack_reserved = 0;
    std::uint32_t flash_budget = usual_flash_budget;
    StackReport stack;
    std::vector<ServiceStack> services;

    [[nodiscard]] PartSize sum() const {
        return std::accumulate(parts.begin(), parts.end(), PartSize{}, [](PartSize a, const PartSize& b) {
            return PartSize{a.flash + b.flash, a.ram + b.ram};
        });
    }
    [[nodiscard]] std::uint32_t ram() const { return sum().ram + stack.bytes; }
    [[nodiscard]] bool within_budget() const { return sum().flash <= flash_budget && ram() <= ram_budget; }
};

std::vector<ServiceStack> service_stacks(const Firmware& firmware) {
    constexpr std::string_view prefix = "outboot_serve_";
    std::vector<ServiceStack> services;
    for (const FirmwareSymbol& symbol : firmware.symbols()) {
        if (!symbol.function || !symbol.name.starts_with(prefix)) continue;
        services.push_back({symbol.name.substr(prefix.size()), deepest_stack(firmware, symbol.address)});
    }
    return services;
}

Sizes measure(const Firmware& firmware) {
    Sizes sizes;
    const std::uint32_t ram = firmware.address_of("outboot_stack_bottom") & 0xf0000000;
    for (const FirmwareSection& section : firmware.sections()) {
        const bool in_ram = section.address >= ram;
        if (section.name == ".stack") {
            sizes.stack_reserved = section.size;
            continue;
        }
        for (std::uint32_t at = 0; at < section.size; ++at) {
            PartSize& part = sizes.parts[part_of(firmware, (section.address + at) & ~1U)];
            part.flash += section.loaded ? 1 : 0;
            part.ram += in_ram ? 1 : 0;
        }
    }
    sizes.stack = deepest_stack(firmware, firmware.address_of("outboot_reset_handler"));
    sizes.services = service_stacks(firmware);
    return sizes;
}

std::string against(std::uint32_t bytes, std::uint32_t budget) {
    return bytes <= budget ? fmt::format("{:>7} of {}, {} to spare", bytes, budget, budget - bytes)
                           : fmt::format("{:>7} of {}, {} TOO MUCH", bytes, budget, bytes - budget);
}

void print_table(const Sizes& sizes) {
    fmt::print("{:<48}{:>8}{:>8}\n", "", "flash B", "RAM B");
    std::string_view group;
    for (std::size_t i = 0; i < parts().size(); ++i) {
        const Part& part = parts()[i];
        const PartSize& size = sizes.parts[i];
        if (size.flash == 0 && size.ram == 0) continue;
        if (part.group != group) {
            group = part.group;
            PartSize all;
            for (std::size_t k = 0; k < parts().size(); ++k)
                if (parts()[k].group == group) all = {all.flash + sizes.parts[k].flash, all.ram + sizes.parts[k].ram};
            if (!group.empty()) fmt::print("{:<48}{:>8}{:>8}\n", group, all.flash, all.ram);
        }
        fmt::print("{:<48}{:>8}{:>8}\n", fmt::format("{}{}", group.empty() ? "" : "  ", part.name), size.flash,
                   size.ram);
    }
    fmt::print("{:<48}{:>8}{:>8}\n", "deepest stack", "", sizes.stack.bytes);
    fmt::print("\nflash {}\n", against(sizes.sum().flash, sizes.flash_budget));
    fmt::print("RAM   {} (the linker script keeps {} for the stack)\n", against(sizes.ram(), ram_budget),
               sizes.stack_reserved);
}

void print_services(const std::vector<ServiceStack>& services, bool reasons) {
    if (services.empty()) return;
    fmt::print("\n{:<48}{:>8}{:>8}\n", "services, on their caller's stack", "", "stack B");
    for (const ServiceStack& service : services) {
        const auto& problems = service.stack.problems;
        fmt::print("{:<48}{:>8}{:>8}{}\n", "  " + service.name, "", service.stack.bytes,
                   problems.empty() ? "" : ", not certain");
        if (!reasons) continue;
        for (const std::string& problem : problems) fmt::print("    {}\n", problem);
    }
}

void print_stack(const StackReport& stack) {
    fmt::print("\ndeepest chain of calls:\n");
    for (const StackStep& step : stack.chain) fmt::print("  {:>5}  {}\n", step.bytes, step.function);
    for (const std::string& problem : stack.problems) fmt::print("  not certain: {}\n", problem);
}

std::string as_json(const Sizes& sizes) {
    Json result;
    for (std::size_t i = 0; i < parts().size(); ++i)
        result["parts"].push_back({{"group", parts()[i].group},
                                   {"name", parts()[i].name},
                                   {"flash", sizes.parts[i].flash},
                                   {"ram", sizes.parts[i].ram}});
    result["flash"] = {{"bytes", sizes.sum().flash}, {"budget", sizes.flash_budget}};
    result["ram"] = {{"bytes", sizes.ram()},
                     {"static", sizes.sum().ram},
                     {"stack", sizes.stack.bytes},
                     {"stack_reserved", sizes.stack_reserved},
                     {"budget", ram_budget}};
    for (const StackStep& step : sizes.stack.chain)
        result["deepest_chain"].push_back({{"function", step.function}, {"bytes", step.bytes}});
    result["problems"] = sizes.stack.problems;
    for (const ServiceStack& service : sizes.services)
        result["services"].push_back(
            {{"name", service.name}, {"stack", service.stack.bytes}, {"problems", service.stack.problems}});
    return result.dump(2);
}

} // namespace
} // namespace outboot::bench

int main(int argc, char** argv) {
    using namespace outboot::bench;
    CLI::App app{"What the bootloader takes of flash and RAM, by part, against its budget", "bench/size"};
    std::string elf = OUTBOOT_ARM "/bootloader.elf";
    bool json = false;
    bool stack = false;
    bool check = false;
    std::uint32_t flash_budget = usual_flash_budget;
    app.add_option("--flash-budget", flash_budget, "Bytes of flash it may take")->capture_default_str();
    app.add_option("ELF", elf, "Bootloader, with debug information")->capture_default_str();
    app.add_flag("--json", json, "Result as JSON");
    app.add_flag("--stack", stack, "Also the deepest chain of calls, with its frames, and why a stack isn't certain");
    app.add_flag("--check", check, "Fail if a budget is exceeded or the stack isn't certain");
    return run_bench(app, argc, argv, [&] {
        const Firmware firmware(elf);
        Sizes sizes = measure(firmware);
        sizes.flash_budget = flash_budget;
        if (json) {
            fmt::print("{}\n", as_json(sizes));
        } else {
            print_table(sizes);
            print_services(sizes.services, stack);
            if (stack || !sizes.stack.problems.empty()) print_stack(sizes.stack);
        }
        return !check || (sizes.within_budget() && sizes.stack.problems.empty());
    });
}
