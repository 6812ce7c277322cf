// The service table of the real bootloader, with its functions called in the emulator.
#pragma once

#include <array>

#include "format/service_table.h"
#include "layout/model.hpp"
#include "tests/crypto/arm/machine.hpp"
#include "tests/crypto/reference.hpp"

namespace outboot::services::test {

using crypto::test::Call;
using crypto::test::Data;
using crypto::test::Machine;
using crypto::test::Random;
using crypto::test::Watch;
namespace openssl = crypto::test::openssl;

// Positions in the table, as format/service_table.h has them.
enum class Entry : std::uint32_t {
    sha256_init,
    sha256_update,
    sha256_finish,
    sha256_clone,
    hmac_init,
    hmac_update,
    hmac_finish,
    hkdf,
    aes_init,
    aes_encrypt,
    aes_ctr,
    aes_decrypt,
    ecdsa_verify,
    ecdh,
    check_point,
    ecdsa_sign,
    keygen,
    public_key,
};
inline constexpr std::uint32_t entries = 18;
inline constexpr std::uint32_t entries_at = 24;

// The example product whose bootloader has everything in its table.
const layouts::Model& product();

class Table {
  public:
    explicit Table(Watch watch = Watch::instructions);

    Machine machine;

    [[nodiscard]] std::uint32_t address() const { return address_; }
    [[nodiscard]] std::vector<std::uint32_t> words() const; // as many as have room

    Call call(Entry entry, std::initializer_list<std::uint32_t> arguments);
    // The same, and its answer; INT_MIN if it doesn't return.
    int status(Entry entry, std::initializer_list<std::uint32_t> arguments);

    // A random source in the emulator: its context points to the bytes that it gives.
    [[nodiscard]] std::uint32_t random_source() const { return random_at | 1U; }
    [[nodiscard]] std::uint32_t failing_source() const { return (random_at + 0x12) | 1U; }

  private:
    static constexpr std::uint32_t random_at = 0xf000; // behind the bootloader, where the application would be
    std::uint32_t address_;
};

} // namespace outboot::services::test
