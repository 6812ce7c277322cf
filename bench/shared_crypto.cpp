// bench/shared-crypto: what an application that uses Mbed TLS saves of flash if the bootloader's cryptography serves
// it, and what its operations then take of instructions and stack. The programs (bench/shared_crypto) are linked for
// the example layout, and really run, in the emulator beside the real bootloader; results are compared with OpenSSL's.
#include <algorithm>
#include <array>
#include <functional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "bench/command_line.hpp"
#include "bench/firmware.hpp"
#include "tests/crypto/arm/machine.hpp"
#include "tests/crypto/reference.hpp"
#include "tool/program.hpp"

namespace outboot::bench {
namespace {

using Json = nlohmann::ordered_json;
using namespace crypto::test;

struct Setup {
    const char* name;
    const char* own; // the program's name up to the primitive
    const char* shared;
};
constexpr Setup setups[] = {
    {"legacy, default options", "legacy_own", "legacy_shared"},
    {"legacy, smallest options", "legacy_small_own", "legacy_small_shared"},
    {"PSA, Mbed TLS's curves", "psa_own", "psa_p256m_shared"},
    {"PSA, with p256-m", "psa_p256m_own", "psa_p256m_shared"},
};

struct Primitive {
    const char* name;
    const char* suffix;
    const char* unit; // what the instructions are for
};
constexpr Primitive primitives[] = {
    {"SHA-256", "sha256", "byte"},
    {"AES-128-CTR", "aes_ctr", "byte"},
    {"ECDSA verification", "verify", "call"},
    {"ECDH", "ecdh", "call"},
};
constexpr Primitive all{"all four", "all", ""};

struct Cost {
    std::uint32_t flash = 0; // bytes
    double instructions = 0;
    std::uint32_t stack = 0; // bytes
    bool right = true;       // the result is OpenSSL's
};

std::string path_of(const std::string& program, const Primitive& primitive) {
    return fmt::format("{}/shared_crypto/{}_{}.elf", OUTBOOT_ARM, program, primitive.suffix);
}

std::uint32_t flash_of(const Firmware& firmware) {
    std::uint32_t bytes = 0;
    for (const FirmwareSection& section : firmware.sections())
        if (section.loaded && section.name != ".fingerprint") bytes += section.size;
    return bytes;
}

// One program beside the bootloader.
class Run {
  public:
    explicit Run(const std::string& path) : machine_(path, Watch::instructions) {
        for (const auto& piece : tool::load_program(OUTBOOT_ARM "/services/bootloader.elf").pieces)
            machine_.write_flash(static_cast<std::uint32_t>(piece.address), piece.data);
        start_up(Firmware(path));
        const std::uint32_t heap = machine_.place_zeros(heap_bytes);
        machine_.call("bench_heap", {heap, heap_bytes});
    }

    Cost measure(const std::string& primitive) {
        if (primitive == "sha256") return sha256();
        if (primitive == "aes_ctr") return aes_ctr();
        return primitive == "verify" ? verify() : ecdh();
    }

  private:
    static constexpr std::uint32_t heap_bytes = 16 * 1024;
    static constexpr std::uint32_t short_bytes = 64, long_bytes = 4096;

    // What an application's start-up code does.
    void start_up(const Firmware& firmware) {
        constexpr std::uint32_t ram = 0x20000000;
        auto contents = machine_.save();
        for (const FirmwareSection& section : firmware.sections()) {
            if (section.address < ram) continue;
            const auto at = contents.begin() + (section.address - ram);
            std::fill_n(at, section.size, std::uint8_t{0});
            std::copy(section.bytes.begin(), section.bytes.end(), at);
        }
        machine_.restore(contents);
    }

    // The second call is the one that counts: the first one sets up what stays.
    Call call(const std::string& function, std::initializer_list<std::uint32_t> arguments) {
        return machine_.call("bench_" + function, arguments);
    }

    static Cost per_byte(const Call& few, const Call& many, bool right) {
        return {.instructions = static_cast<double>(many.instructions - few.instructions) / (long_bytes - short_bytes),
                .stack = std::max(few.stack_bytes, many.stack_bytes),
                .right = right && few.returned && many.returned && few.result == 0 && many.result == 0};
    }

    Cost sha256() {
        const Data message = random_.bytes(long_bytes);
        const std::uint32_t out = machine_.place_zeros(32), at = machine_.place(message);
        call("sha256", {out, at, short_bytes});
        const Call few = call("sha256", {out, at, short_bytes});
        const Call many = call("sha256", {out, at, long_bytes});
        return per_byte(few, many, machine_.read(out, 32) == openssl::sha256(message));
    }

    Cost aes_ctr() {
        const Data key = random_.bytes(16), message = random_.bytes(long_bytes);
        const std::uint32_t key_at = machine_.place(key), other = machine_.place(message);
        call("aes_ctr", {key_at, other, short_bytes});
        const Call few = call("aes_ctr", {key_at, other, short_bytes});
        const std::uint32_t at = machine_.place(message);
        const Call many = call("aes_ctr", {key_at, at, long_bytes});
        return per_byte(few, many, machine_.read(at, long_bytes) == openssl::aes_ctr(key, message));
    }

