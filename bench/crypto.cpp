// bench/crypto: what the crypto backend takes of flash, by part, and of time and stack, by operation. The operations
// really run, as ARM code in the emulator, and their results are compared with OpenSSL's.
#include <algorithm>
#include <functional>
#include <numeric>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "bench/command_line.hpp"
#include "bench/services.hpp"
#include "tests/crypto/arm/machine.hpp"
#include "tests/crypto/reference.hpp"

namespace outboot::bench {
namespace {

using Json = nlohmann::ordered_json;
using namespace crypto::test;

// One of the two sets of cryptography (crypto/CMakeLists.txt), and what it may take.
struct Set {
    const char* program;
    const char* written_for;
    std::uint32_t aes_flash_budget; // bytes, with the key schedule
    double aes_budget;              // instructions a byte
    double sha_budget;              // likewise
};
constexpr Set small_set{OUTBOOT_CRYPTO_PROGRAM, "size", 1'100, 520, 80};
constexpr Set fast_set{OUTBOOT_FAST_CRYPTO_PROGRAM, "speed", 4'096, 150, 40};

constexpr std::uint32_t piece_bytes = 256;             // what the bootloader hashes or encrypts at a time
constexpr std::uint32_t long_bytes = 64 * piece_bytes; // taken apart into such pieces: start and end don't count

struct Operation {
    std::string name;
    std::string unit; // what the instructions are for
    double instructions = 0;
    std::uint32_t stack_bytes = 0;
    bool right = false; // the result is OpenSSL's
    double budget = 0;  // 0: none

    [[nodiscard]] bool good() const { return right && (budget == 0 || instructions <= budget); }
};

class Bench {
  public:
    explicit Bench(const Set& set) : set_(set), machine_(set.program, Watch::instructions) {}

    [[nodiscard]] const Set& set() const { return set_; }
    std::vector<Operation> run() { return {sha256(), hkdf(), aes_key(), aes(), verify(), ecdh(), unwrap(), way_out()}; }
    [[nodiscard]] std::vector<std::pair<std::string, std::uint32_t>> sections() const { return machine_.sections(); }

  private:
    static std::uint32_t size(const Data& data) { return static_cast<std::uint32_t>(data.size()); }

    Operation sha256() {
        machine_.reset();
        const std::uint32_t out = machine_.place_zeros(32);
        const Data message = random_.bytes(long_bytes);
        const std::uint32_t at = machine_.place(message);
        const Call nothing = machine_.call("arm_sha256", {out, at, 0});
        const Call all = machine_.call("arm_sha256", {out, at, long_bytes});
        return {.name = "SHA-256",
                .unit = "byte",
                .instructions = static_cast<double>(all.instructions - nothing.instructions) / long_bytes,
                .stack_bytes = all.stack_bytes,
                .right = machine_.read(out, 32) == openssl::sha256(message),
                .budget = set_.sha_budget};
    }

    Operation hkdf() {
        machine_.reset();
        const std::uint32_t out = machine_.place_zeros(48);
        const Data salt = random_.bytes(32), key = random_.bytes(32), info = random_.bytes(16);
        const Call call =
            machine_.call("arm_hkdf", {out, machine_.place(salt), machine_.place(key), machine_.place(info)});
        return whole("HKDF, 48 bytes", call, machine_.read(out, 48) == openssl::hkdf(salt, key, info, 48));
    }

    Operation aes_key() {
        machine_.reset();
        const std::uint32_t key_at = machine_.place(random_.bytes(16));
        return whole("AES-128 key schedule", machine_.call("arm_aes_ctr", {key_at, 0, key_at, 0}), true);
    }

    Operation aes() {
        machine_.reset();
        const Data key = random_.bytes(16), data = random_.bytes(piece_bytes);
        const std::uint32_t key_at = machine_.place(key), at = machine_.place(data);
        const Call nothing = machine_.call("arm_aes_ctr", {key_at, 0, at, 0});
        const Call piece = machine_.call("arm_aes_ctr", {key_at, 0, at, piece_bytes});
        return {.name = "AES-128-CTR",
                .unit = "byte",
                .instructions = static_cast<double>(piece.instructions - nothing.instructions) / piece_bytes,
                .stack_bytes = piece.stack_bytes,
                .right = machine_.read(at, piece_bytes) == openssl::aes_ctr(key, data),
                .budget = set_.aes_budget};
    }

    Operation verify() {
        machine_.reset();
        const Data hash = random_.bytes(32), signature = device_.sign_der(hash);
        const std::uint32_t point = machine_.place(device_.point()), hash_at = machine_.place(hash);
        const Call call = machine_.call("arm_verify", {point, hash_at, machine_.place(signature), size(signature)});
        return whole("ECDSA verification", call, machine_.call("arm_verdict", {}).result == 1);
    }

    Operation ecdh() {
        machine_.reset();
        const openssl::KeyPair peer;
        const std::uint32_t out = machine_.place_zeros(32), device_private = machine_.place(device_.private_scalar());
        const Call call = machine_.call("arm_ecdh", {out, device_private, machine_.place(peer.uncompressed_point())});
        return whole("ECDH", call, machine_.read(out, 32) == device_.ecdh(peer));
    }

    Operation unwrap() {
        machine_.reset();
        const openssl::KeyPair ephemeral;
        const std::string_view info = "MCUBoot_ECIES_v1";
        const Data keys = openssl::hkdf({}, ephemeral.ecdh(device_), Data(info.begin(), info.end()), 48);
        const Data image_key = random_.bytes(16),
                   encrypted = openssl::aes_ctr({keys.begin(), keys.begin() + 16}, image_key);
        const Data tag = openssl::hmac({keys.begin() + 16, keys.end()}, encrypted);
        Data wrapped = ephemeral.uncompressed_point();
        wrapped.insert(wrapped.end(), tag.begin(), tag.end());
        wrapped.insert(wrapped.end(), encrypted.begin(), encrypted.end());
        const std::uint32_t out = machine_.place_zeros(16), device_private = machine_.place(device_.private_scalar());
        const Call call = machine_.call("arm_unwrap", {out, device_private, machine_.place(wrapped), size(wrapped)});
        return whole("ECIES, unwrap a key", call, call.result == 1 && machine_.read(out, 16) == image_key);
    }

    Operation way_out() {
        machine_.reset();
        const std::string_view info = "outboot way out v1";
        const Data hash = random_.bytes(32);
        const std::uint32_t out = machine_.place_zeros(16), device_private = machine_.place(device_.private_scalar());
        const Call call = machine_.call("arm_way_out_key", {out, device_private, machine_.place(hash)});
        const Data expected = openssl::hkdf(hash, device_.private_scalar(), Data(info.begin(), info.end()), 16);
        return whole("way-out key", call, machine_.read(out, 16) == expected);
    }

    static Operation whole(std::string name, const Call& call, bool right) {
        return {.name = std::move(name),
                .unit = "call",
                .instructions = static_cast<double>(call.instructions),
                .stack_bytes = call.stack_bytes,
                .right = call.returned && right};
    }

    const Set& set_;
    Machine machine_;
    Random random_{1};
    openssl::KeyPair device_;
};

bool print(const Bench& bench, const std::vector<Operation>& operations) {
    std::uint32_t total = 0;
    bool good = true;
    fmt::print("cryptography written for {}: flash, bytes (-Os, no link-time optimization)\n", bench.set().written_for);
    for (const auto& [name, bytes] : bench.sections()) {
        if (name == "program") continue; // the test's own calls
        const bool too_much = name == "aes128" && bytes > bench.set().aes_flash_budget;
        fmt::print("  {:<22}{:>7}{}\n", name, bytes, too_much ? "  TOO MUCH" : "");
        total += bytes;
        good = good && !too_much;
    }
    fmt::print("  {:<22}{:>7}\n\n", "together", total);
    fmt::print("{:<24}{:>14}      {:>8}  {:>6}\n", "operation", "instructions", "ms*", "stack");
    for (const Operation& operation : operations) {
        const bool long_one = operation.unit == "call";
        fmt::print("  {:<22}{:>14.{}f} /{}{:>9}  {:>6}{}{}\n", operation.name, operation.instructions, long_one ? 0 : 1,
                   operation.unit, long_one ? fmt::format("{:.2f}", operation.instructions * 1.3 / 200e3) : "",
                   operation.stack_bytes, operation.right ? "" : "  WRONG RESULT",
                   operation.right && !operation.good() ? "  TOO SLOW" : "");
        good = good && operation.good();
    }
    fmt::print("\n* at 200 MHz and an assumed 1.3 cycles an instruction; results compared with OpenSSL's\n");
    return good;
}

bool print_json(const Bench& bench, const std::vector<Operation>& operations) {
    Json report;
    for (const auto& [name, bytes] : bench.sections()) {
        if (name != "program") report["flash_bytes"][name] = bytes;
    }
    for (const Operation& operation : operations) {
        report["operations"].push_back({{"name", operation.name},
                                        {"per", operation.unit},
                                        {"instructions", operation.instructions},
                                        {"stack_bytes", operation.stack_bytes},
                                        {"good", operation.good()}});
    }
    fmt::print("{}\n", report.dump(2));
    return std::all_of(operations.begin(), operations.end(), [](const Operation& one) { return one.good(); });
}

bool print_services(const std::vector<ServiceCost>& services) {
    fmt::print("{:<24}{:>14}      {:>6}  {:>8}\n", "service", "instructions", "stack", "promised");
    for (const ServiceCost& service : services)
        fmt::print("  {:<22}{:>14.{}f} /{}{:>7}  {:>8}{}\n", service.name, service.instructions,
                   service.unit == "call" ? 0 : 1, service.unit, service.stack_bytes, service.promised_bytes,
                   service.good()   ? ""
                   : service.worked ? "  TOO MUCH"
                                    : "  FAILED");
    fmt::print(
        "\nThrough the table of the bootloader for layout-services.toml; stack in bytes, below the caller's frame.\n"
        "What is promised stands in format/service_table.h.\n");
    return std::all_of(services.begin(), services.end(), [](const ServiceCost& one) { return one.good(); });
}

bool print_services_json(const std::vector<ServiceCost>& services) {
    Json report = Json::array();
    for (const ServiceCost& service : services)
        report.push_back({{"name", service.name},
                          {"per", service.unit},
                          {"instructions", service.instructions},
                          {"stack_bytes", service.stack_bytes},
                          {"promised_stack_bytes", service.promised_bytes},
                          {"good", service.good()}});
    fmt::print("{}\n", report.dump(2));
    return std::all_of(services.begin(), services.end(), [](const ServiceCost& one) { return one.good(); });
}

} // namespace
} // namespace outboot::bench

int main(int argc, char** argv) {
    using namespace outboot::bench;
    CLI::App app{"Flash, instructions and stack of the bootloader's cryptography, measured on its ARM code",
                 "bench/crypto"};
    bool json = false;
    bool fast = false;
    bool services = false;
    app.add_flag("--json", json, "Print JSON");
    auto* const fast_flag = app.add_flag("--fast", fast, "The set that is written for speed, not the one for size");
    app.add_flag("--services", services, "The functions of the service table, in the real bootloader")
        ->excludes(fast_flag);
    return run_bench(app, argc, argv, [&] {
        if (services) return json ? print_services_json(measure_services()) : print_services(measure_services());
        Bench bench(fast ? fast_set : small_set);
        const auto operations = bench.run();
        return json ? print_json(bench, operations) : print(bench, operations);
    });
}
