// The backend's ARM code: it computes the same, takes the same path whatever the secret, and leaves no secret behind.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "tests/crypto/arm/machine.hpp"
#include "tests/crypto/reference.hpp"

namespace outboot::crypto::test {
namespace {

Data ascii(std::string_view text) {
    return {text.begin(), text.end()};
}

Data part(const Data& data, std::size_t from, std::size_t size) {
    const auto begin = data.begin() + static_cast<std::ptrdiff_t>(from);
    return {begin, begin + static_cast<std::ptrdiff_t>(size)};
}

// An image key wrapped for `device`, and everything secret that arises when it is unwrapped.
struct Wrapping {
    Data wrapped, image_key, shared, cipher_key, mac_key;

    Wrapping(const openssl::KeyPair& device, Data key) : image_key(std::move(key)) {
        const openssl::KeyPair ephemeral;
        shared = ephemeral.ecdh(device);
        const Data keys = openssl::hkdf({}, shared, ascii("MCUBoot_ECIES_v1"), 48);
        cipher_key = part(keys, 0, 16);
        mac_key = part(keys, 16, 32);
        const Data encrypted = openssl::aes_ctr(cipher_key, image_key);
        wrapped = ephemeral.uncompressed_point();
        for (const Data& more : {openssl::hmac(mac_key, encrypted), encrypted}) {
            wrapped.insert(wrapped.end(), more.begin(), more.end());
        }
    }
};

TEST(OnArm, computes_what_openssl_computes) {
    Machine machine(OUTBOOT_CRYPTO_PROGRAM, Watch::instructions);
    Random random(1);
    const auto word = [](const Data& data) { return static_cast<std::uint32_t>(data.size()); };
    for (int round = 0; round < 4; ++round) {
        machine.reset();
        const openssl::KeyPair device, peer;
        const Data data = random.bytes(random.below(300)), key = random.bytes(32), aes_key = random.bytes(16);
        const std::uint32_t out = machine.place_zeros(64), data_at = machine.place(data);
        const std::uint32_t device_at = machine.place(device.private_scalar());

        ASSERT_TRUE(machine.call("arm_sha256", {out, data_at, word(data)}).returned);
        EXPECT_EQ(machine.read(out, 32), openssl::sha256(data));
        ASSERT_TRUE(machine.call("arm_hmac", {out, machine.place(key), data_at, word(data)}).returned);
        EXPECT_EQ(machine.read(out, 32), openssl::hmac(key, data));
        ASSERT_TRUE(machine.call("arm_aes_ctr", {machine.place(aes_key), 0, data_at, word(data)}).returned);
        EXPECT_EQ(machine.read(data_at, data.size()), openssl::aes_ctr(aes_key, data));
        ASSERT_TRUE(machine.call("arm_ecdh", {out, device_at, machine.place(peer.uncompressed_point())}).returned);
        EXPECT_EQ(machine.read(out, 32), device.ecdh(peer));

        const Wrapping wrapping(device, aes_key);
        EXPECT_EQ(machine.call("arm_unwrap", {out, device_at, machine.place(wrapping.wrapped), 113}).result, 1U);
        EXPECT_EQ(machine.read(out, 16), aes_key);

        const Data hash = random.bytes(32), signature = device.sign_der(hash);
        const std::uint32_t point_at = machine.place(device.point()), hash_at = machine.place(hash);
        machine.call("arm_verify", {point_at, hash_at, machine.place(signature), word(signature)});
        EXPECT_EQ(machine.call("arm_verdict", {}).result, 1U);
        machine.call("arm_verify", {point_at, data_at, machine.place(signature), word(signature)});
        EXPECT_EQ(machine.call("arm_verdict", {}).result, 0U);
    }
}

// Same instructions and same data addresses for every secret. A branch, a table index or a loop count that depended
// on one would show; instructions whose own duration depends on operands, such as divisions, aren't in this code.
class ConstantTime : public testing::Test {
  protected:
    // Runs `function` on several sets of secrets; `place` puts them and all else into RAM and returns arguments.
    template <class Place>
    void expect_one_trace(const std::string& function, int rounds, const Place& place) {
        Random random(2);
        std::uint64_t trace = 0;
        for (int round = 0; round < rounds; ++round) {
            machine_.reset();
            const std::array<std::uint32_t, 4> at = place(random);
            const Call run = machine_.call(function, {at[0], at[1], at[2], at[3]});
            ASSERT_TRUE(run.returned);
            if (round == 0) trace = run.trace;
            EXPECT_EQ(run.trace, trace) << round;
        }
    }

