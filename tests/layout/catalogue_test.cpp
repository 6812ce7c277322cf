#include <gtest/gtest.h>

#include "layout/emit.hpp"
#include "layout/estimate.hpp"
#include "layout/schema.hpp"
#include "layout/services.hpp"
#include "tests/layout/examples.hpp"

namespace outboot::layouts {
namespace {

const std::string by_hand =
    "name = \"x\"\nsize = \"2M\"\naddress_bytes = 3\njedec_id = 0xef4015\n"
    "erases = [{size = \"4K\", opcode = 0x20}, {size = \"32K\", opcode = 0x52}, {size = \"64K\", opcode = 0xd8}]";

} // namespace

TEST(Catalogue, a_journal_without_data_flash_lies_in_code_flash) {
    const auto loaded = parse(with(example(), "R7FA6M4AF", "nRF5340"), "layout.toml");
    EXPECT_FALSE(loaded.model);
    EXPECT_TRUE(error_about(loaded, "'journal': nRF5340 has no data flash")) << all_messages(loaded);
}

TEST(Catalogue, a_chip_may_be_described_by_hand) {
    const auto good = parse(with(example(), "part = \"W25Q16JV\"", by_hand), "layout.toml");
    EXPECT_TRUE(good.model) << all_messages(good);
    const auto bad =
        parse(with(with(example(), "part = \"W25Q16JV\"", by_hand), "\"4K\", opcode", "\"5K\", opcode"), "l");
    EXPECT_TRUE(error_about(bad, "'size' is not a power of two")) << all_messages(bad);
}

TEST(Catalogue, room_without_a_region_is_said) {
    auto text = with(example(), "size = \"rest\"\nsections = [\".data_flash*\"]", "size = \"6K\"");
    EXPECT_TRUE(warning_about(parse(text, "l"), "it is room that no region has"));
    EXPECT_TRUE(parse(example(), "l").diagnostics.all().empty());
}

TEST(Catalogue, an_update_erases_each_primary_block_once_each_way) {
    const auto cost = estimate(*parse(example(), "l").model);
    EXPECT_TRUE(cost.times_known);
    EXPECT_EQ(cost.code_flash.erases, 2u);
    EXPECT_EQ(cost.code_flash.updates(), 5000u);
}

TEST(Catalogue, an_fsp_project_is_told_the_image) {
    const auto text = fsp_memory_regions(*parse(example(), "l").model);
    for (const char* line : {"FLASH_IMAGE_START = 0x00004200;", "DATA_FLASH_LENGTH = 0x00001c00;",
                             "RAM_LENGTH = 0x0003ffc0;", "QSPI_FLASH_START = 0x600f4000;"})
        EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
}

TEST(Catalogue, it_has_the_parts_that_are_promised) {
    for (const auto& [name, kilobytes] : {std::pair{"R7FA6M4AD", 512u}, {"R7FA6M4AE", 768u}, {"R7FA6M4AF", 1024u}}) {
        ASSERT_TRUE(find_mcu(name)) << name;
        EXPECT_EQ(find_mcu(name)->code_flash.size(), kilobytes * 1024) << name;
    }
    EXPECT_EQ(find_mcu("nRF5340")->code_flash.blocks.front().size, 4096u);
    EXPECT_EQ(find_mcu("nRF5340")->code_flash.program_unit, 4u);
    EXPECT_EQ(find_mcu("STM32H743xI")->code_flash.blocks.front().size, 128u * 1024);
    EXPECT_EQ(find_mcu("STM32U585xI")->code_flash.program_unit, 16u);
    for (const auto& part : nor_parts()) {
        EXPECT_GT(part->jedec_id, 0u) << part->name;
        EXPECT_GT(part->page_us, 0u) << part->name;
        for (const auto& erase : part->erases) EXPECT_TRUE(erase.opcode != 0 && erase.typical_ms != 0) << part->name;
    }
}

TEST(Catalogue, the_reference_page_has_every_part_and_every_key) {
    const auto page = reference_page();
    for (const auto& part : mcu_parts())
        EXPECT_NE(page.find("| " + part->name + " |"), std::string::npos) << part->name;
    for (const auto& part : nor_parts())
        EXPECT_NE(page.find("| " + part->name + " |"), std::string::npos) << part->name;
    for (const auto& service : services())
        EXPECT_NE(page.find("`\"" + std::string(service.name) + "\"`"), std::string::npos) << service.name;
    for (const auto* schema : {&schema::layout(), &schema::mcu(), &schema::flash(), &schema::blocks(), &schema::range(),
                               &schema::external(), &schema::erase(), &schema::image(), &schema::crypto(),
                               &schema::services(), &schema::policy(), &schema::region()})
        for (const auto& key : schema->keys)
            EXPECT_NE(page.find("| `" + key.name + "` | "), std::string::npos) << schema->title << " " << key.name;
}

} // namespace outboot::layouts
