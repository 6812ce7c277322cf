// Verification with the real cryptography: every reason is met, and so is its nearest neighbour that is accepted.
#include "core/verify.hpp"

#include <fstream>
#include <functional>
#include <optional>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <openssl/core_names.h>
#include <openssl/pem.h>

#include "crypto/compact.hpp"
#include "tests/core/real_image.hpp"

namespace outboot::core {
namespace {

constexpr std::uint32_t address = 0x4000;
constexpr std::array<std::uint8_t, 8> fingerprint{1, 2, 3, 4, 5, 6, 7, 8};

// Just enough of a board to verify on: bytes, and a place up to which the external chip can be read.
struct TestBoard {
    struct Memory {
        Data bytes;
        std::size_t readable = ~std::size_t{0};
        std::function<void(std::uint32_t, MutableBytes)> lie;

        bool read(std::uint32_t at, MutableBytes out) const {
            EXPECT_LE(at + out.size(), bytes.size()) << "read outside the chip";
            if (at + out.size() > bytes.size() || at + out.size() > readable) return false;
            std::copy_n(bytes.begin() + at, out.size(), out.begin());
            if (lie) lie(at, out);
            return true;
        }
    };

    [[nodiscard]] const Layout& layout() const { return settings; }
    [[nodiscard]] const std::uint8_t* key_block() const { return keys.data(); }
    void feed() {}

    Layout settings;
    Data keys;
    Memory code_flash;
    Memory external;
};

class VerifyTest : public testing::Test {
  protected:
    static constexpr std::uint32_t slot = 0x4000;

    VerifyTest() {
        Layout& layout = board.settings;
        layout.fingerprint = fingerprint;
        layout.code_flash_address = 0;
        layout.primary = {address, slot};
        layout.secondary = {0x1000, slot};
        layout.header_size = 0x200;
        layout.services = 3;
        good.payload = crypto::test::Random(7).bytes(3000);
        set_reset_vector(address + 0x200 + 101);
        good.signed_tlvs = {{0x4fa0, Data(fingerprint.begin(), fingerprint.end())}, {0x50, {9, 0, 0, 0}}};
        good.image_key = crypto::test::Random(8).bytes(16);
    }

    void set_reset_vector(std::uint32_t vector) {
        for (unsigned i = 0; i < 4; ++i) good.payload[4 + i] = static_cast<std::uint8_t>(vector >> 8 * i);
    }

    struct Checked : Finding {
        ImageFacts facts;
        Data wrapped_key;
    };

    Checked check(Place place, const Data& image, std::uint32_t floor = 0) {
        TestBoard::Memory& memory = place == Place::primary ? board.code_flash : board.external;
        const Slot& where = place == Place::primary ? board.settings.primary : board.settings.secondary;
        memory.bytes.assign(where.base + where.size, 0xff);
        if (image.size() > where.size) ADD_FAILURE() << "test image too large";
        std::ranges::copy(image, memory.bytes.begin() + where.base);
        const Data block = make_key_block(keys);
        EXPECT_TRUE(Keys(block.data()).valid<crypto::Compact::Sha256>());
        board.keys = block;
        Verifier<crypto::Compact, TestBoard> verifier(board);
        Checked finding;
        verifier.check(place, floor, finding, finding.facts);
        finding.wrapped_key.assign(verifier.wrapped_key().begin(), verifier.wrapped_key().end());
        EXPECT_EQ(finding.runnable(), finding.reason == Reason::none);
        return finding;
    }

    Reason staged(const RealImage& image, std::uint32_t floor = 0) {
        return check(Place::staged, build(image, keys), floor).reason;
    }
    Reason primary(const RealImage& image, std::uint32_t floor = 0) {
        return check(Place::primary, build(image, keys, true), floor).reason;
    }

    // In both places.
    void expect(Reason reason, const RealImage& image) {
        EXPECT_EQ(staged(image), reason);
        EXPECT_EQ(primary(image), reason);
    }

    TestBoard board;
    TestKeys keys;
    RealImage good;
};

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

// ---- images made by others ------------------------------------------------------------------------------------------

const std::string images = OUTBOOT_IMAGES;

Data file(const std::string& name) {
    std::ifstream in(images + "/" + name, std::ios::binary);
    EXPECT_TRUE(in) << name;
    return Data(std::istreambuf_iterator<char>(in), {});
}

KeyPair key_from(const std::string& name) {
    std::FILE* const in = std::fopen((images + "/keys/" + name + ".pem").c_str(), "r");
    EXPECT_NE(in, nullptr);
    EVP_PKEY* const key = PEM_read_PrivateKey(in, nullptr, nullptr, nullptr);
    std::fclose(in);
    BIGNUM* scalar = nullptr;
    EXPECT_EQ(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &scalar), 1);
    Data bytes(32);
    BN_bn2binpad(scalar, bytes.data(), 32);
    BN_free(scalar);
    EVP_PKEY_free(key);
    return KeyPair(bytes);
}

// None of them has our fingerprint, so the controls must get as far as that: authentic, and refused only for it.
class Vectors : public VerifyTest {
  protected:
    Vectors() {
        board.settings.encryption_required = false;
        board.settings.primary.size = board.settings.secondary.size = 0x40000;
        keys = {key_from("sign-ecdsa-p256"), key_from("enc-ec256")};
    }
};

TEST_F(Vectors, get_the_recorded_verdict) {
    const auto vectors = nlohmann::json::parse(std::ifstream(images + "/images-negative.json")).at("vectors");
    // Our choice where the format leaves one: unknown flags, unprotected TLVs that nobody asked for, another order,
    // doubled entries, bytes behind the last entry are all refused.
    std::size_t rejected = 0;
    std::size_t accepted = 0;
    for (const auto& vector : vectors) {
        const auto id = vector.at("id").get<std::string>();
        if (id.starts_with("downgrade-")) continue; // about versions, which this bootloader doesn't compare
        SCOPED_TRACE(id);
        const Checked finding = check(Place::staged, file(vector.at("file").get<std::string>()));
        const auto expected = vector.at("expect").get<std::string>();
        // The other controls are signed or encrypted in ways that this bootloader doesn't know.
        const bool served = id == "enc-ec256-good" || id == "upgrade-ok-rev";
        if (expected == "accept" && served) {
            EXPECT_EQ(finding.reason, Reason::no_fingerprint);
            EXPECT_FALSE(finding.broken());
            ++accepted;
        } else if (expected == "either" && !finding.broken()) {
            const bool padding_of_a_signature = id == "ec256-sig-long1" || id == "ec256-edge-trailing-zero";
            EXPECT_TRUE(padding_of_a_signature || id == "prot-tlv-overrun-resigned"); // its area is well formed
        } else {
            EXPECT_TRUE(finding.broken());
            ++rejected;
        }
    }
    EXPECT_EQ(accepted, 2U);
    EXPECT_GE(rejected, 60U);
}

} // namespace
} // namespace outboot::core
