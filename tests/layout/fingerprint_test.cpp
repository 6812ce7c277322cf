#include "layout/fingerprint.hpp"

#include <functional>

#include <gtest/gtest.h>

#include "layout/lock.hpp"
#include "tests/layout/examples.hpp"

namespace outboot::layouts {
namespace {

std::string hex(const std::vector<std::uint8_t>& bytes) {
    static const char digits[] = "0123456789abcdef";
    std::string text;
    for (const auto byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

Model model() {
    return *parse(example(), "layout.toml").model;
}

} // namespace

// Devices in the field carry these: whatever changes them orphans devices.
TEST(Fingerprint, the_examples_have_kept_theirs) {
    EXPECT_EQ(to_hex(model().core.fingerprint), "d43088e3cfa4131a");
    EXPECT_EQ(to_hex(parse(example("layout-scratch.toml"), "l").model->core.fingerprint), "3231d0f89ca5c4cc");
    EXPECT_EQ(to_hex(parse(example("layout-overwrite.toml"), "l").model->core.fingerprint), "3628ccce19d5acd1");
    EXPECT_EQ(to_hex(parse(example("layout-services.toml"), "l").model->core.fingerprint), "670fb664691896f0");
}

TEST(Fingerprint, the_canonical_form_is_as_format_md_says) {
    std::string expected = "0e6f7574626f6f74206c61796f757401"; // "outboot layout", version 1
    expected += "095237464136"
                "4d344146"; // "R7FA6M4AF"
    expected += "00400000"
                "00c00f00"; // primary
    expected += "20000000"
                "00400000"; // 32 chunks, the first of 16 KB
    for (int i = 0; i < 31; ++i) expected += "00800000";
    expected += "00020000"; // header
    expected += "00c00f00"
                "00c00f00"; // secondary
    expected += "00801f00"
                "00800000"; // hole
    expected += "03"
                "03"
                "00100000"
                "00800000"
                "00000100"; // 3 address bytes, erases of 4, 32, 64 KB
    expected += "00800000"; // chunks fitted to 32 KB
    expected += "001c0000"
                "00040000"; // journal
    expected += "01"
                "06"
                "40000000"
                "40010000"; // its version, banks, bank, record
    expected += "00000000"
                "c0ff0320"; // service table, RAM record
    expected += "01"
                "01"
                "01"; // plan offset, ecdsa-p256, ecies-p256-aes128
    EXPECT_EQ(hex(canonical_form(model())), expected);
}

TEST(Fingerprint, names_application_regions_and_policy_do_not_change_it) {
    const auto golden = model().core.fingerprint;
    for (const auto& text :
         {with(example(), "name = \"ra6m4-example\"", "name = \"another\""),
          with(example(), "name = \"files\"", "name = \"data_store\""),
          with(example(), "size = \"976K\"", "size = \"968K\""), with(example(), "sections = [\".data_flash*\"]\n", ""),
          with(example(), "overwrite_broken_primary = true", "overwrite_broken_primary = false")}) {
        const auto loaded = parse(text, "other.toml");
        ASSERT_TRUE(loaded.model) << all_messages(loaded);
        EXPECT_EQ(loaded.model->core.fingerprint, golden);
    }
}

TEST(Fingerprint, everything_bootloader_and_application_share_changes_it) {
    const auto golden = fingerprint_of(model());
    std::vector<std::function<void(Model&)>> changes{[](Model& m) { m.core.primary.base += 0x2000; },
                                                     [](Model& m) { m.core.primary.size -= 0x8000; },
                                                     [](Model& m) { m.chunks[0].size += 1; },
                                                     [](Model& m) { m.chunks.pop_back(); },
                                                     [](Model& m) { m.core.header_size = 0x400; },
                                                     [](Model& m) { m.core.secondary.base += 0x1000; },
                                                     [](Model& m) { m.core.secondary.size -= 1; },
                                                     [](Model& m) { m.core.hole.base += 1; },
                                                     [](Model& m) { m.core.hole.size += 1; },
                                                     [](Model& m) { m.core.external_chunk_block = 0x10000; },
                                                     [](Model& m) { m.core.journal.base += 64; },
                                                     [](Model& m) { m.core.journal.size += 64; },
                                                     [](Model& m) { m.core.journal_banks = 5; },
                                                     [](Model& m) { m.core.journal_bank_bytes = 128; },
                                                     [](Model& m) { m.core.journal_record_bytes = 384; },
                                                     [](Model& m) { m.core.service_table_address = 0x100; },
                                                     [](Model& m) { m.core.ram_record_address -= 64; },
                                                     [](Model& m) { m.core.plan = core::Plan::scratch; },
                                                     [](Model& m) { m.encryption = Encryption::none; },
                                                     [](Model& m) { m.external = find_nor("MX25L25645G"); }};
    // The MCU, and each agreed thing about the chip by itself.
    const auto with_chip = [](Model& m, const std::function<void(NorPart&)>& change) {
        auto chip = *m.external;
        change(chip);
        m.external = std::make_shared<const NorPart>(std::move(chip));
    };
    changes.emplace_back([](Model& m) { m.mcu = find_mcu("R7FA6M4AE"); });
    changes.emplace_back([](Model& m) { m.signature = static_cast<Signature>(2); });
    changes.emplace_back([&](Model& m) { with_chip(m, [](NorPart& chip) { chip.address_bytes = 4; }); });
    changes.emplace_back([&](Model& m) { with_chip(m, [](NorPart& chip) { chip.erases.pop_back(); }); });
    changes.emplace_back([&](Model& m) { with_chip(m, [](NorPart& chip) { chip.erases[1].size *= 2; }); });
    for (std::size_t i = 0; i < changes.size(); ++i) {
        Model changed = model();
        changes[i](changed);
        EXPECT_NE(fingerprint_of(changed), golden) << "change " << i;
    }
}

TEST(Fingerprint, of_a_part_by_hand_name_and_program_unit_count) {
    auto by_hand = *find_mcu("R7FA6M4AF");
    by_hand.by_hand = true;
    Model changed = model();
    changed.mcu = std::make_shared<const McuPart>(by_hand);
    const auto first = fingerprint_of(changed);
    EXPECT_NE(first, model().core.fingerprint);
    changed.core.journal_program_unit = 8;
    EXPECT_NE(fingerprint_of(changed), first);
}

TEST(Fingerprint, a_second_source_of_the_chip_keeps_it) {
    Model changed = model();
    changed.external = find_nor("MX25R1635F"); // same size, same erases, another JEDEC id
    EXPECT_EQ(fingerprint_of(changed), model().core.fingerprint);
}

TEST(Lock, it_holds_the_fingerprint) {
    const auto fingerprint = model().core.fingerprint;
    EXPECT_EQ(locked_fingerprint(lock_text(model())), fingerprint);
    EXPECT_EQ(locked_fingerprint(example("layout.toml.lock")), fingerprint);
}

TEST(Lock, what_is_not_a_lock_holds_nothing) {
    for (const char* text : {"", "fingerprint = 1", "fingerprint = \"\"", "fingerprint = \"0123456789abcde\"",
                             "fingerprint = \"0123456789abcdeg\"", "not toml"})
        EXPECT_FALSE(locked_fingerprint(text)) << text;
}

} // namespace outboot::layouts
