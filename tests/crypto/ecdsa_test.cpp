#include <gtest/gtest.h>

#include <fstream>

#include <nlohmann/json.hpp>

#include "crypto/compact.hpp"
#include "crypto/ecdsa_der.hpp"
#include "tests/crypto/reference.hpp"

namespace outboot::crypto::test {
namespace {

bool verifies(const Data& point, const Data& hash, const Data& raw) {
    core::Verdict verdict;
    ecdsa_verify(verdict, std::span(point).first<64>(), std::span(hash).first<32>(), std::span(raw).first<64>());
    return verdict.good();
}

bool verifies_der(const Data& point, const Data& hash, const Data& der) {
    core::Verdict verdict;
    Compact::ecdsa_verify(verdict, std::span(point).first<64>(), std::span(hash).first<32>(), der);
    return verdict.good();
}

Data join(Data a, const Data& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

Data scalar(std::uint8_t value) {
    Data bytes(32);
    bytes[31] = value;
    return bytes;
}

const Data n = from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
const Data p = from_hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
const Data generator = from_hex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                                "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");
const Data generator_negative = from_hex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                                         "b01cbd1c01e58065711814b583f061e9d431cca994cea1313449bf97c840ae0a");

TEST(Ecdsa, accepts_what_openssl_signed) {
    Random random(1);
    for (int round = 0; round < 50; ++round) {
        const openssl::KeyPair key;
        const Data hash = random.bytes(32), der = key.sign_der(hash);
        EXPECT_TRUE(verifies_der(key.point(), hash, der));
        EXPECT_TRUE(verifies(key.point(), hash, openssl::raw_signature(der)));
    }
}

TEST(Ecdsa, rejects_a_change_in_any_byte_of_signature_hash_or_key) {
    Random random(2);
    const openssl::KeyPair key;
    const Data hash = random.bytes(32), raw = openssl::raw_signature(key.sign_der(hash)), point = key.point();
    const auto changed = [&](Data data, std::size_t at) {
        data[at] = static_cast<std::uint8_t>(data[at] ^ 1U << random.below(8));
        return data;
    };
    for (std::size_t at = 0; at < 64; ++at) {
        EXPECT_FALSE(verifies(point, hash, changed(raw, at))) << at;
        EXPECT_FALSE(verifies(changed(point, at), hash, raw)) << at;
        if (at < 32) {
            EXPECT_FALSE(verifies(point, changed(hash, at), raw)) << at;
        }
    }
}

TEST(Ecdsa, rejects_another_key) {
    const openssl::KeyPair key, other;
    const Data hash(32, 0x11);
    EXPECT_FALSE(verifies(other.point(), hash, openssl::raw_signature(key.sign_der(hash))));
}

// r = s = 0 makes u1 = u2 = 0 and R infinity, which arithmetic shows as x = 0 = r. Only the range checks stand between.
TEST(Ecdsa, rejects_r_or_s_out_of_range) {
    const openssl::KeyPair key;
    const Data hash(32, 0x22), raw = openssl::raw_signature(key.sign_der(hash)), point = key.point();
    const Data r(raw.begin(), raw.begin() + 32), s(raw.begin() + 32, raw.end());
    ASSERT_TRUE(verifies(point, hash, join(r, s)));
    const Data zero = scalar(0), all(32, 0xff);
    for (const Data& bad : {zero, n, p, all}) {
        EXPECT_FALSE(verifies(point, hash, join(bad, s)));
        EXPECT_FALSE(verifies(point, hash, join(r, bad)));
        for (const Data& other : {zero, n, p, all, scalar(1)}) {
            EXPECT_FALSE(verifies(point, hash, join(bad, other)));
            EXPECT_FALSE(verifies(point, hash, join(other, bad)));
        }
    }
}

// Anybody can sign a hash that is 0 mod n: for any t, R = tQ, r = x(R), s = r / t. With t = 1: R = Q, s = r.
TEST(Ecdsa, rejects_a_hash_of_zero_though_the_equation_holds) {
    const openssl::KeyPair key;
    const Data point = key.point();
    const Data x(point.begin(), point.begin() + 32);
    if (x >= n) GTEST_SKIP() << "x isn't below n: one key in 2^32";
    EXPECT_FALSE(verifies(point, scalar(0), join(x, x)));
    EXPECT_FALSE(verifies(point, n, join(x, x)));
}

// With s = e and r = n - e, u1 = 1 and u2 = -1: under the key G the point R is infinity.
TEST(Ecdsa, rejects_when_the_sum_is_infinity) {
    const Data e = scalar(5);
    Data r = n;
    r[31] = static_cast<std::uint8_t>(r[31] - 5);
    EXPECT_FALSE(verifies(generator, e, join(r, e)));
}

// Keys whose multiples meet the generator's on the way, so that the addition has to double, or to give infinity, in
// the middle of the loop.
TEST(Ecdsa, is_right_where_the_addition_is_exceptional) {
    Random random(3);
    for (const unsigned secret : {1U, 2U, 3U, 4U, 5U, 255U}) {
        const openssl::KeyPair key(scalar(static_cast<std::uint8_t>(secret)));
        for (int round = 0; round < 4; ++round) {
            const Data hash = random.bytes(32), raw = openssl::raw_signature(key.sign_der(hash));
            EXPECT_TRUE(verifies(key.point(), hash, raw)) << secret;
            Data other = hash;
            other[31] ^= 1;
            EXPECT_FALSE(verifies(key.point(), other, raw)) << secret;
        }
    }
    Data minus_one = n;
    minus_one[31] = static_cast<std::uint8_t>(minus_one[31] - 1);
    const openssl::KeyPair key(minus_one);
    ASSERT_EQ(key.point(), generator_negative);
    const Data hash = random.bytes(32);
    EXPECT_TRUE(verifies(key.point(), hash, openssl::raw_signature(key.sign_der(hash))));
}

TEST(Ecdsa, rejects_a_key_that_is_no_point) {
    const Data hash(32, 0x33), raw = join(scalar(1), scalar(1));
    EXPECT_FALSE(verifies(Data(64), hash, raw));
    EXPECT_FALSE(verifies(Data(64, 0xff), hash, raw));
    EXPECT_FALSE(verifies(join(p, scalar(1)), hash, raw));
}

TEST(Ecdsa, a_verdict_that_was_good_is_bad_after_a_failed_check) {
    const openssl::KeyPair key;
    const Data point = key.point(), hash(32, 0x44), der = key.sign_der(hash);
    for (const Data& bad : {Data{}, Data{0x30, 0x00}, openssl::der_signature(join(scalar(1), scalar(1)))}) {
        core::Verdict verdict;
        Compact::ecdsa_verify(verdict, std::span(point).first<64>(), std::span(hash).first<32>(), der);
        ASSERT_TRUE(verdict.good());
        Compact::ecdsa_verify(verdict, std::span(point).first<64>(), std::span(hash).first<32>(), bad);
        EXPECT_FALSE(verdict.good());
    }
}

bool decodes(const Data& der) {
    Data raw(64);
    return decode_ecdsa_der(der, std::span(raw).first<64>());
}

TEST(EcdsaDer, gives_back_what_openssl_encoded) {
    Random random(4);
    for (int round = 0; round < 2000; ++round) {
        Data raw = random.bytes(64);
        for (const std::size_t from : {0U, 32U}) { // short numbers, and such that need a zero before them
            const std::size_t zeros = random.below(40);
            for (std::size_t i = 0; i < zeros && i < 32; ++i) raw[from + i] = 0;
        }
        Data decoded(64, 0xee);
        ASSERT_TRUE(decode_ecdsa_der(openssl::der_signature(raw), std::span(decoded).first<64>()));
        ASSERT_EQ(decoded, raw);
    }
}

TEST(EcdsaDer, refuses_the_neighbours_of_a_good_encoding) {
    ASSERT_TRUE(decodes(from_hex("3006020101020101")));
    const char* const bad[] = {
        "",
        "30",
        "3000",
        "300302010102",
        "3106020101020101",   // another tag
        "3005020101020101",   // SEQUENCE too short for its second INTEGER
        "3007020101020101",   // too long
        "300702010102010100", // something inside the SEQUENCE after s
        "3080020101020101",   // indefinite length
        "308106020101020101", // long form of a short length
        "3006030101020101",   // not an INTEGER
        "3006020101030101",
        "300502000201010000", // empty INTEGER
        "3006020181020101",   // negative
        "3006020101020181",
        "300702020001020101", // a zero too many
        "300702010102020001",
        "300702010102040101", // s leaves the SEQUENCE
        "3006027f01020101",
        "300602010102010101", // something other than zero behind
    };
    for (const char* der : bad) EXPECT_FALSE(decodes(from_hex(der))) << der;
}

TEST(EcdsaDer, refuses_numbers_of_more_than_32_bytes) {
    Data der = from_hex("3026022101");
    der.resize(der.size() + 32, 0x11);
    der.insert(der.end(), {0x02, 0x01, 0x01});
    EXPECT_FALSE(decodes(der));
    der[4] = 0x00; // as a sign byte it is fine
    der[5] = 0x91;
    EXPECT_TRUE(decodes(der));
}

TEST(EcdsaDer, accepts_imgtools_padding_up_to_72_bytes_and_no_more) {
    Data der = from_hex("3006020101020101");
    while (der.size() < ecdsa_der_max_bytes) {
        der.push_back(0);
        EXPECT_TRUE(decodes(der)) << der.size();
    }
    der.push_back(0);
    EXPECT_FALSE(decodes(der));
    der.pop_back();
    der.back() = 1;
    EXPECT_FALSE(decodes(der));
}

// Every truncation and every single changed byte of one signature either fails to decode or decodes to something else.
TEST(EcdsaDer, no_other_encoding_of_one_signature_is_found_nearby) {
    const Data raw = join(from_hex("80000000000000000000000000000000000000000000000000000000000000aa"), scalar(0x7f));
    const Data der = openssl::der_signature(raw);
    for (std::size_t size = 0; size < der.size(); ++size) {
        EXPECT_FALSE(decodes(Data(der.begin(), der.begin() + static_cast<std::ptrdiff_t>(size)))) << size;
    }
    for (std::size_t at = 0; at < der.size(); ++at) {
        for (unsigned value = 0; value < 256; ++value) {
            Data other = der;
            other[at] = static_cast<std::uint8_t>(value);
            Data decoded(64);
            if (other != der && decode_ecdsa_der(other, std::span(decoded).first<64>())) {
                EXPECT_NE(decoded, raw) << at << " " << value;
            }
        }
    }
}

TEST(EcdsaDer, agrees_with_imgtool) {
    std::ifstream file(OUTBOOT_TEST_DATA "/crypto/imgtool_tlvs.json");
    const auto vectors = nlohmann::json::parse(file);
    const Data point = from_hex(vectors["public_key"].get<std::string>());
    std::size_t good = 0, bad = 0;
    for (const auto& entry : vectors["signatures"]) {
        const bool accepted = verifies_der(point, from_hex(entry["hash"].get<std::string>()),
                                           from_hex(entry["signature"].get<std::string>()));
        if (entry["expect"] != "either") {
            EXPECT_EQ(accepted, entry["expect"] == "accept") << entry["image"];
            ++(accepted ? good : bad);
        }
    }
    EXPECT_GE(good, 7U);
    EXPECT_GE(bad, 7U);
}

} // namespace
} // namespace outboot::crypto::test
