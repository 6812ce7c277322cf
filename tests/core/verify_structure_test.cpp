// Is it an image at all: header, sizes, TLVs. Every reason is met, and so is its nearest neighbour that is accepted.
#include "tests/core/verify_fixture.hpp"

namespace outboot::core {
namespace {

TEST_F(VerifyTest, a_good_image_is_accepted_in_both_places_and_described) {
    expect(Reason::none, good);
    const Data image = build(good, keys);
    const Checked finding = check(Place::staged, image);
    EXPECT_TRUE(finding.encrypted);
    EXPECT_EQ(finding.facts.payload_bytes, 3000U);
    EXPECT_EQ(finding.facts.total_bytes, image.size());
    EXPECT_EQ(finding.facts.header_bytes, 0x200);
    EXPECT_EQ(finding.facts.counter, 9U);
    EXPECT_EQ(finding.version, (format::Version{1, 2, 3, 4}));
    EXPECT_EQ(finding.wrapped_key, Data(image.end() - 113, image.end()));
}

TEST_F(VerifyTest, the_same_image_has_the_same_facts_in_both_places) {
    const Data image = build(good, keys);
    Data clear = image;
    std::ranges::copy(good.payload, clear.begin() + 0x200);
    const Checked outside = check(Place::staged, image);
    const Checked inside = check(Place::primary, clear);
    EXPECT_EQ(std::memcmp(&outside.facts, &inside.facts, sizeof(ImageFacts)), 0);
}

TEST_F(VerifyTest, an_image_in_clear_is_accepted_in_the_primary_and_staged_where_the_layout_permits) {
    good.image_key.reset();
    EXPECT_EQ(primary(good), Reason::none);
    EXPECT_EQ(staged(good), Reason::not_encrypted);
    board.settings.encryption_required = false;
    EXPECT_EQ(staged(good), Reason::none);
}

TEST_F(VerifyTest, no_image) {
    good.magic ^= 1;
    expect(Reason::no_image, good);
    EXPECT_EQ(check(Place::staged, {}).reason, Reason::no_image);
}

TEST_F(VerifyTest, flags) {
    for (unsigned bit = 0; bit < 32; ++bit) {
        RealImage image = good;
        image.flags = 1U << bit;
        image.load_address = address;
        const bool fine = image.flags == 0x4 || image.flags == 0x100; // encrypted; made for this address
        expect(fine ? Reason::none : Reason::bad_header, image);
    }
}

TEST_F(VerifyTest, an_image_for_a_fixed_address_must_be_for_this_one) {
    good.flags = 0x100;
    good.load_address = address;
    expect(Reason::none, good);
    good.load_address = address + 0x2000;
    expect(Reason::bad_header, good);
}

TEST_F(VerifyTest, header_size_must_be_the_layouts) {
    for (const auto size : std::initializer_list<std::uint16_t>{0x20, 0x100, 0x1f0, 0x210, 0x400}) {
        good.header_size = size;
        expect(Reason::bad_header, good);
    }
}

TEST_F(VerifyTest, a_payload_has_at_least_two_vectors) {
    good.payload.resize(8);
    set_reset_vector(address + 0x200 + 1);
    expect(Reason::none, good);
    good.payload.resize(7);
    expect(Reason::bad_header, good);
}

TEST_F(VerifyTest, an_image_may_fill_its_slot_to_the_last_byte) {
    // The signature's DER varies in length; its image is made until it is of the usual one.
    const auto with_total = [&](std::size_t total, bool in_clear = false) {
        for (;;) {
            Data image = build(good, keys, in_clear);
            if (image.size() == total) return image;
            good.payload.resize(good.payload.size() + total - image.size(), 0x5a);
        }
    };
    EXPECT_EQ(check(Place::staged, with_total(slot)).reason, Reason::none);
    board.settings.secondary.size = slot + 16; // room to stage what won't fit in the primary
    EXPECT_EQ(check(Place::staged, with_total(slot + 1)).reason, Reason::too_large);
    board.settings.primary.size = slot + 16;
    board.settings.secondary.size = slot;
    EXPECT_EQ(check(Place::primary, with_total(slot + 1, true)).reason, Reason::none)
        << "a smaller secondary doesn't matter";
}

// Whatever a header and an info record say. The board fails the test on any read behind the slot.
TEST_F(VerifyTest, nothing_behind_the_slot_is_read) {
    for (std::uint32_t left = 0; left < 12; ++left) {
        for (const std::uint16_t area : {std::uint16_t{0}, std::uint16_t{5}, std::uint16_t{512}, std::uint16_t{1024}}) {
            for (const std::uint16_t protected_bytes : {std::uint16_t{0}, std::uint16_t{4}, std::uint16_t{12}}) {
                Data image = build(good, keys);
                const std::uint32_t payload = slot - 0x200 - protected_bytes - left;
                for (unsigned i = 0; i < 4; ++i) image[12 + i] = static_cast<std::uint8_t>(payload >> 8 * i);
                image[10] = static_cast<std::uint8_t>(protected_bytes);
                image.resize(slot, 0xff);
                const std::uint8_t info[] = {0x07, 0x69, static_cast<std::uint8_t>(area),
                                             static_cast<std::uint8_t>(area >> 8)};
                const std::size_t info_at = slot - left;
                std::copy_n(info, std::min<std::size_t>(4, left), image.begin() + static_cast<std::ptrdiff_t>(info_at));
                EXPECT_TRUE(check(Place::staged, image).broken());
                EXPECT_TRUE(check(Place::primary, image).broken());
            }
        }
    }
}

TEST_F(VerifyTest, sizes_that_wrap_or_leave_the_slot_are_too_large) {
    constexpr std::int32_t just_too_large = slot - 3000 - 0x200 - 24;
    for (const std::int32_t says : {1 << 20, -3001, -3001 - 0x200, 0x7fffffff, -0x7fffffff, just_too_large}) {
        RealImage image = good;
        image.header_says_payload = says;
        expect(Reason::too_large, image);
    }
}

TEST_F(VerifyTest, unprotected_tlvs_are_exactly_those_in_that_order) {
    const auto changed = [&](const std::function<void(std::vector<RawTlv>&)>& change) {
        RealImage image = good;
        image.change_unsigned = change;
        return image;
    };
    for (std::size_t i = 0; i < 4; ++i) { // missing, doubled, of another type
        EXPECT_EQ(staged(changed([i](auto& tlvs) { tlvs.erase(tlvs.begin() + static_cast<std::ptrdiff_t>(i)); })),
                  Reason::bad_tlv);
        expect(Reason::bad_tlv,
               changed([i](auto& tlvs) { tlvs.insert(tlvs.begin() + static_cast<std::ptrdiff_t>(i), tlvs[i]); }));
        expect(Reason::bad_tlv, changed([i](auto& tlvs) { tlvs[i].type ^= 0x100; }));
        if (i < 3) expect(Reason::bad_tlv, changed([i](auto& tlvs) { std::swap(tlvs[i], tlvs[i + 1]); }));
    }
    for (const std::size_t i : {0U, 1U, 3U}) { // longer, shorter
        expect(Reason::bad_tlv, changed([i](auto& tlvs) { tlvs[i].value.push_back(0); }));
        expect(Reason::bad_tlv, changed([i](auto& tlvs) { tlvs[i].value.pop_back(); }));
    }
    for (const auto type :
         std::initializer_list<std::uint16_t>{0x50, 0x4fa0, 0x60, 0xa0, 0x02, 0x11, 0x30, 0x33}) { // not on the list
        expect(Reason::bad_tlv, changed([type](auto& tlvs) { tlvs.push_back({type, {0, 0, 0, 0}}); }));
    }
    expect(Reason::bad_tlv, changed([](auto& tlvs) { tlvs[2].value.resize(73, 0); }));
    expect(Reason::none, changed([](auto& tlvs) { tlvs[2].value.resize(72, 0); })); // imgtool --pad-sig
}

TEST_F(VerifyTest, the_wrapped_key_may_be_missing_in_the_primary_only) {
    good.change_unsigned = [](auto& tlvs) { tlvs.pop_back(); };
    EXPECT_EQ(primary(good), Reason::none);
    EXPECT_EQ(staged(good), Reason::bad_tlv);
}

TEST_F(VerifyTest, a_wrapped_key_without_the_flag_is_a_second_meaning) {
    board.settings.encryption_required = false;
    const Data wrapped = ecies_wrap(keys.device, *good.image_key);
    good.image_key.reset();
    EXPECT_EQ(staged(good), Reason::none);
    good.change_unsigned = [&](auto& tlvs) { tlvs.push_back({0x32, wrapped}); };
    EXPECT_EQ(staged(good), Reason::bad_tlv);
}

TEST_F(VerifyTest, tlv_areas_must_be_what_they_say) {
    for (const std::int32_t says : {-1, 1, -4, 4, 0x4000}) {
        RealImage image = good;
        image.unsigned_area_says = says;
        expect(Reason::bad_tlv, image);
        image = good;
        image.signed_area_says = says;
        expect(Reason::bad_tlv, image);
    }
    for (const std::size_t tail : {1U, 2U, 3U, 4U}) {
        RealImage image = good;
        image.unsigned_tail = Data(tail, 0);
        expect(Reason::bad_tlv, image);
    }
    for (const std::size_t tail : {1U, 2U, 3U}) {
        RealImage image = good;
        image.signed_tail = Data(tail, 0);
        expect(Reason::bad_tlv, image);
    }
    RealImage image = good;
    image.unsigned_magic = 0x6908;
    expect(Reason::bad_tlv, image);
    image = good;
    image.signed_magic = 0x6907;
    expect(Reason::bad_tlv, image);
}

TEST_F(VerifyTest, the_protected_area_is_512_bytes_at_most) {
    const std::size_t used = 4 + 12 + 8;
    good.signed_tlvs.push_back({0xa0, Data(512 - used - 4)});
    expect(Reason::none, good);
    good.signed_tlvs.back().value.push_back(0);
    expect(Reason::bad_header, good);
}

TEST_F(VerifyTest, protected_tlvs_of_ours_come_at_most_once_and_of_their_length) {
    for (const RawTlv& tlv : {RawTlv{0x50, {9, 0, 0, 0}}, RawTlv{0x4fa0, Data(fingerprint.begin(), fingerprint.end())},
                              RawTlv{0x4fa1, {1, 0, 0, 0}}}) {
        RealImage image = good;
        std::erase_if(image.signed_tlvs, [&](const RawTlv& other) { return other.type == tlv.type; });
        image.signed_tlvs.push_back(tlv);
        expect(Reason::none, image);
        image.signed_tlvs.push_back(tlv);
        expect(Reason::bad_tlv, image);
        image.signed_tlvs.pop_back();
        image.signed_tlvs.back().value.push_back(0);
        expect(Reason::bad_tlv, image);
    }
    good.signed_tlvs.push_back({0x60, Data(40)}); // signed, and not ours: a boot record
    good.signed_tlvs.push_back({0x60, Data(40)});
    expect(Reason::none, good);
}

} // namespace
} // namespace outboot::core
