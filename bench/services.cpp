#include "bench/services.hpp"

#include <algorithm>

#include "tests/services/table.hpp"

namespace outboot::bench {
namespace {

using namespace services::test;
using crypto::test::Random;

constexpr std::uint32_t long_bytes = 4096, short_bytes = 64;

class Meter {
  public:
    std::vector<ServiceCost> run() {
        sha256();
        hmac();
        hkdf();
        aes();
        p256();
        return std::move(costs_);
    }

  private:
    std::uint32_t place(const Data& data) { return table_.machine.place(data); }
    std::uint32_t room(std::size_t bytes) { return table_.machine.place_zeros(bytes); }

    void call(std::string name, std::uint32_t promised, Entry entry, std::initializer_list<std::uint32_t> arguments) {
        const Call call = table_.call(entry, arguments);
        costs_.push_back({std::move(name), "call", static_cast<double>(call.instructions), call.stack_bytes, promised,
                          call.returned && call.result == 0});
    }

    // The difference between a long and a short call: what surrounds the work doesn't count.
    void per_byte(std::string name, std::uint32_t promised, Entry entry, std::initializer_list<std::uint32_t> few,
                  std::initializer_list<std::uint32_t> many) {
        const Call less = table_.call(entry, few), more = table_.call(entry, many);
        const double instructions =
            static_cast<double>(more.instructions - less.instructions) / (long_bytes - short_bytes);
        costs_.push_back({std::move(name), "byte", instructions, std::max(less.stack_bytes, more.stack_bytes), promised,
                          less.returned && more.returned && less.result == 0 && more.result == 0});
    }

    void sha256() {
        const std::uint32_t hash = room(sizeof(outboot_sha256)), data = room(long_bytes), out = room(32);
        call("sha256_init", OUTBOOT_STACK_SHA256, Entry::sha256_init, {hash});
        per_byte("sha256_update", OUTBOOT_STACK_SHA256, Entry::sha256_update, {hash, data, short_bytes},
                 {hash, data, long_bytes});
        call("sha256_finish", OUTBOOT_STACK_SHA256, Entry::sha256_finish, {hash, out});
        table_.machine.reset();
    }

    void hmac() {
        const std::uint32_t mac = room(sizeof(outboot_hmac)), key = room(32), data = room(long_bytes), out = room(32);
        call("hmac_init", OUTBOOT_STACK_SHA256, Entry::hmac_init, {mac, key, 32});
        per_byte("hmac_update", OUTBOOT_STACK_SHA256, Entry::hmac_update, {mac, data, short_bytes},
                 {mac, data, long_bytes});
        call("hmac_finish", OUTBOOT_STACK_SHA256, Entry::hmac_finish, {mac, out});
        table_.machine.reset();
    }

    void hkdf() {
        const std::uint32_t key = room(32), out = room(32);
        call("hkdf, 32 bytes", OUTBOOT_STACK_HKDF, Entry::hkdf, {key, 32, key, 32, key, 32, out, 32});
        table_.machine.reset();
    }

    void aes() {
        for (const std::uint32_t key_bytes : {16U, 32U}) {
            const std::string bits = std::to_string(8 * key_bytes);
            const std::uint32_t aes = room(sizeof(outboot_aes)), key = place(random_.bytes(key_bytes));
            const std::uint32_t counter = room(16), data = room(long_bytes);
            call("aes_init, " + bits, OUTBOOT_STACK_AES, Entry::aes_init, {aes, key, key_bytes});
            per_byte("aes_encrypt, " + bits, OUTBOOT_STACK_AES, Entry::aes_encrypt, {aes, data, data, short_bytes / 16},
                     {aes, data, data, long_bytes / 16});
            per_byte("aes_ctr, " + bits, OUTBOOT_STACK_AES, Entry::aes_ctr,
                     {aes, counter, data, data, short_bytes / 16}, {aes, counter, data, data, long_bytes / 16});
            per_byte("aes_decrypt, " + bits, OUTBOOT_STACK_AES, Entry::aes_decrypt, {aes, data, data, short_bytes / 16},
                     {aes, data, data, long_bytes / 16});
            table_.machine.reset();
        }
    }

    void p256() {
        const openssl::KeyPair own, peer;
        const Data hash = random_.bytes(32);
        const std::uint32_t point = place(own.point()), hash_at = place(hash), key = place(own.private_scalar());
        const std::uint32_t signature = place(openssl::raw_signature(own.sign_der(hash))), out = room(64);
        const std::uint32_t new_key = room(32), random_bytes = place(random_.bytes(64));
        call("ecdsa_verify", OUTBOOT_STACK_ECDSA_VERIFY, Entry::ecdsa_verify, {point, hash_at, signature});
        call("ecdh", OUTBOOT_STACK_ECDH, Entry::ecdh, {out, key, place(peer.point())});
        call("check_point", OUTBOOT_STACK_ECDH, Entry::check_point, {point});
        call("ecdsa_sign", OUTBOOT_STACK_ECDSA_SIGN, Entry::ecdsa_sign,
             {out, key, hash_at, table_.random_source(), random_bytes});
        call("keygen", OUTBOOT_STACK_KEYGEN, Entry::keygen, {new_key, out, table_.random_source(), random_bytes});
        call("public_key", OUTBOOT_STACK_KEYGEN, Entry::public_key, {out, key});
    }

    Table table_;
    Random random_{1};
    std::vector<ServiceCost> costs_;
};

} // namespace

std::vector<ServiceCost> measure_services() {
    return Meter().run();
}

} // namespace outboot::bench
