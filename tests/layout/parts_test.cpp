// Parts described in the layout file: each rule about them with an input that breaks it and nothing else, beside one
// that keeps it.
#include <gtest/gtest.h>

#include "layout/estimate.hpp"
#include "tests/layout/examples.hpp"

namespace outboot::layouts {
namespace {

// An MCU and a chip by hand, everything said.
const std::string whole = R"(format = 1
name = "by hand"
plan = "offset"

[mcu]
name = "MYMCU"
vector_table_align = 0x200
[mcu.code_flash]
address = 0x08000000
program_unit = 8
program_us = 80
cycles = 10000
blocks = [{count = 12, size = "16K", erase_us = 250000}, {count = 13, size = "64K", erase_us = 550000}]
[mcu.data_flash]
address = 0x0C000000
program_unit = 4
cycles = 100000
blocks = [{count = 64, size = 128}]
[mcu.ram]
address = 0x20000000
size = "192K"
[mcu.option_setting]
address = 0x1FFF0000
size = 64
[mcu.external_window]
address = 0x90000000
size = "64M"

[external]
name = "MYNOR"
size = "4M"
address_bytes = 3
jedec_id = 0xc22016
page_us = 200
cycles = 100000
erases = [{size = "4K", opcode = 0x20, typical_ms = 30}, {size = "64K", opcode = 0xd8, typical_ms = 200}]

[image]
header_size = 0x200
[crypto]
signature = "ecdsa-p256"
encryption = "none"

[[region]]
name = "bootloader"
role = "bootloader"
memory = "code_flash"
size = "16K"
[[region]]
name = "primary"
role = "primary"
memory = "code_flash"
offset = "64K"
size = "rest"
[[region]]
name = "parameters"
role = "application"
memory = "data_flash"
size = "rest"
[[region]]
name = "journal"
role = "journal"
memory = "data_flash"
size = 1536
[[region]]
name = "files"
role = "application"
memory = "external"
size = "rest"
[[region]]
name = "secondary"
role = "secondary"
memory = "external"
size = "960K"
[[region]]
name = "hole"
role = "hole"
memory = "external"
size = "64K"
)";

void expect_error(const std::string& from, const std::string& to, const std::string& words) {
    const auto loaded = parse(with(whole, from, to), "l");
    EXPECT_FALSE(loaded.model) << words;
    const auto* error = error_about(loaded, words);
    ASSERT_TRUE(error) << "no error says: " << words << "\n" << all_messages(loaded);
    EXPECT_FALSE(error->hint.empty()) << words;
    EXPECT_GT(error->line, 0) << words;
}

void expect_fine(const std::string& from, const std::string& to) {
    const auto loaded = parse(with(whole, from, to), "l");
    EXPECT_TRUE(loaded.model) << to << "\n" << all_messages(loaded);
}

} // namespace

TEST(PartByHand, it_is_taken_as_said) {
    const auto loaded = parse(whole, "l");
    ASSERT_TRUE(loaded.model) << all_messages(loaded);
    EXPECT_EQ(loaded.model->application_address(), 0x08010200u);
    EXPECT_EQ(loaded.model->core.journal_bank_bytes, 128u);
    EXPECT_EQ(loaded.model->core.external_jedec_id_mask, 0xffffffu);
}

TEST(PartByHand, sizes_are_powers_of_two) {
    expect_error("program_unit = 8", "program_unit = 12", "'program_unit' is not a power of two");
    expect_error("vector_table_align = 0x200", "vector_table_align = 0x180", "'vector_table_align' is not a power");
    expect_error("size = 128}", "size = 96}", "'size' is not a power of two");
    expect_fine("program_unit = 8", "program_unit = 16");
}

TEST(PartByHand, runs_of_blocks_make_sense) {
    expect_error("{count = 12,", "{count = 0,", "a run without blocks");
    expect_error("program_unit = 4", "program_unit = 256", "an erase block smaller than the program unit");
    expect_error("blocks = [{count = 64, size = 128}]",
                 "blocks = [{count = 12, size = 128}, {count = 13, size = 128}, {count = 13, size = 128}, {count = 13, "
                 "size = 128}, {count = 13, size = 128}]",
                 "too many runs of blocks");
    expect_fine("blocks = [{count = 64, size = 128}]",
                "blocks = [{count = 12, size = 128}, {count = 13, size = 128}, {count = 13, size = 128}, {count = 26, "
                "size = 128}]");
    expect_error("blocks = [{count = 64, size = 128}]", "blocks = []", "'blocks' is empty");
}

