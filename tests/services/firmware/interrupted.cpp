// Calls services in the main program, in PendSV, which interrupts it, and in SysTick, which interrupts both, at
// intervals that follow no pattern. Each result is held against the one that the same call gave before interrupts were
// on.
#include <cstdint>
#include <cstring>
#include <initializer_list>

#include "app/crypto.hpp"

extern "C" {
extern std::uint32_t stack_top;
extern std::uint32_t bss_begin;
extern std::uint32_t bss_end;
[[noreturn]] void reset_handler();
void systick_handler();
void pendsv_handler();
void fault_handler();

// For the test to read.
volatile std::uint32_t ended, failures, mismatches, ticks, pended, nested;
}

namespace {

using Handler = void (*)();

struct Vectors {
    std::uint32_t* stack;
    Handler handlers[15];
};
[[gnu::section(".vectors"), gnu::used]] const Vectors vectors = {
    &stack_top,
    {reset_handler, fault_handler, fault_handler, fault_handler, fault_handler, fault_handler, nullptr, nullptr,
     nullptr, nullptr, fault_handler, fault_handler, nullptr, pendsv_handler, systick_handler}};

volatile std::uint32_t& reg(std::uint32_t address) {
    return *reinterpret_cast<volatile std::uint32_t*>(address);
}
constexpr std::uint32_t syst_csr = 0xE000E010, syst_rvr = 0xE000E014, syst_cvr = 0xE000E018, icsr = 0xE000ED04,
                        shpr3 = 0xE000ED20, set_pendsv = 1U << 28, clear_systick = 1U << 25;

struct Random {
    std::uint32_t state;
    std::uint32_t operator()() {
        state ^= state << 13;
        state ^= state >> 17;
        return state ^= state << 5;
    }
};

int repeated(void* seed, std::uint8_t* bytes, std::size_t size) {
    std::memset(bytes, *static_cast<const std::uint8_t*>(seed), size);
    return 0;
}

// Everything a service gives for one seed.
struct Results {
    std::uint8_t digest[32], tag[32], derived[40], cipher[64];
};

bool operator==(const Results& a, const Results& b) {
    return std::memcmp(&a, &b, sizeof a) == 0;
}

void expect_ok(int status) {
    if (status != outboot_crypto_ok) failures = failures + 1;
}

void hash(Results& results, const std::uint8_t (&data)[150]) {
    outboot_sha256 hash;
    expect_ok(outboot_sha256_init(&hash));
    expect_ok(outboot_sha256_update(&hash, data, 65));
    expect_ok(outboot_sha256_update(&hash, data + 65, sizeof data - 65));
    expect_ok(outboot_sha256_finish(&hash, results.digest));
}

void encrypt(Results& results, const std::uint8_t (&data)[150]) {
    outboot_aes aes;
    std::uint8_t counter[16] = {data[0]};
    expect_ok(outboot_aes_init(&aes, data, (data[0] & 1) != 0 ? 32 : 16));
    expect_ok(outboot_aes_ctr(&aes, counter, data, results.cipher, 2));
    expect_ok(outboot_aes_encrypt(&aes, data, results.cipher + 32, 1));
    expect_ok(outboot_aes_decrypt(&aes, data, results.cipher + 48, 1));
}

void derive(Results& results, const std::uint8_t (&data)[150]) {
    outboot_hmac mac;
    expect_ok(outboot_hmac_init(&mac, data, 20));
    expect_ok(outboot_hmac_update(&mac, data, sizeof data));
    expect_ok(outboot_hmac_finish(&mac, results.tag));
    expect_ok(outboot_hkdf(data, 16, data + 16, 32, data + 48, 10, results.derived, sizeof results.derived));
}

void expect_same(const std::uint8_t* a, const std::uint8_t* b, std::size_t size) {
    if (std::memcmp(a, b, size) != 0) mismatches = mismatches + 1;
}

// The C++ classes give what the C functions gave.
void do_again_in_cpp(const Results& results, const std::uint8_t (&data)[150]) {
    namespace service = outboot::service;
    const std::span all(data);
    std::uint8_t digest[32], derived[40], cipher[64], counter[16] = {data[0]};
    service::Sha256 hash;
    hash.update(all);
    expect_ok(hash.finish(digest));
    expect_same(digest, results.digest, sizeof digest);
    service::Hmac mac(all.first<20>());
    mac.update(all);
    expect_ok(mac.finish(digest));
    expect_same(digest, results.tag, sizeof digest);
    if (mac.finish(digest) != outboot_crypto_bad_argument) failures = failures + 1; // its key is gone
    expect_ok(service::hkdf(all.first<16>(), all.subspan<16, 32>(), all.subspan<48, 10>(), derived));
    expect_same(derived, results.derived, sizeof derived);
    const service::Aes aes(all.first((data[0] & 1) != 0 ? 32 : 16));
    const std::span<std::uint8_t> out(cipher);
    expect_ok(aes.ctr(counter, all.first<32>(), out.first(32)));
    expect_ok(aes.encrypt(all.first<16>(), out.subspan(32, 16)));
    expect_ok(aes.decrypt(all.first<16>(), out.subspan(48, 16)));
    expect_same(cipher, results.cipher, sizeof cipher);
    if (aes.encrypt(all.first<15>(), out.first(15)) != outboot_crypto_bad_argument) failures = failures + 1;
}

constexpr std::uint8_t seed_of_main = 1, seed_of_pendsv = 2, seed_of_systick = 3;

// SysTick, which comes often, only hashes.
[[gnu::noinline]] void work(Results& results, std::uint8_t seed) {
    std::memset(&results, 0, sizeof results);
    std::uint8_t data[150];
    for (std::size_t i = 0; i < sizeof data; ++i) data[i] = static_cast<std::uint8_t>(seed + 7 * i);
    hash(results, data);
    if (seed == seed_of_systick) return;
    encrypt(results, data);
    derive(results, data);
    if (seed == seed_of_main) do_again_in_cpp(results, data);
}

// And what takes long enough to be interrupted thousands of times.
struct Signing {
    std::uint8_t key[32], point[64], signature[64], secret[32];
};

[[gnu::noinline]] void sign(Signing& all, std::uint8_t seed) {
    std::uint8_t hash[32];
    std::memset(hash, 3, sizeof hash);
    expect_ok(outboot_keygen(all.key, all.point, repeated, &seed));
    expect_ok(outboot_ecdsa_sign(all.signature, all.key, hash, repeated, &seed));
    expect_ok(outboot::service::ecdsa_verify(all.point, hash, all.signature));
    expect_ok(outboot::service::ecdh(all.secret, all.key, all.point));
}

Results expected[4];
Random random;
volatile bool in_pendsv;

void work_and_compare(std::uint8_t seed) {
    Results results;
    work(results, seed);
    if (!(results == expected[seed])) mismatches = mismatches + 1;
}

} // namespace

