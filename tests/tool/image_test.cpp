#include <gtest/gtest.h>

#include "tests/tool/product.hpp"
#include "tool/failure.hpp"
#include "tool/image_builder.hpp"
#include "tool/image_check.hpp"

namespace outboot::tool {
namespace {

ImagePlan small_plan() {
    ImagePlan plan;
    plan.header_size = 32;
    plan.version = {1, 2, 3, 4};
    return plan;
}

std::string refusal(const ByteVector& bytes) {
    try {
        (void)ImageFile::parse(bytes);
    } catch (const Failure& failure) {
        return failure.what();
    }
    return {};
}

} // namespace

TEST(Version, it_is_read_as_imgtool_reads_it) {
    EXPECT_EQ(parse_version("1"), (format::Version{1, 0, 0, 0}));
    EXPECT_EQ(parse_version("1.2"), (format::Version{1, 2, 0, 0}));
    EXPECT_EQ(parse_version("1.2.3+4"), (format::Version{1, 2, 3, 4}));
    EXPECT_EQ(parse_version("255.255.65535+4294967295"), (format::Version{255, 255, 65535, 4294967295}));
    for (const char* text : {"", "1.", "1.2.3.4", "256.0.0", "0.256.0", "0.0.65536", "0.0.0+4294967296", "01.0.0",
                             "1.2+3.", "-1.0.0", "1.2.3 ", "v1", "1+"})
        EXPECT_FALSE(parse_version(text)) << text;
}

TEST(SecurityCounter, auto_follows_from_the_version) {
    EXPECT_EQ(counter_from({1, 2, 3, 4}), 0x01020003u);
    EXPECT_EQ(counter_from({255, 255, 65535, 0}), 0xffffffffu);
}

TEST(ImageFile, every_truncation_is_refused) {
    const auto bytes = build_image(small_plan(), ByteVector(64, 1));
    EXPECT_TRUE(refusal(bytes).empty());
    for (std::size_t length = 0; length < bytes.size(); ++length)
        EXPECT_FALSE(refusal(ByteVector(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length))).empty())
            << length;
}

TEST(ImageFile, an_entry_that_leaves_its_area_is_refused) {
    auto bytes = build_image(small_plan(), ByteVector(64, 1));
    const std::size_t entry = 32 + 64 + 4;
    format::put16(&bytes[entry + 2], 33); // the hash claims one byte more than the area has
    EXPECT_NE(refusal(bytes).find("leaves it"), std::string::npos) << refusal(bytes);
}

TEST(ImageFile, a_protected_area_must_have_the_size_the_header_says) {
    auto plan = small_plan();
    plan.security_counter = 5;
    auto bytes = build_image(plan, ByteVector(64, 1));
    EXPECT_TRUE(refusal(bytes).empty());
    format::put16(&bytes[10], 13);
    EXPECT_NE(refusal(bytes).find("the header says 13 bytes"), std::string::npos) << refusal(bytes);
}

TEST(ImageFile, sizes_that_wrap_are_refused) {
    auto bytes = build_image(small_plan(), ByteVector(64, 1));
    format::put32(&bytes[12], 0xfffffff0);
    EXPECT_NE(refusal(bytes).find("header and payload need"), std::string::npos);
}

TEST(ImageBuilder, protected_entries_come_in_imgtools_order) {
    auto plan = small_plan();
    plan.custom_tlvs = {{0xa0, {1}}};
    plan.dependencies = {{1, {1, 0, 0, 0}}};
    plan.security_counter = 9;
    const auto image = ImageFile::parse(build_image(plan, ByteVector(64, 1)));
    ASSERT_GE(image.tlvs().size(), 3u);
    EXPECT_EQ(image.tlvs()[0].type, format::tlv::security_counter);
    EXPECT_EQ(image.tlvs()[1].type, format::tlv::dependency);
    EXPECT_EQ(image.tlvs()[2].type, 0xa0);
    EXPECT_EQ(image.security_counter(), 9u);
}

TEST(ImageBuilder, what_is_encrypted_is_padded_to_whole_blocks) {
    const auto key = P256Key::load(device_key, "key");
    auto plan = small_plan();
    plan.encryption_key = &key;
    for (const std::size_t length : {15u, 16u, 17u}) {
        const auto image = ImageFile::parse(build_image(plan, ByteVector(length, 1)));
        EXPECT_EQ(image.header().payload_bytes, (length + 15) / 16 * 16);
    }
}

TEST(ImageCheck, an_encrypted_image_needs_its_devices_key) {
    const auto key = P256Key::load(device_key, "key");
    const auto other = P256Key::load(other_device_key, "key");
    auto plan = small_plan();
    plan.encryption_key = &key;
    const ByteVector payload(64, 1);
    const auto image = ImageFile::parse(build_image(plan, payload));
    EXPECT_FALSE(std::equal(payload.begin(), payload.end(), image.payload().begin()));
    EXPECT_TRUE(open_image(image, &key).was_encrypted);
    EXPECT_THROW((void)open_image(image, nullptr), Failure);
    EXPECT_THROW((void)open_image(image, &other), Failure);
}

TEST(ImageCheck, a_clear_image_keeps_its_flag_and_key) {
    const auto key = P256Key::load(device_key, "key");
    auto plan = small_plan();
    plan.encryption_key = &key;
    plan.clear = true;
    const auto image = ImageFile::parse(build_image(plan, ByteVector(64, 1)));
    EXPECT_TRUE(image.flagged_encrypted());
    EXPECT_NE(image.find(format::tlv::enc_ec256, false), nullptr);
    EXPECT_FALSE(open_image(image, nullptr).was_encrypted);
}

} // namespace outboot::tool
