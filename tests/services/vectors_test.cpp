// Published vectors through the real bootloader's table: Project Wycheproof's, and NIST's known answers. OUTBOOT_FULL=1
// runs every one of ECDSA and ECDH; without, every seventh, since each takes the emulator a while.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include <nlohmann/json.hpp>

#include "tests/services/table.hpp"

namespace outboot::services::test {
namespace {

using Json = nlohmann::json;
using crypto::test::from_hex;

class Vectors : public testing::Test {
  protected:
    Vectors() : table(Watch::nothing) {}

    std::uint32_t place(const Data& data) { return table.machine.place(data); }
    std::uint32_t room(std::size_t bytes) { return table.machine.place_zeros(bytes); }
    Data read(std::uint32_t at, std::size_t bytes) { return table.machine.read(at, bytes); }

    // Calls check(group, test) for each `step`-th test of a file of Wycheproof's, with the machine as new.
    template <class Check>
    void for_each_test(const std::string& name, std::size_t step, const Check& check) {
        const char* const full = std::getenv("OUTBOOT_FULL");
        if (full != nullptr && std::string_view(full) == "1") step = 1;
        std::ifstream file(std::string(OUTBOOT_WYCHEPROOF) + "/" + name + "_test.json");
        ASSERT_TRUE(file) << name << " isn't at " OUTBOOT_WYCHEPROOF ": scripts/setup fetches it";
        const Json vectors = Json::parse(file);
        std::size_t seen = 0, valid = 0, invalid = 0;
        for (const auto& group : vectors["testGroups"]) {
            for (const auto& test : group["tests"]) {
                if (seen++ % step != 0) continue;
                SCOPED_TRACE(name + " " + test["tcId"].dump() + ": " + test["comment"].get<std::string>());
                table.machine.reset();
                check(group, test);
                ++(test["result"] == "valid" ? valid : invalid);
            }
        }
        EXPECT_EQ(seen, vectors["numberOfTests"].get<std::size_t>());
        EXPECT_GT(valid, 0U);
        EXPECT_GT(invalid, 0U);
    }

    Data sha256(const Data& message) {
        const std::uint32_t hash = room(sizeof(outboot_sha256)), at = place(message), out = room(32);
        EXPECT_EQ(table.status(Entry::sha256_init, {hash}), 0);
        EXPECT_EQ(table.status(Entry::sha256_update, {hash, at, static_cast<std::uint32_t>(message.size())}), 0);
        EXPECT_EQ(table.status(Entry::sha256_finish, {hash, out}), 0);
        return read(out, 32);
    }

    std::uint32_t keyed_aes(const Data& key) {
        const std::uint32_t aes = room(sizeof(outboot_aes));
        EXPECT_EQ(table.status(Entry::aes_init, {aes, place(key), static_cast<std::uint32_t>(key.size())}), 0);
        return aes;
    }