    Machine machine_{OUTBOOT_CRYPTO_PROGRAM, Watch::trace};
};

TEST_F(ConstantTime, aes_in_key_and_data) {
    expect_one_trace("arm_aes_ctr", 8, [this](Random& random) -> std::array<std::uint32_t, 4> {
        return {machine_.place(random.bytes(16)), 32, machine_.place(random.bytes(100)), 100};
    });
}

TEST_F(ConstantTime, hmac_in_key_and_data) {
    expect_one_trace("arm_hmac", 8, [this](Random& random) -> std::array<std::uint32_t, 4> {
        return {machine_.place_zeros(32), machine_.place(random.bytes(32)), machine_.place(random.bytes(70)), 70};
    });
}

TEST_F(ConstantTime, comparison_wherever_the_difference_is) {
    expect_one_trace("arm_equal", 32, [this](Random& random) -> std::array<std::uint32_t, 4> {
        const Data data = random.bytes(32);
        Data other = data;
        if (const std::size_t at = random.below(33); at < 32) other[at] ^= 1;
        return {machine_.place(data), machine_.place(other), 32, 0};
    });
}

TEST_F(ConstantTime, ecdh_in_the_private_key) {
    const openssl::KeyPair peer;
    expect_one_trace("arm_ecdh", 3, [&](Random&) -> std::array<std::uint32_t, 4> {
        return {machine_.place_zeros(32), machine_.place(openssl::KeyPair().private_scalar()),
                machine_.place(peer.uncompressed_point()), 0};
    });
}

TEST_F(ConstantTime, a_trace_does_show_a_difference) {
    machine_.reset();
    const std::uint32_t at = machine_.place_zeros(64);
    EXPECT_NE(machine_.call("arm_equal", {at, at, 32}).trace, machine_.call("arm_equal", {at, at, 31}).trace);
    EXPECT_NE(machine_.call("arm_equal", {at, at, 32}).trace, machine_.call("arm_equal", {at, at + 4, 32}).trace);
}

// The RAM is searched whole, the stack included, for any 8 bytes in a row of any secret.
class NoTrace : public testing::Test {
  protected:
    [[nodiscard]] bool in_ram(const Data& secret) const {
        const auto ram = machine_.ram();
        for (std::size_t at = 0; at + 8 <= secret.size(); ++at) {
            const auto begin = secret.begin() + static_cast<std::ptrdiff_t>(at);
            if (std::search(ram.begin(), ram.end(), begin, begin + 8) != ram.end()) return true;
        }
        return false;
    }
    void wipe(std::uint32_t at, std::size_t size) { machine_.wipe(at, size); }

    // Below the frame of the function called, and of the one that called it, there is nothing at all.
    [[nodiscard]] bool stack_is_clear() const {
        constexpr std::size_t frames_bytes = 160;
        const auto stack = machine_.used_stack();
        return stack.size() > frames_bytes &&
               std::all_of(stack.begin(), stack.end() - frames_bytes, [](std::uint8_t byte) { return byte == 0; });
    }

    Machine machine_{OUTBOOT_CRYPTO_PROGRAM, Watch::instructions};
};

// p256-m keeps numbers as words, the least significant first, and the schedule of SHA-256 keeps bytes as big-endian
// words.
Data as_words(const Data& number) {
    Data words(number.rbegin(), number.rend());
    return words;
}

Data as_swapped_words(Data bytes) {
    for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) {
        std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                     bytes.begin() + static_cast<std::ptrdiff_t>(at + 4));
    }
    return bytes;
}

TEST_F(NoTrace, of_any_secret_is_left_by_unwrap) {
    const openssl::KeyPair device;
    const Wrapping wrapping(device, Random(3).bytes(16));
    const std::uint32_t out = machine_.place_zeros(16), device_at = machine_.place(device.private_scalar());
    const std::uint32_t wrapped_at = machine_.place(wrapping.wrapped);
    ASSERT_EQ(machine_.call("arm_unwrap", {out, device_at, wrapped_at, 113}).result, 1U);
    EXPECT_TRUE(stack_is_clear());
    ASSERT_TRUE(in_ram(wrapping.image_key)); // the result, and the input:
    ASSERT_TRUE(in_ram(device.private_scalar()));
    wipe(out, 16);
    wipe(device_at, 32);
    for (const Data& secret :
         {wrapping.image_key, wrapping.shared, wrapping.cipher_key, wrapping.mac_key, device.private_scalar()}) {
        EXPECT_FALSE(in_ram(secret));
        EXPECT_FALSE(in_ram(as_words(secret)));
        EXPECT_FALSE(in_ram(as_swapped_words(secret)));
    }
}

TEST_F(NoTrace, of_any_secret_is_left_by_way_out_key) {
    const Data device = Random(4).bytes(32), hash = Random(5).bytes(32);
    const Data key = openssl::hkdf(hash, device, ascii("outboot way out v1"), 16);
    const Data pseudorandom_key = openssl::hmac(hash, device);
    const std::uint32_t out = machine_.place_zeros(16), device_at = machine_.place(device);
    machine_.call("arm_way_out_key", {out, device_at, machine_.place(hash)});
    EXPECT_TRUE(stack_is_clear());
    ASSERT_TRUE(in_ram(key));
    wipe(out, 16);
    wipe(device_at, 32);
    for (const Data& secret : {key, device, pseudorandom_key}) {
        EXPECT_FALSE(in_ram(secret));
        EXPECT_FALSE(in_ram(as_swapped_words(secret)));
    }
}

} // namespace
} // namespace outboot::crypto::test
