#include <gtest/gtest.h>

#include <algorithm>
#include <new>

#include "crypto/aes128.hpp"
#include "tests/crypto/reference.hpp"

namespace outboot::crypto::test {
namespace {

AesCtr cipher(const Data& key) {
    return AesCtr(std::span(key).first<AesCtr::key_bytes>());
}

// Counter mode encrypts the counter blocks 0, 1, … : the keystream is AES itself, of blocks we can't choose. FIPS 197's
// example needs another block; NIST's variable-key known answers (CAVP, ECBVarKey128) are for block 0.
TEST(AesCtr, first_block_is_the_known_answer_of_nist_for_a_zero_block) {
    const struct {
        const char *key, *encrypted_zero;
    } answers[] = {
        {"80000000000000000000000000000000", "0edd33d3c621e546455bd8ba1418bec8"},
        {"c0000000000000000000000000000000", "4bc3f883450c113c64ca42e1112a9e87"},
        {"fffffffffffffffffffffffffffffffe", "9ba4a9143f4e5d4048521c4f8877d88e"},
        {"ffffffffffffffffffffffffffffffff", "a1f6258c877d5fcd8964484538bfc92c"},
        {"10a58869d74be5a374cf867cfb473859", "6d251e6944b051e04eaa6fb4dbf78465"}, // ECBKeySbox128
        {"00000000000000000000000000000000", "66e94bd4ef8a2c3b884cfa59ca342b2e"},
    };
    for (const auto& answer : answers) {
        Data block(16);
        cipher(from_hex(answer.key)).apply(0, block);
        EXPECT_EQ(block, from_hex(answer.encrypted_zero)) << answer.key;
    }
}

// All 256 inputs of the S-box pass through each of the 16 places many times over here.
TEST(AesCtr, agrees_with_openssl_for_random_keys) {
    Random random(1);
    for (int round = 0; round < 300; ++round) {
        const Data key = random.bytes(16), plain = random.bytes(random.below(700));
        Data data = plain;
        cipher(key).apply(0, data);
        EXPECT_EQ(data, openssl::aes_ctr(key, plain));
    }
}

TEST(AesCtr, can_be_entered_at_any_byte_with_any_length) {
    Random random(2);
    const Data key = random.bytes(16), plain = random.bytes(400), whole = openssl::aes_ctr(key, plain);
    const AesCtr ctr = cipher(key);
    for (std::size_t from = 0; from <= 70; ++from) {
        for (std::size_t size = 0; size <= 100; ++size) {
            Data piece(plain.begin() + static_cast<std::ptrdiff_t>(from),
                       plain.begin() + static_cast<std::ptrdiff_t>(from + size));
            ctr.apply(static_cast<std::uint32_t>(from), piece);
            ASSERT_TRUE(std::equal(piece.begin(), piece.end(), whole.begin() + static_cast<std::ptrdiff_t>(from)))
                << from << " " << size;
        }
    }
}

TEST(AesCtr, counts_blocks_correctly_through_a_whole_megabyte_and_more) {
    Random random(3);
    const Data key = random.bytes(16);
    const Data keystream = openssl::aes_ctr(key, Data(20 * 1024 * 1024 + 32)); // three bytes of counter change
    const AesCtr ctr = cipher(key);
    for (const std::uint32_t at : {4096U - 16U, 65536U - 40U, 1024U * 1024U - 5U, 16U * 1024U * 1024U - 33U}) {
        Data piece(64);
        ctr.apply(at, piece);
        EXPECT_TRUE(std::equal(piece.begin(), piece.end(), keystream.begin() + at)) << at;
    }
    for (int round = 0; round < 100; ++round) {
        const auto at = static_cast<std::uint32_t>(random.below(20 * 1024 * 1024));
        Data piece(32);
        ctr.apply(at, piece);
        EXPECT_TRUE(std::equal(piece.begin(), piece.end(), keystream.begin() + at)) << at;
    }
}

TEST(AesCtr, touches_nothing_outside_the_piece) {
    Data area(64, 0xee);
    cipher(Data(16, 1)).apply(7, std::span(area).subspan(20, 9));
    for (std::size_t i = 0; i < area.size(); ++i) {
        if (i < 20 || i >= 29) {
            EXPECT_EQ(area[i], 0xee) << i;
        }
    }
}

TEST(AesCtr, its_end_clears_the_round_keys) {
    alignas(AesCtr) std::array<std::uint8_t, sizeof(AesCtr)> place;
    place.fill(0xee);
    const Data key(16, 0x5a);
    auto* ctr = new (place.data()) AesCtr(std::span(key).first<16>());
    ASSERT_TRUE(std::any_of(place.begin(), place.end(), [](std::uint8_t byte) { return byte != 0; }));
    ctr->~AesCtr();
    EXPECT_TRUE(std::all_of(place.begin(), place.end(), [](std::uint8_t byte) { return byte == 0; }));
}

} // namespace
} // namespace outboot::crypto::test