    Table table;
};

Data bytes(const Json& object, const char* key) {
    return from_hex(object[key].get<std::string>());
}

TEST_F(Vectors, of_wycheproof_for_ecdsa) {
    for_each_test("ecdsa_secp256r1_sha256_p1363", 7, [&](const Json& group, const Json& test) {
        Data point = bytes(group["publicKey"], "uncompressed");
        point.erase(point.begin());
        const Data signature = bytes(test, "sig");
        if (signature.size() != 64) return; // not expressible here
        const std::uint32_t point_at = place(point), hash = place(sha256(bytes(test, "msg")));
        const int status = table.status(Entry::ecdsa_verify, {point_at, hash, place(signature)});
        EXPECT_EQ(status, test["result"] == "valid" ? outboot_crypto_ok : outboot_crypto_bad_signature);
    });
}

TEST_F(Vectors, of_wycheproof_for_ecdh) {
    for_each_test("ecdh_secp256r1_ecpoint", 7, [&](const Json&, const Json& test) {
        Data point = bytes(test, "public");
        if (point.size() != 65 || point.front() != 4) return; // not expressible here
        point.erase(point.begin());
        const std::uint32_t out = room(32), key = place(crypto::test::to_size(bytes(test, "private"), 32));
        const int status = table.status(Entry::ecdh, {out, key, place(point)});
        EXPECT_EQ(status, test["result"] == "valid" ? outboot_crypto_ok : outboot_crypto_bad_key);
        EXPECT_EQ(read(out, 32), test["result"] == "valid" ? bytes(test, "shared") : Data(32));
    });
}

TEST_F(Vectors, of_wycheproof_for_hmac) {
    for_each_test("hmac_sha256", 1, [&](const Json& group, const Json& test) {
        const Data key = bytes(test, "key"), message = bytes(test, "msg");
        const std::uint32_t mac = room(sizeof(outboot_hmac)), key_at = place(key), at = place(message), out = room(32);
        ASSERT_EQ(table.status(Entry::hmac_init, {mac, key_at, static_cast<std::uint32_t>(key.size())}), 0);
        ASSERT_EQ(table.status(Entry::hmac_update, {mac, at, static_cast<std::uint32_t>(message.size())}), 0);
        ASSERT_EQ(table.status(Entry::hmac_finish, {mac, out}), 0);
        const Data tag = read(out, group["tagSize"].get<std::size_t>() / 8);
        EXPECT_EQ(tag == bytes(test, "tag"), test["result"] == "valid");
    });
}

TEST_F(Vectors, of_wycheproof_for_hkdf) {
    for_each_test("hkdf_sha256", 1, [&](const Json&, const Json& test) {
        const Data salt = bytes(test, "salt"), key = bytes(test, "ikm"), info = bytes(test, "info");
        const auto size = test["size"].get<std::uint32_t>();
        const auto bytes_of = [](const Data& data) { return static_cast<std::uint32_t>(data.size()); };
        const std::uint32_t salt_at = place(salt), key_at = place(key), info_at = place(info), out = room(size);
        const int status = table.status(
            Entry::hkdf, {salt_at, bytes_of(salt), key_at, bytes_of(key), info_at, bytes_of(info), out, size});
        const bool valid = test["result"] == "valid"; // else longer than HKDF can make
        EXPECT_EQ(status, valid ? outboot_crypto_ok : outboot_crypto_too_long);
        EXPECT_EQ(read(out, size), valid ? bytes(test, "okm") : Data(size));
    });
}

// FIPS 180-2, B.1 to B.3
TEST_F(Vectors, of_nist_for_sha256) {
    const auto text = [](std::string_view characters) { return Data(characters.begin(), characters.end()); };
    EXPECT_EQ(sha256(text("abc")), from_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    EXPECT_EQ(sha256(text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
              from_hex("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"));
    const std::uint32_t hash = room(sizeof(outboot_sha256)), part = place(Data(10'000, 'a')), out = room(32);
    EXPECT_EQ(table.status(Entry::sha256_init, {hash}), 0);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(table.status(Entry::sha256_update, {hash, part, 10'000}), 0);
    EXPECT_EQ(table.status(Entry::sha256_finish, {hash, out}), 0);
    EXPECT_EQ(read(out, 32), from_hex("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
}

struct KnownAnswer {
    const char* key;
    const char* clear;
    const char* cipher;
};

constexpr const char* four_blocks = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                                    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";

// FIPS 197, C.1 and C.3; SP 800-38A, F.1.1, F.1.2, F.1.5, F.1.6
TEST_F(Vectors, of_nist_for_aes_blocks) {
    const KnownAnswer answers[] = {
        {"000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff", "69c4e0d86a7b0430d8cdb78070b4c55a"},
        {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "00112233445566778899aabbccddeeff",
         "8ea2b7ca516745bfeafc49904b496089"},
        {"2b7e151628aed2a6abf7158809cf4f3c", four_blocks,
         "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"
         "43b1cd7f598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4"},
        {"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", four_blocks,
         "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870"
         "b6ed21b99ca6f4f9f153e7b1beafed1d23304b7a39f9f3ff067d8d8f9e24ecc7"}};
    for (const auto& [key, clear, cipher] : answers) {
        const Data in = from_hex(clear), expected = from_hex(cipher);
        const auto blocks = static_cast<std::uint32_t>(in.size() / 16);
        const std::uint32_t aes = keyed_aes(from_hex(key)), at = place(in), out = room(in.size());
        EXPECT_EQ(table.status(Entry::aes_encrypt, {aes, at, out, blocks}), 0);
        EXPECT_EQ(read(out, in.size()), expected) << key;
        EXPECT_EQ(table.status(Entry::aes_decrypt, {aes, out, out, blocks}), 0);
        EXPECT_EQ(read(out, in.size()), in) << key;
    }
}

// SP 800-38A, F.5.1 and F.5.5
TEST_F(Vectors, of_nist_for_aes_counter_mode) {
    const KnownAnswer answers[] = {{"2b7e151628aed2a6abf7158809cf4f3c", four_blocks,
                                    "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"
                                    "5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee"},
                                   {"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", four_blocks,
                                    "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
                                    "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6"}};
    for (const auto& [key, clear, cipher] : answers) {
        const std::uint32_t aes = keyed_aes(from_hex(key)), at = place(from_hex(clear)), out = room(64);
        const std::uint32_t counter = place(from_hex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"));
        EXPECT_EQ(table.status(Entry::aes_ctr, {aes, counter, at, out, 4}), 0);
        EXPECT_EQ(read(out, 64), from_hex(cipher)) << key;
        EXPECT_EQ(read(counter, 16), from_hex("f0f1f2f3f4f5f6f7f8f9fafbfcfdff03"));
    }
}

} // namespace
} // namespace outboot::services::test
