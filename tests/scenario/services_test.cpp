// The bootloader's cryptography in the hands of the application, on the board: images that need more than the
// bootloader has never run, and those that need what it has do.
#include <functional>

#include <fmt/format.h>

#include "bench/firmware.hpp"
#include "format/service_table.h"
#include "tests/scenario/scenario.hpp"
#include "tool/failure.hpp"
#include "tool/payload.hpp"

namespace outboot::scenario {
namespace {

constexpr std::uint32_t small = 40'000;
constexpr std::uint32_t all_services = (1U << outboot_service_count) - 1;

Image needing(Device& device, std::uint32_t services) {
    return device.make({.version = 2, .bytes = small, .counter = 2, .services = services});
}

// An older application with a newer bootloader, and the other way round.
class NeededServices : public Scenario {
  protected:
    NeededServices() : Scenario(serving_product()) {}
};

TEST_F(NeededServices, that_the_bootloader_has_are_no_hindrance) {
    begin_with(image(1, 2));
    const Image v2 = needing(device, all_services);
    expect_runs(device.update(v2, Request::test), v2);
}

TEST_F(NeededServices, of_a_newer_table_keep_an_update_out) {
    const Image v1 = image(1, 2);
    begin_with(v1);
    expect_runs(device.update(needing(device, all_services | 1U << outboot_service_count), Request::test), v1);
    expect_state(Phase::idle, Outcome::refused, Reason::needs_newer_table, 1);
}

// `outboot provision` refuses it; somebody programs it all the same.
TEST_F(NeededServices, of_a_newer_table_keep_a_first_image_from_running) {
    const Image first = device.make({.version = 1, .bytes = small, .encrypted = false, .services = 1U << 31});
    EXPECT_THROW(device.provision(first), tool::Failure);
    device.provision(image(1, 2));
    device.board.program(device.product.layout.primary().address, first.clear);
    device.board.power_on();
    const Landing landing = device.run_to_a_reason();
    EXPECT_FALSE(landing.ready());
    EXPECT_EQ(core::name(landing.record.boot_reason), core::name(Reason::needs_newer_table));
}

class WithoutTable : public Scenario {};

TEST_F(WithoutTable, an_image_that_needs_any_service_is_kept_out) {
    const Image v1 = image(1, 2);
    begin_with(v1);
    expect_runs(device.update(needing(device, 1U << outboot_service_sha256), Request::test), v1);
    expect_state(Phase::idle, Outcome::refused, Reason::needs_newer_table, 1);
}

// The example application with Mbed TLS, and what its command `crypto` says.
class MbedTls : public Scenario {
  protected:
    MbedTls() : Scenario(serving_product()) {}

    // It is the whole example: what belongs to it changes.
    void TearDown() override { EXPECT_TRUE(device.board.violations().empty()); }

    void begin_with_program(const std::string& name) {
        const auto program = tool::load_program(serving_directory() + "/" + name + ".elf");
        const auto payload = tool::payload_for(program, device.product.layout, 0xff);
        device.provision(device.make({.services = program.services, .program = payload.bytes}));
    }

    std::string demonstrate() {
        EXPECT_TRUE(device.start().ready());
        const std::size_t before = device.board.uart().size();
        device.board.send("crypto\n");
        const auto run = device.board.run({.uart_text = " passed\r\n"});
        EXPECT_EQ(run.stop, board::Stop::uart_text) << run.detail;
        EXPECT_TRUE(device.ask("status").starts_with("status: version 1.0.0"));
        return device.board.uart().substr(before);
    }

    // Everything it shows, self-tests and PSA included.
    static void expect_all_passed(const std::string& said, unsigned steps) {
        EXPECT_NE(said.find(fmt::format("crypto: {0} of {0} passed", steps)), std::string::npos) << said;
        for (const char* name : {"self-test SHA-256", "self-test AES", "self-test ECP", "ECDSA P-256, verify",
                                 "ECDH P-256", "AES-128-CTR", "PSA ECDSA, new key", "PSA AES-128-GCM"})
            EXPECT_NE(said.find(fmt::format("crypto: {}: ok\r\n", name)), std::string::npos) << name << '\n' << said;
    }

