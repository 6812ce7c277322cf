// Project Wycheproof's vectors: the corner cases that implementations of these primitives have got wrong before.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include <nlohmann/json.hpp>

#include "crypto/compact.hpp"
#include "tests/crypto/reference.hpp"

namespace outboot::crypto::test {
namespace {

using Json = nlohmann::json;

// Calls check(group, test) for each test of a file.
template <class Check>
void for_each_test(const std::string& name, const Check& check) {
    std::ifstream file(std::string(OUTBOOT_WYCHEPROOF) + "/" + name + "_test.json");
    ASSERT_TRUE(file) << name << " isn't at " OUTBOOT_WYCHEPROOF ": scripts/setup fetches it";
    const Json vectors = Json::parse(file);
    std::size_t tests = 0;
    for (const auto& group : vectors["testGroups"]) {
        for (const auto& test : group["tests"]) {
            SCOPED_TRACE(name + " " + test["tcId"].dump() + ": " + test["comment"].get<std::string>());
            check(group, test);
            ++tests;
        }
    }
    EXPECT_GT(tests, 0U);
    EXPECT_EQ(tests, vectors["numberOfTests"].get<std::size_t>());
}

Data bytes(const Json& object, const char* key) {
    return from_hex(object[key].get<std::string>());
}

Data public_point(const Json& group) {
    Data point = bytes(group["publicKey"], "uncompressed");
    point.erase(point.begin());
    return point;
}

TEST(Wycheproof, ecdsa_der) {
    for_each_test("ecdsa_secp256r1_sha256", [](const Json& group, const Json& test) {
        const Data point = public_point(group), hash = openssl::sha256(bytes(test, "msg"));
        core::Verdict verdict;
        Compact::ecdsa_verify(verdict, std::span(point).first<64>(), std::span(hash).first<32>(), bytes(test, "sig"));
        EXPECT_EQ(verdict.good(), test["result"] == "valid");
    });
}

TEST(Wycheproof, ecdsa_raw) {
    for_each_test("ecdsa_secp256r1_sha256_p1363", [](const Json& group, const Json& test) {
        const Data point = public_point(group), hash = openssl::sha256(bytes(test, "msg"));
        const Data signature = bytes(test, "sig");
        if (signature.size() != p256_signature_bytes) { // not expressible in our interface
            EXPECT_NE(test["result"], "valid");
            return;
        }
        core::Verdict verdict;
        ecdsa_verify(verdict, std::span(point).first<64>(), std::span(hash).first<32>(),
                     std::span(signature).first<64>());
        EXPECT_EQ(verdict.good(), test["result"] == "valid");
    });
}

TEST(Wycheproof, ecdh) {
    for_each_test("ecdh_secp256r1_ecpoint", [](const Json&, const Json& test) {
        const Data point = bytes(test, "public"), device_private = to_size(bytes(test, "private"), 32);
        if (point.size() != p256_uncompressed_bytes) { // compressed points: "acceptable", and we don't accept them
            EXPECT_NE(test["result"], "valid");
            return;
        }
        Data secret(32);
        const bool good =
            ecdh(std::span(secret).first<32>(), std::span(device_private).first<32>(), std::span(point).first<65>());
        EXPECT_EQ(good, test["result"] == "valid");
        if (good) {
            EXPECT_EQ(secret, bytes(test, "shared"));
        }
    });
}

TEST(Wycheproof, hmac) {
    for_each_test("hmac_sha256", [](const Json& group, const Json& test) {
        const Data key = bytes(test, "key");
        Hmac mac(key);
        mac.update(bytes(test, "msg"));
        Data tag(32);
        mac.finish(std::span(tag).first<32>());
        tag.resize(group["tagSize"].get<std::size_t>() / 8);
        EXPECT_EQ(equal(tag, bytes(test, "tag")), test["result"] == "valid");
    });
}

TEST(Wycheproof, hkdf) {
    for_each_test("hkdf_sha256", [](const Json&, const Json& test) {
        const auto size = test["size"].get<std::size_t>();
        if (test["result"] != "valid") { // longer than HKDF can make: our callers' sizes are fixed and small
            EXPECT_GT(size, 255U * 32U);
            return;
        }
        Data out(size);
        hkdf(bytes(test, "salt"), bytes(test, "ikm"), bytes(test, "info"), out);
        EXPECT_EQ(out, bytes(test, "okm"));
    });
}

} // namespace
} // namespace outboot::crypto::test
