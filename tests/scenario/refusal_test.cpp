// What may never be installed: each image is the smallest step away from a good one, the running image goes on, the
// reason is told, and nothing is written outside.
#include <functional>

#include "tests/scenario/scenario.hpp"
#include "tool/image_file.hpp"

namespace outboot::scenario {
namespace {

constexpr std::uint32_t small = 40'000;

struct Refused {
    const char* name;
    Reason reason;
    ImageSpec spec{.version = 2, .bytes = small, .counter = 3};
    std::function<void(const Product&, tool::ByteVector&)> spoil = [](const Product&, tool::ByteVector&) {};
};

void PrintTo(const Refused& refused, std::ostream* out) {
    *out << refused.name;
}

// Where the value of a TLV begins.
std::size_t value_of(const tool::ByteVector& image, std::uint16_t type, bool is_protected = false) {
    return tool::ImageFile::parse(image).find(type, is_protected)->offset;
}

constexpr std::uint32_t vector_behind_image = 0x4000 + small + 1;

const Refused refusals[] = {
    {.name = "wrong_signature",
     .reason = Reason::bad_signature,
     .spoil = [](auto&, auto& image) { image[value_of(image, format::tlv::ecdsa) + 20] ^= 1; }},
    {.name = "signature_that_is_no_signature",
     .reason = Reason::bad_signature,
     .spoil = [](auto&, auto& image) { image[value_of(image, format::tlv::ecdsa)] ^= 1; }},
    {.name = "wrong_key",
     .reason = Reason::unknown_key,
     .spec = {.version = 2, .bytes = small, .counter = 3, .signed_by_stranger = true}},
    {.name = "wrong_key_under_a_trusted_name",
     .reason = Reason::bad_signature,
     .spec = {.version = 2, .bytes = small, .counter = 3, .signed_by_stranger = true},
     .spoil =
         [](auto& product, auto& image) {
             const auto trusted = product.signer.key_hash();
             std::copy(trusted.begin(), trusted.end(),
                       image.begin() + static_cast<std::ptrdiff_t>(value_of(image, format::tlv::key_hash)));
         }},
    {.name = "truncated",
     .reason = Reason::bad_tlv,
     .spoil = [](auto&, auto& image) { std::fill(image.begin() + small / 2, image.end(), std::uint8_t{0xff}); }},
    {.name = "last_byte_missing",
     .reason = Reason::bad_encryption,
     .spoil = [](auto&, auto& image) { image.back() ^= 0xff; }},
    {.name = "changed_byte_of_payload",
     .reason = Reason::bad_hash,
     .spoil = [](auto&, auto& image) { image[small / 2] ^= 0x80; }},
    {.name = "changed_byte_of_header_padding",
     .reason = Reason::bad_hash,
     .spoil = [](auto&, auto& image) { image[0x100] ^= 0x80; }},
    {.name = "changed_version", .reason = Reason::bad_hash, .spoil = [](auto&, auto& image) { image[20] = 9; }},
    {.name = "raised_counter",
     .reason = Reason::bad_hash,
     .spoil = [](auto&, auto& image) { image[value_of(image, format::tlv::security_counter, true)] = 9; }},
    {.name = "changed_hash",
     .reason = Reason::bad_hash,
     .spoil = [](auto&, auto& image) { image[value_of(image, format::tlv::sha256)] ^= 1; }},
    {.name = "lower_counter", .reason = Reason::counter_too_low, .spec = {.version = 2, .bytes = small, .counter = 2}},
    {.name = "foreign_fingerprint", .reason = Reason::wrong_layout},
    {.name = "no_fingerprint",
     .reason = Reason::no_fingerprint,
     .spec = {.version = 2, .bytes = small, .counter = 3, .no_fingerprint = true}},
    {.name = "plain_where_encryption_is_demanded",
     .reason = Reason::not_encrypted,
     .spec = {.version = 2, .bytes = small, .counter = 3, .encrypted = false}},
    {.name = "encrypted_image_that_says_it_is_plain",
     .reason = Reason::not_encrypted,
     .spoil = [](auto&, auto& image) { image[16] ^= format::flag_encrypted_aes128; }},
    {.name = "encrypted_for_another_device",
     .reason = Reason::bad_encryption,
     .spec = {.version = 2, .bytes = small, .counter = 3, .encrypted_for_stranger = true}},
    {.name = "changed_wrapped_key",
     .reason = Reason::bad_encryption,
     .spoil = [](auto&, auto& image) { image[value_of(image, format::tlv::enc_ec256) + 100] ^= 1; }},
    {.name = "reset_vector_into_the_bootloader",
     .reason = Reason::bad_vector,
     .spec = {.version = 2, .bytes = small, .counter = 3, .reset_vector = 0x101}},
    {.name = "reset_vector_behind_the_image",
     .reason = Reason::bad_vector,
     .spec = {.version = 2, .bytes = small, .counter = 3, .reset_vector = vector_behind_image}},
    {.name = "reset_vector_that_isnt_thumb",
     .reason = Reason::bad_vector,
     .spec = {.version = 2, .bytes = small, .counter = 3, .reset_vector = 0x4400}},
    {.name = "larger_than_the_slot",
     .reason = Reason::too_large,
     .spoil = [](auto&, auto& image) { format::put32(&image[12], 0x100000); }},
    {.name = "size_that_wraps",
     .reason = Reason::too_large,
     .spoil = [](auto&, auto& image) { format::put32(&image[12], 0xffffff00); }},
    {.name = "other_header_size",
     .reason = Reason::bad_header,
     .spoil = [](auto&, auto& image) { format::put16(&image[8], 0x400); }},
    {.name = "no_magic", .reason = Reason::no_image, .spoil = [](auto&, auto& image) { image[0] ^= 1; }},
    {.name = "nothing",
     .reason = Reason::no_image,
     .spoil = [](auto&, auto& image) { std::fill(image.begin(), image.end(), std::uint8_t{0xff}); }},
    {.name = "one_more_unprotected_tlv",
     .reason = Reason::bad_tlv,
     .spoil =
         [](auto&, auto& image) {
             const auto file = tool::ImageFile::parse(image);
             const std::size_t area = file.tlvs().back().offset + file.tlvs().back().value.size() - 269;
             format::put16(&image[area + 2], 269 + 8);
             image.insert(image.end(), {0xa0, 0x00, 0x04, 0x00, 1, 2, 3, 4});
         }},
};

class Refusal : public Scenario, public testing::WithParamInterface<Refused> {};
std::string refusal_name(const testing::TestParamInfo<Refused>& refused) {
    return refused.param.name;
}
INSTANTIATE_TEST_SUITE_P(Images, Refusal, testing::ValuesIn(refusals), refusal_name);

TEST_P(Refusal, of_an_image_is_told_and_the_running_image_goes_on) {
    const Image v1 = image(1, 2, 3);
    ImageSpec spec = GetParam().spec;
    if (GetParam().reason == Reason::wrong_layout) spec.fingerprint = device.product.foreign_fingerprint();
    Image v2 = device.make(spec);
    GetParam().spoil(device.product, v2.staged);
    begin_with(v1);
    const Landing landing = device.update(v2, Request::test);
    expect_runs(landing, v1);
    EXPECT_EQ(core::name(landing.record.boot_reason), core::name(GetParam().reason));
    expect_state(Phase::idle, Outcome::refused, GetParam().reason, 3);
    EXPECT_TRUE(device.board.external().writes().empty());
    EXPECT_EQ(device.board.operations().counts(board::Device::code_flash).operations(), 0U);
    expect_runs(device.start(), v1);
    EXPECT_EQ(device.state().looking, 0);
}

class Acceptance : public Scenario {};

TEST_F(Acceptance, of_the_same_image_unspoilt) {
    begin_with(image(1, 2, 3));
    const Image v2 = device.make({.version = 2, .bytes = small, .counter = 3});
    expect_runs(device.update(v2, Request::test), v2);
}

} // namespace
} // namespace outboot::scenario