    // The bootloader's table as it stands in flash.
    void change_table(const std::function<void(std::vector<std::uint32_t>&)>& change) {
        const core::Layout& layout = device.product.layout.core;
        auto bytes =
            device.board.read(layout.service_table_address, layout.keys_address - layout.service_table_address);
        std::vector<std::uint32_t> words(bytes.size() / 4);
        for (std::size_t i = 0; i < words.size(); ++i) words[i] = format::get32(&bytes[4 * i]);
        change(words);
        for (std::size_t i = 0; i < words.size(); ++i) format::put32(&bytes[4 * i], words[i]);
        device.board.program(layout.service_table_address, bytes);
    }

    static constexpr unsigned steps_of_its_own = 24;
};

TEST_F(MbedTls, works_on_the_bootloaders_cryptography) {
    begin_with_program("app-crypto");
    const std::string said = demonstrate();
    EXPECT_NE(said.find("crypto: the bootloader's table: ok\r\n"), std::string::npos) << said;
    expect_all_passed(said, steps_of_its_own + 1);
}

TEST_F(MbedTls, works_on_its_own_too) {
    begin_with_program("app-crypto-own");
    expect_all_passed(demonstrate(), steps_of_its_own);
}

// What an application says that it needs is what it calls, not all that there is.
TEST_F(MbedTls, asks_for_what_it_calls) {
    const auto needs = [](const char* name) {
        return tool::load_program(serving_directory() + "/" + name + ".elf").services;
    };
    EXPECT_EQ(needs("app-crypto"), all_services & ~(1U << outboot_service_hmac | 1U << outboot_service_hkdf));
    EXPECT_EQ(needs("app-crypto-own"), 0U);
    EXPECT_EQ(needs("app-crypto-fallback"), 0U);
    EXPECT_EQ(needs("app-v1"), 0U);
}

// As an older bootloader has it: the last service came later.
void cut_off_the_last_service(std::vector<std::uint32_t>& words) {
    constexpr std::uint32_t entries = 2, last = 1U << outboot_service_keygen;
    const std::size_t end = (words[1] >> 16) / 4;
    for (std::size_t i = end - entries; i < end; ++i) words[5] += words[i], words[i] = 0xffffffff;
    words[1] -= 4 * entries << 16;
    words[2] -= last;
    words[5] += (4 * entries << 16) + last;
}

// As a bootloader has it whose layout leaves the service out.
void empty_the_last_service(std::vector<std::uint32_t>& words) {
    constexpr std::uint32_t entries = 2, last = 1U << outboot_service_keygen;
    const std::size_t end = (words[1] >> 16) / 4;
    for (std::size_t i = end - entries; i < end; ++i) words[5] += words[i], words[i] = 0;
    words[2] -= last;
    words[5] += last;
}

class MbedTlsOnLess : public MbedTls, public testing::WithParamInterface<void (*)(std::vector<std::uint32_t>&)> {};

INSTANTIATE_TEST_SUITE_P(, MbedTlsOnLess, testing::Values(cut_off_the_last_service, empty_the_last_service),
                         [](const auto& which) { return which.index == 0 ? "shorter_table" : "null_entries"; });

TEST_P(MbedTlsOnLess, uses_what_there_is) {
    begin_with_program("app-crypto");
    change_table(GetParam());
    const std::string said = demonstrate();
    EXPECT_NE(said.find("crypto: the bootloader's table: ok\r\n"), std::string::npos) << said;
    EXPECT_NE(said.find("crypto: ECDSA P-256, verify: ok\r\n"), std::string::npos) << said;
    EXPECT_NE(said.find("crypto: ECDSA P-256, RFC 6979: ok\r\n"), std::string::npos) << said;
    EXPECT_NE(said.find("crypto: ECDH P-256: failed, -0x0070\r\n"), std::string::npos) << said; // no new keys
}

TEST_P(MbedTlsOnLess, does_the_rest_by_itself_with_a_fallback) {
    begin_with_program("app-crypto-fallback");
    change_table(GetParam());
    expect_all_passed(demonstrate(), steps_of_its_own + 1);
}

// A bootloader that encrypts but doesn't decrypt: a context that it made would be decrypted with by the application's
// own code. Here the bootloader's AES is another function, so that whoever calls it is found out.
TEST_F(MbedTls, doesnt_mix_two_implementations_on_one_context) {
    begin_with_program("app-crypto-fallback");
    change_table([](std::vector<std::uint32_t>& words) {
        constexpr std::size_t sha256_init = 6, aes_init = 14, aes_decrypt = 17;
        for (std::size_t i = aes_init; i <= aes_decrypt; ++i) {
            const std::uint32_t instead = i == aes_decrypt ? 0 : words[sha256_init];
            words[5] += words[i] - instead;
            words[i] = instead;
        }
        words[2] -= 1U << outboot_service_aes_decrypt;
        words[5] += 1U << outboot_service_aes_decrypt;
    });
    expect_all_passed(demonstrate(), steps_of_its_own + 1);
}

// A bootloader whose table isn't what the application's library knows.
struct WrongTable {
    const char* name;
    int status;
    std::function<void(std::vector<std::uint32_t>&)> spoil;
};

void PrintTo(const WrongTable& table, std::ostream* out) {
    *out << table.name;
}

const WrongTable wrong_tables[] = {
    {"missing", outboot_crypto_no_table, [](auto& words) { std::fill(words.begin(), words.end(), 0xffffffff); }},
    {"of_another_version", outboot_crypto_other_version, [](auto& words) { words[1] += 1, words[5] -= 1; }},
    {"with_a_broken_sum", outboot_crypto_damaged, [](auto& words) { words[7] ^= 4; }},
    {"with_a_pointer_into_ram", outboot_crypto_damaged,
     [](auto& words) { words[5] += words[7] - 0x20000001U, words[7] = 0x20000001U; }},
    {"longer_than_its_room", outboot_crypto_damaged, [](auto& words) { words[1] += 64U << 16, words[5] -= 64U << 16; }},
};

class MbedTlsOnAWrongTable : public MbedTls, public testing::WithParamInterface<WrongTable> {
  protected:
    void spoil() { change_table(GetParam().spoil); }
};

INSTANTIATE_TEST_SUITE_P(Tables, MbedTlsOnAWrongTable, testing::ValuesIn(wrong_tables),
                         [](const auto& table) { return std::string(table.param.name); });

TEST_P(MbedTlsOnAWrongTable, says_so_and_goes_on) {
    begin_with_program("app-crypto");
    spoil();
    const std::string said = demonstrate();
    EXPECT_NE(said.find(fmt::format("crypto: the bootloader's table: failed, -0x{:04x}\r\n", -GetParam().status)),
              std::string::npos)
        << said;
    EXPECT_NE(said.find("crypto: self-test SHA-256: failed"), std::string::npos) << said;
    EXPECT_NE(said.find("crypto: ECDSA P-256, verify: failed, -0x0070\r\n"), std::string::npos) << said;
    EXPECT_NE(said.find("crypto: self-test MPI: ok\r\n"), std::string::npos) << said;
}

class FallbackOnAWrongTable : public MbedTlsOnAWrongTable {};

INSTANTIATE_TEST_SUITE_P(Tables, FallbackOnAWrongTable, testing::Values(wrong_tables[0], wrong_tables[2]),
                         [](const auto& table) { return std::string(table.param.name); });

TEST_P(FallbackOnAWrongTable, works) {
    begin_with_program("app-crypto-fallback");
    spoil();
    const std::string said = demonstrate();
    EXPECT_NE(said.find("crypto: the bootloader's table: failed"), std::string::npos) << said;
    EXPECT_NE(said.find(fmt::format("crypto: {} of {} passed", steps_of_its_own, steps_of_its_own + 1)),
              std::string::npos)
        << said;
}

// tests/services/firmware/interrupted.cpp: the main program and two levels of exceptions call the same services.
class Interrupted : public Scenario {
  protected:
    Interrupted() : Scenario(serving_product()) {}
};

TEST_F(Interrupted, calls_give_right_results) {
    const std::string path = serving_directory() + "/interrupted.elf";
    const auto program = tool::load_program(path);
    const bench::Firmware firmware(path);
    const auto payload = tool::payload_for(program, device.product.layout, 0xff);
    device.provision(device.make({.services = program.services, .program = payload.bytes}));
    device.board.power_on();
    const auto run = device.board.run({.time = 1000 * board::second});
    EXPECT_EQ(run.stop, board::Stop::idle) << run.detail;
    const auto word = [&](const char* name) { return device.board.word(firmware.address_of(name)); };
    EXPECT_EQ(word("ended"), 1U) << run.detail;
    EXPECT_EQ(word("failures"), 0U);
    EXPECT_EQ(word("mismatches"), 0U);
    EXPECT_GT(word("ticks"), 1000U);
    EXPECT_GT(word("pended"), 100U);
    EXPECT_GT(word("nested"), 1000U); // SysTick in PendSV in the main program
    RecordProperty("ticks", static_cast<int>(word("ticks")));
}

} // namespace
} // namespace outboot::scenario