void fault_handler() {
    for (;;) {
    }
}

void systick_handler() {
    ticks = ticks + 1;
    if (in_pendsv) nested = nested + 1;
    work_and_compare(seed_of_systick);
    const std::uint32_t number = random();
    if (number % 64 == 0) reg(icsr) = set_pendsv;
    reg(syst_rvr) = 500 + number / 16 % 30'000; // cycles
    reg(syst_cvr) = 0;
    reg(icsr) = clear_systick; // what came while this ran, or the rest would get no time
}

void pendsv_handler() {
    in_pendsv = true;
    pended = pended + 1;
    work_and_compare(seed_of_pendsv);
    in_pendsv = false;
}

void reset_handler() {
    for (std::uint32_t* word = &bss_begin; word != &bss_end; ++word) *word = 0;
    random.state = 0x6f757462;
    for (const std::uint8_t seed : {seed_of_main, seed_of_pendsv, seed_of_systick}) work(expected[seed], seed);
    Signing alone, interrupted;
    sign(alone, 5);

    reg(shpr3) = 0x40F00000; // SysTick 0x40, PendSV 0xF0
    reg(syst_rvr) = 5'000;
    reg(syst_cvr) = 0;
    reg(syst_csr) = 7; // processor clock, interrupt, on
    for (int round = 0; round < 100; ++round) work_and_compare(seed_of_main);
    sign(interrupted, 5);
    reg(syst_csr) = 0;
    if (std::memcmp(&alone, &interrupted, sizeof alone) != 0) mismatches = mismatches + 1;
    ended = 1;
    for (;;) asm volatile("wfi");
}