TEST(PartByHand, nothing_lies_beyond_32_bits) {
    expect_error("address = 0x90000000\nsize = \"64M\"", "address = 0xfc000001\nsize = \"64M\"",
                 "reaches beyond 32 bits of address");
    expect_fine("address = 0x90000000\nsize = \"64M\"", "address = 0xfc000000\nsize = \"64M\"");
    expect_error("address = 0x0C000000", "address = 0xffffe001", "they reach beyond 32 bits of address");
}

TEST(PartByHand, memories_do_not_overlap_and_option_settings_are_nobodys) {
    expect_error("address = 0x1FFF0000", "address = 0x080fffff", "'option_setting' lies inside 'code_flash'");
    expect_error("address = 0x1FFF0000", "address = 0x0C000000", "'option_setting' lies inside 'data_flash'");
    expect_fine("address = 0x1FFF0000", "address = 0x08100000"); // right behind the code flash
    expect_error("address = 0x0C000000", "address = 0x080f0000", "'data_flash' lies inside 'code_flash'");
    expect_error("address = 0x20000000", "address = 0x93ffffff", "'external_window' lies inside 'ram'");
}

TEST(PartByHand, ram_must_do_for_the_bootloader) {
    expect_error("size = \"192K\"", "size = 4095", "too little RAM for the bootloader");
    expect_fine("size = \"192K\"", "size = 4096");
}

TEST(PartByHand, its_name_is_its_own_and_plain) {
    expect_error("name = \"MYMCU\"", "name = \"nRF5340\"", "the catalogue has a part of this name");
    expect_error("name = \"MYMCU\"", "name = \"" + std::string(33, 'x') + "\"", "longer than 32 letters");
    expect_fine("name = \"MYMCU\"", "name = \"" + std::string(32, 'x') + "\"");
}

TEST(ChipByHand, address_bytes_reach_all_of_it) {
    expect_error("address_bytes = 3", "address_bytes = 2", "'address_bytes' is neither 3 nor 4");
    expect_error("size = \"4M\"", "size = \"17M\"", "3 address bytes don't reach all of the chip");
    expect_fine("size = \"4M\"", "size = \"16M\"");
}

TEST(ChipByHand, erases_ascend_from_a_page_on) {
    expect_error("{size = \"4K\", opcode = 0x20", "{size = \"64K\", opcode = 0x20", "erase sizes don't ascend");
    expect_error("{size = \"4K\", opcode = 0x20", "{size = 128, opcode = 0x20", "an erase smaller than a page");
    expect_error("erases = [", "erases = [{size = 256, opcode = 1}, {size = 512, opcode = 2}, ",
                 "too many erase sizes");
    expect_fine("erases = [", "erases = [{size = 1024, opcode = 2}, ");
    expect_error("size = \"4M\"", "size = 4194303", "not a whole number of erase blocks");
}

TEST(ChipByHand, it_is_described_in_full_or_named) {
    expect_error("jedec_id = 0xc22016\n", "", "'jedec_id' is missing in [external]");
    expect_error("name = \"MYNOR\"", "part = \"W25Q16JV\"", "part and a description by hand");
}

TEST(ChipByHand, it_fits_its_window) {
    expect_error("size = \"64M\"", "size = \"2M\"", "the chip is larger than the window it is mapped to");
    expect_fine("size = \"64M\"", "size = \"4M\"");
}

// Its driver sends what these chips have, whatever the layout says.
TEST(ChipByHand, the_ra6m4s_driver_must_know_its_erases) {
    const std::string nor =
        "name = \"x\"\nsize = \"2M\"\naddress_bytes = 3\njedec_id = 0xef4015\nerases = [{size = \"4K\", "
        "opcode = 0x20}, {size = \"32K\", opcode = 0x52}, {size = \"64K\", opcode = 0xd8}]";
    const auto text = with(example(), "part = \"W25Q16JV\"", nor);
    EXPECT_TRUE(parse(text, "l").model) << all_messages(parse(text, "l"));
    for (const auto& other : {with(text, "0xd8", "0xdc"), with(text, ", {size = \"64K\", opcode = 0xd8}", ""),
                              with(text, "{size = \"32K\", opcode = 0x52}, ", "")})
        EXPECT_TRUE(error_about(parse(other, "l"), "the RA6M4's driver erases with commands")) << other;
}

