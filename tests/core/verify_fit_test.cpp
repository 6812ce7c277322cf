// Who made the image, and does it fit this device: signature, keys, layout, counter, services, reset vector; and what a
// chip can do while it is asked.
#include <optional>

#include "tests/core/verify_fixture.hpp"

namespace outboot::core {
namespace {

TEST_F(VerifyTest, not_for_this_device) {
    TestKeys other;
    RealImage image = good;
    image.change_unsigned = [&](auto& tlvs) { tlvs[3].value = ecies_wrap(other.device, *good.image_key); };
    EXPECT_EQ(staged(image), Reason::bad_encryption);
    EXPECT_EQ(primary(image), Reason::none) << "in the primary the payload is in clear";
    image.change_unsigned = [&](auto& tlvs) { tlvs[3].value = ecies_wrap(keys.device, Data(16, 1)); };
    EXPECT_EQ(staged(image), Reason::bad_hash) << "wrapped rightly, but another key";
}

TEST_F(VerifyTest, a_changed_bit_anywhere_is_found) {
    const Data image = build(good, keys);
    const std::size_t signed_bytes = 0x200 + 3000 + 24;
    crypto::test::Random dice(3);
    for (std::size_t at = 32; at < image.size(); at += 1 + dice.below(60)) {
        Data changed = image;
        changed[at] ^= static_cast<std::uint8_t>(1U << dice.below(8));
        const Reason reason = check(Place::staged, changed).reason;
        if (at < 0x200 + 3000) {
            EXPECT_EQ(reason, Reason::bad_hash) << at;
        } else {
            EXPECT_NE(reason, Reason::none) << at;
        }
        EXPECT_TRUE(check(Place::staged, changed).broken() || at >= signed_bytes) << at;
    }
}

TEST_F(VerifyTest, who_signed) {
    const TestKeys other;
    RealImage image = good;
    image.change_unsigned = [&](auto& tlvs) {
        tlvs[1].value = key_hash(other.signer);
        tlvs[2].value = other.signer.sign_der(tlvs[0].value);
    };
    expect(Reason::unknown_key, image);
    image.change_unsigned = [&](auto& tlvs) { tlvs[2].value = other.signer.sign_der(tlvs[0].value); };
    expect(Reason::bad_signature, image);
    image.change_unsigned = [&](auto& tlvs) { tlvs[2].value = keys.signer.sign_der(tlvs[0].value); };
    expect(Reason::none, image);
    image.change_unsigned = [&](auto& tlvs) { tlvs[2].value = keys.signer.sign_der(Data(32, 1)); };
    expect(Reason::bad_signature, image);
    image.change_unsigned = [&](auto& tlvs) { tlvs[2].value.clear(); };
    expect(Reason::bad_signature, image);
}

TEST_F(VerifyTest, a_hash_tlv_that_was_signed_doesnt_stand_for_the_content) {
    good.change_unsigned = [&](auto& tlvs) {
        tlvs[0].value = Data(32, 0x11);
        tlvs[2].value = keys.signer.sign_der(tlvs[0].value);
    };
    expect(Reason::bad_hash, good);
}

TEST_F(VerifyTest, layouts) {
    good.signed_tlvs[0].value[7] ^= 1;
    expect(Reason::wrong_layout, good);
    EXPECT_FALSE(check(Place::primary, build(good, keys, true)).broken()) << "authentic, so never erased unasked";
    good.signed_tlvs.erase(good.signed_tlvs.begin());
    expect(Reason::no_fingerprint, good);
    good.signed_tlvs.clear();
    expect(Reason::no_fingerprint, good);
}

TEST_F(VerifyTest, counters) {
    EXPECT_EQ(staged(good, 9), Reason::none);
    EXPECT_EQ(staged(good, 10), Reason::counter_too_low);
    EXPECT_EQ(primary(good, 10), Reason::counter_too_low);
    EXPECT_FALSE(check(Place::primary, build(good, keys, true), 10).broken());
    good.signed_tlvs.pop_back();
    EXPECT_EQ(staged(good, 0), Reason::none) << "no counter counts as 0";
    EXPECT_EQ(staged(good, 1), Reason::counter_too_low);
}

TEST_F(VerifyTest, services_that_an_image_needs_are_there) {
    good.signed_tlvs.push_back({0x4fa1, {3, 0, 0, 0}});
    expect(Reason::none, good);
    for (const std::uint32_t bit : {2, 8, 31}) {
        good.signed_tlvs.back().value.assign(4, 0);
        good.signed_tlvs.back().value[bit / 8] = static_cast<std::uint8_t>(1U << bit % 8);
        expect(Reason::needs_newer_table, good);
    }
}

TEST_F(VerifyTest, without_a_table_no_service_is_there) {
    board.settings.services = 0;
    good.signed_tlvs.push_back({0x4fa1, {0, 0, 0, 0}});
    expect(Reason::none, good);
    good.signed_tlvs.back().value[0] = 1;
    expect(Reason::needs_newer_table, good);
}

TEST_F(VerifyTest, the_reset_vector_points_into_the_payload) {
    const std::uint32_t begin = address + 0x200;
    struct {
        std::uint32_t vector;
        bool good;
    } const cases[] = {{begin + 1, true},     {begin, false},       {begin - 1, false}, {begin + 2999, true},
                       {begin + 3001, false}, {begin + 100, false}, {1, false},         {0xffffffff, false}};
    for (const auto& c : cases) {
        set_reset_vector(c.vector);
        expect(c.good ? Reason::none : Reason::bad_vector, good);
    }
}

TEST_F(VerifyTest, a_chip_that_falls_silent_says_nothing_about_the_image) {
    const Data image = build(good, keys);
    for (std::size_t readable = 0; readable < image.size(); readable += 97) {
        board.external.readable = board.settings.secondary.base + readable;
        const Checked finding = check(Place::staged, image);
        EXPECT_TRUE(finding.read_failed());
        EXPECT_EQ(finding.reason, Reason::chip_read_failed);
        EXPECT_TRUE(finding.broken());
    }
}

// What decides is read once: a chip that answers differently the second time gains nothing.
TEST_F(VerifyTest, no_byte_that_decides_is_read_twice) {
    const Data image = build(good, keys);
    std::vector<int> reads(image.size());
    board.external.lie = [&](std::uint32_t at, MutableBytes bytes) {
        for (std::size_t i = 0; i < bytes.size(); ++i) ++reads[at - board.settings.secondary.base + i];
    };
    EXPECT_EQ(check(Place::staged, image).reason, Reason::none);
    for (std::size_t at = 0; at < image.size(); ++at) EXPECT_EQ(reads[at], 1) << "byte " << at;
}

} // namespace
} // namespace outboot::core