    Cost verify() {
        const openssl::KeyPair signer;
        const Data hash = random_.bytes(32), signature = openssl::raw_signature(signer.sign_der(hash));
        const std::uint32_t point = machine_.place(signer.uncompressed_point()), hash_at = machine_.place(hash);
        const std::uint32_t good_at = machine_.place(signature);
        Data changed = signature;
        changed[40] ^= 1;
        const Call bad = call("verify", {point, hash_at, machine_.place(changed)});
        const Call good = call("verify", {point, hash_at, good_at});
        return {.instructions = static_cast<double>(good.instructions),
                .stack = good.stack_bytes,
                .right = good.returned && good.result == 0 && bad.returned && bad.result != 0};
    }

    Cost ecdh() {
        const openssl::KeyPair own, peer;
        const std::uint32_t out = machine_.place_zeros(32), key = machine_.place(own.private_scalar());
        const std::uint32_t point = machine_.place(peer.uncompressed_point());
        call("ecdh", {out, key, point});
        const Call second = call("ecdh", {out, key, point});
        return {.instructions = static_cast<double>(second.instructions),
                .stack = second.stack_bytes,
                .right = second.returned && second.result == 0 && machine_.read(out, 32) == own.ecdh(peer)};
    }

    Machine machine_;
    Random random_{1};
};

Cost cost_of(const std::string& program, const Primitive& primitive) {
    const std::string path = path_of(program, primitive);
    Cost cost;
    if (primitive.suffix != all.suffix) cost = Run(path).measure(primitive.suffix);
    cost.flash = flash_of(Firmware(path));
    return cost;
}

struct Row {
    const Setup* setup;
    const Primitive* primitive;
    Cost own, shared;

    [[nodiscard]] bool good() const { return own.right && shared.right && shared.flash < own.flash; }
};

std::vector<Row> measure() {
    std::vector<Row> rows;
    for (const Setup& setup : setups) {
        for (const Primitive& primitive : primitives)
            rows.push_back({&setup, &primitive, cost_of(setup.own, primitive), cost_of(setup.shared, primitive)});
        rows.push_back({&setup, &all, cost_of(setup.own, all), cost_of(setup.shared, all)});
    }
    return rows;
}

std::string instructions(const Row& row, const Cost& cost) {
    if (row.primitive == &all) return {};
    const bool a_call = std::string_view(row.primitive->unit) == "call";
    return fmt::format("{:.{}f}", cost.instructions, a_call ? 0 : 1);
}

void print(const std::vector<Row>& rows) {
    fmt::print("{:<26}{:^24}   {:^30}   {:^16}\n", "", "flash, bytes", "instructions", "stack, bytes");
    fmt::print("{:<26}{:>8}{:>8}{:>8}   {:>10}{:>10}{:>10}   {:>8}{:>8}\n", "", "own", "shared", "saved", "own",
               "shared", "", "own", "shared");
    const Setup* setup = nullptr;
    for (const Row& row : rows) {
        if (row.setup != setup) fmt::print("{}\n", row.setup->name);
        setup = row.setup;
        const bool is_all = row.primitive == &all;
        fmt::print("  {:<24}{:>8}{:>8}{:>8}   {:>10}{:>10} {:<9}   {:>8}{:>8}{}\n", row.primitive->name, row.own.flash,
                   row.shared.flash, static_cast<int>(row.own.flash - row.shared.flash), instructions(row, row.own),
                   instructions(row, row.shared), is_all ? "" : fmt::format("/{}", row.primitive->unit),
                   is_all ? "" : std::to_string(row.own.stack), is_all ? "" : std::to_string(row.shared.stack),
                   row.own.right && row.shared.right ? "" : "  WRONG RESULT");
    }
    fmt::print(
        "\nEach line is a program of its own that calls Mbed TLS for this alone, linked for layout-services.toml,\n"
        "with what that draws in of Mbed TLS and the C library. Results are compared with OpenSSL's.\n");
}

std::string as_json(const std::vector<Row>& rows) {
    const auto cost = [](const Row& row, const Cost& one) {
        Json json{{"flash_bytes", one.flash}};
        if (row.primitive != &all) {
            json["instructions"] = one.instructions;
            json["per"] = row.primitive->unit;
            json["stack_bytes"] = one.stack;
        }
        return json;
    };
    Json report = Json::array();
    for (const Row& row : rows)
        report.push_back({{"setup", row.setup->name},
                          {"primitive", row.primitive->name},
                          {"own", cost(row, row.own)},
                          {"shared", cost(row, row.shared)},
                          {"good", row.good()}});
    return report.dump(2);
}

} // namespace
} // namespace outboot::bench

int main(int argc, char** argv) {
    using namespace outboot::bench;
    CLI::App app{"What an application with Mbed TLS saves if the bootloader's cryptography serves it",
                 "bench/shared-crypto"};
    bool json = false;
    bool check = false;
    app.add_flag("--json", json, "Result as JSON");
    app.add_flag("--check", check, "Fail if a result is wrong, or if sharing takes more flash than it saves");
    return run_bench(app, argc, argv, [&] {
        const auto rows = measure();
        if (json)
            fmt::print("{}\n", as_json(rows));
        else
            print(rows);
        return std::all_of(rows.begin(), rows.end(),
                           [&](const Row& row) { return check ? row.good() : row.own.right && row.shared.right; });
    });
}
