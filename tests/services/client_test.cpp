// The client library's C++ classes (app/crypto.hpp, first so that it stands alone), on the library's own code: there is
// no bootloader on the host.
#include "app/crypto.hpp"

#include <gtest/gtest.h>

#include <array>
#include <new>

#include "tests/crypto/reference.hpp"

namespace outboot::services::test {
namespace {

using namespace crypto::test;

class Client : public testing::Test {
  protected:
    // Is there anything but zeros, once the object is gone?
    template <class T, class... Arguments>
    static bool leaves_something(const Arguments&... arguments) {
        alignas(T) std::array<std::uint8_t, sizeof(T)> room;
        room.fill(0xa5);
        auto* object = new (room.data()) T(arguments...);
        object->~T();
        asm volatile("" : : "r"(room.data()) : "memory");
        std::size_t kept = 0;
        for (const std::uint8_t byte : room) kept += byte != 0 ? 1 : 0;
        return kept > sizeof(service::Status); // which isn't secret
    }

    struct Careless {
        explicit Careless(const Data& key) {
            for (std::size_t i = 0; i < sizeof kept; ++i) kept[i] = key[i];
        }
        volatile std::uint8_t kept[16];
    };

    Random random{3};
};

TEST_F(Client, finds_no_table_and_works_by_itself) {
    EXPECT_EQ(outboot_crypto_open(), outboot_crypto_no_table);
    EXPECT_EQ(outboot_crypto_services(), 0U);
}

TEST_F(Client, hashes_and_copies_of_hashes) {
    const Data begin = random.bytes(70), end = random.bytes(10);
    Data all = begin, digest(32);
    all.insert(all.end(), end.begin(), end.end());
    service::Sha256 hash;
    hash.update(begin);
    service::Sha256 copy = hash;
    const std::span<std::uint8_t, 32> out(digest.data(), 32);
    ASSERT_EQ(hash.finish(out), outboot_crypto_ok);
    EXPECT_EQ(digest, openssl::sha256(begin));
    copy.update(end);
    ASSERT_EQ(copy.finish(out), outboot_crypto_ok);
    EXPECT_EQ(digest, openssl::sha256(all));
}

TEST_F(Client, macs_and_derives_keys) {
    const Data key = random.bytes(32), message = random.bytes(100), info = random.bytes(5);
    Data tag(32), derived(50);
    service::Hmac mac(key);
    mac.update(message);
    const std::span<std::uint8_t, 32> out(tag.data(), 32);
    ASSERT_EQ(mac.finish(out), outboot_crypto_ok);
    EXPECT_EQ(tag, openssl::hmac(key, message));
    EXPECT_EQ(mac.finish(out), outboot_crypto_bad_argument); // its key is gone
    ASSERT_EQ(service::hkdf({}, key, info, derived), outboot_crypto_ok);
    EXPECT_EQ(derived, openssl::hkdf({}, key, info, 50));
}

TEST_F(Client, aes_there_and_back_in_whole_blocks) {
    const Data key = random.bytes(16), data = random.bytes(48);
    const service::Aes aes(key);
    Data out(48), back(48), counter(16);
    ASSERT_EQ(aes.encrypt(data, out), outboot_crypto_ok);
    EXPECT_NE(out, data);
    ASSERT_EQ(aes.decrypt(out, back), outboot_crypto_ok);
    EXPECT_EQ(back, data);
    const std::span<std::uint8_t, 16> at(counter.data(), 16);
    ASSERT_EQ(aes.ctr(at, data, out), outboot_crypto_ok);
    EXPECT_EQ(counter[15], 3);
    EXPECT_EQ(aes.encrypt(std::span(data).first(47), out), outboot_crypto_bad_argument);
    EXPECT_EQ(aes.encrypt(data, std::span(out).first(32)), outboot_crypto_bad_argument);
    EXPECT_EQ(service::Aes(random.bytes(24)).encrypt(data, out), outboot_crypto_bad_argument);
}

TEST_F(Client, ecdsa_and_ecdh) {
    const openssl::KeyPair own, peer;
    const Data hash = random.bytes(32), signature = openssl::raw_signature(own.sign_der(hash)), point = own.point();
    const std::span<const std::uint8_t, 64> q(point.data(), 64), rs(signature.data(), 64);
    Data other = hash;
    other[3] ^= 1;
    EXPECT_EQ(service::ecdsa_verify(q, std::span<const std::uint8_t, 32>(hash.data(), 32), rs), outboot_crypto_ok);
    EXPECT_EQ(service::ecdsa_verify(q, std::span<const std::uint8_t, 32>(other.data(), 32), rs),
              outboot_crypto_bad_signature);
    Data secret(32);
    const Data key = own.private_scalar(), peer_point = peer.point();
    ASSERT_EQ(service::ecdh(std::span<std::uint8_t, 32>(secret.data(), 32),
                            std::span<const std::uint8_t, 32>(key.data(), 32),
                            std::span<const std::uint8_t, 64>(peer_point.data(), 64)),
              outboot_crypto_ok);
    EXPECT_EQ(secret, own.ecdh(peer));
}

TEST_F(Client, contexts_leave_nothing) {
    const Data key = random.bytes(16);
    EXPECT_FALSE(leaves_something<service::Sha256>());
    EXPECT_FALSE(leaves_something<service::Hmac>(key));
    EXPECT_FALSE(leaves_something<service::Aes>(key));
    EXPECT_TRUE(leaves_something<Careless>(key)); // the test can tell
}

} // namespace
} // namespace outboot::services::test
