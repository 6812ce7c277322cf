// What a debugger may put into the primary slot of a good device: refused at boot, the slot left as it is, and the
// reason there to be read by `outboot board`, by a debugger and, once an image runs again, by the application.
#include <functional>

#include "tests/scenario/scenario.hpp"
#include "tool/board_report.hpp"
#include "tool/image_file.hpp"

namespace outboot::scenario {
namespace {

constexpr std::uint32_t bytes = 40'000;

struct Wrong {
    const char* name;
    Reason reason;
    ImageSpec spec{.version = 2, .bytes = bytes, .counter = 3};
    std::function<void(const Product&, tool::ByteVector&)> spoil = [](const Product&, tool::ByteVector&) {};
    bool other_layout = false;
};

void PrintTo(const Wrong& wrong, std::ostream* out) {
    *out << wrong.name;
}

// The application's own bytes where they are linked to, as a debugger loads an ELF, whatever header stands there.
void load_program(const Product& product, tool::ByteVector& slot) {
    for (const auto& piece : product.apps[1].pieces) {
        const std::uint64_t base = product.layout.primary().address;
        if (piece.address < base || piece.end() > base + slot.size()) continue;
        std::copy(piece.data.begin(), piece.data.end(),
                  slot.begin() + static_cast<std::ptrdiff_t>(piece.address - base));
    }
}

std::size_t signature_at(const tool::ByteVector& image) {
    return tool::ImageFile::parse(image).find(format::tlv::ecdsa, false)->offset;
}

const Wrong wrongs[] = {
    {.name = "image_of_another_layout", .reason = Reason::wrong_layout, .other_layout = true},
    {.name = "image_without_a_layout",
     .reason = Reason::no_fingerprint,
     .spec = {.version = 2, .bytes = bytes, .counter = 3, .no_fingerprint = true}},
    {.name = "image_of_another_signer",
     .reason = Reason::unknown_key,
     .spec = {.version = 2, .bytes = bytes, .counter = 3, .signed_by_stranger = true}},
    {.name = "image_with_a_bad_signature",
     .reason = Reason::bad_signature,
     .spoil = [](auto&, auto& slot) { slot[signature_at(slot) + 20] ^= 1; }},
    {.name = "image_below_the_counter",
     .reason = Reason::counter_too_low,
     .spec = {.version = 2, .bytes = bytes, .counter = 2}},
    {.name = "image_with_one_bit_changed",
     .reason = Reason::bad_hash,
     .spoil = [](auto&, auto& slot) { slot[bytes / 2] ^= 0x10; }},
    {.name = "image_of_which_the_end_is_missing",
     .reason = Reason::bad_tlv,
     .spoil = [](auto&, auto& slot) { std::fill(slot.begin() + bytes / 2, slot.end(), std::uint8_t{0xff}); }},
    {.name = "program_without_a_header",
     .reason = Reason::no_image,
     .spoil =
         [](auto& product, auto& slot) {
             std::fill(slot.begin(), slot.end(), std::uint8_t{0xff});
             load_program(product, slot);
         }},
    {.name = "nothing_at_all",
     .reason = Reason::no_image,
     .spoil = [](auto&, auto& slot) { std::fill(slot.begin(), slot.end(), std::uint8_t{0xff}); }},
    {.name = "program_that_starts_in_the_bootloader",
     .reason = Reason::bad_vector,
     .spec = {.version = 2, .bytes = bytes, .counter = 3, .reset_vector = 0x101}},
};

class WrongProgram : public Scenario, public testing::WithParamInterface<Wrong> {
  protected:
    void program_slot(const tool::ByteVector& slot) {
        device.board.power_off();
        device.board.program(device.product.layout.primary().address, slot);
    }

    tool::ByteVector slot_with(const Image& image) const {
        tool::ByteVector slot(device.product.layout.core.primary.size, 0xff);
        std::copy(image.clear.begin(), image.clear.end(), slot.begin());
        return slot;
    }
};

std::string wrong_name(const testing::TestParamInfo<Wrong>& wrong) {
    return wrong.param.name;
}
INSTANTIATE_TEST_SUITE_P(Debugger, WrongProgram, testing::ValuesIn(wrongs), wrong_name);

TEST_P(WrongProgram, is_refused_at_boot_and_the_reason_can_be_read) {
    const Image good = image(1, 2, 3);
    begin_with(good);
    ImageSpec spec = GetParam().spec;
    if (GetParam().other_layout) spec.fingerprint = device.product.foreign_fingerprint();
    auto slot = slot_with(device.make(spec));
    GetParam().spoil(device.product, slot);
    program_slot(slot);
    device.board.power_on();
    const Landing landing = device.run_to_a_reason();
    const auto reason = core::text(GetParam().reason);

    // Nothing was started, nothing erased.
    EXPECT_EQ(landing.run.stop, board::Stop::time_limit) << landing.describe();
    EXPECT_EQ(landing.said.find("example application"), std::string::npos) << landing.said;
    EXPECT_TRUE(device.slot() == slot);

    // With a debugger: the record's bytes at its fixed address, as FORMAT.md gives them.
    const auto record = device.board.read(0x2003ffc0, 64);
    EXPECT_EQ(tool::to_hex(tool::ByteSpan(record).first(6)), "4f4252520140"); // OBRR, version 1, 64 bytes
    EXPECT_EQ(record[6], static_cast<std::uint8_t>(GetParam().reason));
    EXPECT_EQ(record[8], 0); // no application was started

    // In words, as `outboot board` ends with.
    const auto text = tool::ram_record_text(device.board, device.product.layout.core.ram_record_address);
    const auto says = [&](const std::string& words) { return text.find(words) != std::string::npos; };
    EXPECT_TRUE(says(std::string("this boot      ") + std::string(reason.name) + ": " + std::string(reason.meaning)))
        << text;
    EXPECT_TRUE(says("application    not started")) << text;
    EXPECT_TRUE(says("to mend it     ")) << text;

    // Once a good image stands there again, the application is told what the bootloader noted down.
    program_slot(slot_with(good));
    expect_runs(device.start(), good);
    EXPECT_NE(device.ask("status").find("last outcome nothing_valid, reason " + std::string(reason.name)),
              std::string::npos);
}

class RightProgram : public WrongProgram {};
INSTANTIATE_TEST_SUITE_P(Debugger, RightProgram, testing::Values(Wrong{.name = "image", .reason = Reason::none}),
                         wrong_name);

// The nearest neighbour of them all: what a debugger may program, since it is complete and right.
TEST_P(RightProgram, programmed_by_a_debugger_runs) {
    begin_with(image(1, 2, 3));
    const Image v2 = device.make(GetParam().spec);
    program_slot(slot_with(v2));
    expect_runs(device.start(), v2);
    const auto text = tool::ram_record_text(device.board, device.product.layout.core.ram_record_address);
    EXPECT_EQ(text.find("to mend it"), std::string::npos) << text;
}

} // namespace
} // namespace outboot::scenario