TEST(JournalPlace, its_blocks_are_of_one_size_and_hold_a_bank) {
    // In the code flash of an MCU without data flash: the boundary of 16 KB and 64 KB blocks inside it.
    auto text = with(whole,
                     "[mcu.data_flash]\naddress = 0x0C000000\nprogram_unit = 4\ncycles = 100000\nblocks = [{count = "
                     "64, size = 128}]\n",
                     "");
    text = with_region(text, "parameters", "");
    text = with_region(text, "journal", "");
    text = with(text, "[[region]]\nname = \"primary\"",
                "[[region]]\nname = \"journal\"\nrole = \"journal\"\nmemory = \"code_flash\"\noffset = \"64K\"\nsize = "
                "\"128K\"\n[[region]]\nname = \"primary\"");
    const auto move = [&](const std::string& journal, const std::string& primary) {
        return parse(
            with(with(text, "offset = \"64K\"\nsize = \"128K\"", "offset = \"" + journal + "\"\nsize = \"128K\""),
                 "offset = \"64K\"\nsize = \"rest\"", "offset = \"" + primary + "\"\nsize = \"rest\""),
            "l");
    };
    const auto fits = move("64K", "192K");
    EXPECT_TRUE(fits.model) << all_messages(fits);
    EXPECT_TRUE(error_about(move("128K", "256K"), "its erase blocks aren't all of one size"));
    EXPECT_TRUE(error_about(parse(with(whole, "size = 128}", "size = 32}"), "l"),
                            "an erase block is too small for one of the journal's banks"));
}

TEST(Chunks, blocks_that_shrink_upwards_make_none) {
    // 64 KB blocks below 16 KB ones, 12 of these: the fourth chunk from the top would end inside a large block if the
    // slot ended three blocks short of a multiple.
    auto text =
        with(whole, "{count = 12, size = \"16K\", erase_us = 250000}, {count = 13, size = \"64K\", erase_us = 550000}",
             "{count = 13, size = \"64K\", erase_us = 550000}, {count = 12, size = \"16K\", erase_us = 250000}");
    text = with(text, "size = \"16K\"\n[[region]]", "size = \"64K\"\n[[region]]");
    const auto whole_chunks = parse(text, "l");
    EXPECT_TRUE(whole_chunks.model) << all_messages(whole_chunks);
    const auto short_of =
        parse(with(text, "offset = \"64K\"\nsize = \"rest\"", "offset = \"64K\"\nsize = \"944K\""), "l");
    EXPECT_TRUE(error_about(short_of, "don't make up chunks of one size")) << all_messages(short_of);
}

TEST(Wear, the_block_that_wears_out_first_is_named) {
    EXPECT_EQ(first_worn(estimate(*parse(example(), "l").model)), "journal");
    auto text = with(whole, "cycles = 100000\nblocks = [{count = 64", "cycles = 10000000\nblocks = [{count = 64");
    EXPECT_EQ(first_worn(estimate(*parse(text, "l").model)), "code flash");
    for (const char* cycles : {"cycles = 10000\n", "cycles = 10000000\n", "cycles = 100000\n"})
        text = with(text, cycles, "");
    EXPECT_EQ(first_worn(estimate(*parse(text, "l").model)), "");
}

TEST(Wear, the_journals_is_counted_from_its_moves) {
    const auto cost = estimate(*parse(example(), "l").model);
    // 64 moves there and 32 back; a bank of 64 bytes has room for 6 of them in one write; 12 writes for everything
    // else.
    EXPECT_EQ(cost.journal.erases, (64 + 6) / 7 + (32 + 6) / 7 + 12u);
    EXPECT_EQ(cost.journal.updates(), 100'000 / cost.journal.erases);
}

} // namespace outboot::layouts
