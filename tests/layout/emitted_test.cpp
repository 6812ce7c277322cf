#include "tests/layout/emitted.hpp"

#include <cstring>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "layout/emit.hpp"
#include "layout/fingerprint.hpp"
#include "tests/layout/examples.hpp"

namespace outboot::layouts {
namespace {

void expect_same(const core::Layout& a, const core::Layout& b) {
    EXPECT_EQ(a.fingerprint, b.fingerprint);
    EXPECT_EQ(a.plan, b.plan);
    EXPECT_EQ(a.code_flash_address, b.code_flash_address);
    for (const auto slot :
         {&core::Layout::primary, &core::Layout::secondary, &core::Layout::hole, &core::Layout::journal}) {
        EXPECT_EQ((a.*slot).base, (b.*slot).base);
        EXPECT_EQ((a.*slot).size, (b.*slot).size);
    }
    for (std::size_t i = 0; i < a.primary_blocks.size(); ++i) {
        EXPECT_EQ(a.primary_blocks[i].count, b.primary_blocks[i].count);
        EXPECT_EQ(a.primary_blocks[i].size, b.primary_blocks[i].size);
    }
    for (const auto field :
         {&core::Layout::primary_program_unit, &core::Layout::header_size, &core::Layout::external_erase_block,
          &core::Layout::external_chunk_block, &core::Layout::external_size, &core::Layout::external_jedec_id,
          &core::Layout::external_jedec_id_mask, &core::Layout::journal_bank_bytes, &core::Layout::journal_banks,
          &core::Layout::journal_record_bytes, &core::Layout::keys_address, &core::Layout::ram_record_address,
          &core::Layout::service_table_address, &core::Layout::services})
        EXPECT_EQ(a.*field, b.*field);
    EXPECT_EQ(a.encryption_required, b.encryption_required);
    EXPECT_EQ(a.overwrite_broken_primary, b.overwrite_broken_primary);
}

bool has(const std::string& text, const std::string& words) {
    return text.find(words) != std::string::npos;
}

} // namespace

TEST(Emitted, the_compiled_header_is_the_model) {
    expect_same(emitted_offset().layout, parse(example(), "layout.toml").model->core);
    expect_same(emitted_scratch().layout, parse(example("layout-scratch.toml"), "l").model->core);
    expect_same(emitted_overwrite().layout, parse(example("layout-overwrite.toml"), "l").model->core);
}

TEST(Emitted, the_compiled_header_says_what_the_product_needs) {
    const auto& layout = emitted_offset().layout;
    EXPECT_EQ(layout.keys_address, 0x3f00u);
    EXPECT_EQ(layout.ram_record_address, 0x2003ffc0u);
    EXPECT_EQ(layout.primary.base, 0x4000u);
    EXPECT_EQ(layout.hole.base, 0x1f8000u);
    EXPECT_EQ(layout.journal.base, 0x1c00u);
    EXPECT_EQ(emitted_offset().parameters.address, 0x08000000u);
    EXPECT_EQ(emitted_offset().assets.address, 0x600f4000u);
    EXPECT_EQ(emitted_offset().assets.offset, 0xf4000u);
    EXPECT_EQ(emitted_overwrite().layout.hole.size, 0u);
}

TEST(Emitted, every_file_carries_fingerprint_and_warning) {
    const auto model = *parse(example(), "/some/where/layout.toml").model;
    const auto files = emit_all(model);
    EXPECT_EQ(files.size(), 12u);
    for (const auto& file : files) {
        EXPECT_TRUE(has(file.content, to_hex(model.core.fingerprint))) << file.name;
        EXPECT_TRUE(has(file.content, "made by outboot layout emit from layout.toml, do not edit")) << file.name;
        EXPECT_FALSE(has(file.content, "/some/where")) << file.name; // the same bytes wherever it is built
    }
}

TEST(Emitted, linker_memories_keep_out_of_what_is_not_theirs) {
    const auto model = *parse(example(), "layout.toml").model;
    const auto bootloader = bootloader_memory(model);
    EXPECT_TRUE(has(bootloader, "FLASH (rx) : ORIGIN = 0x00000000, LENGTH = 0x3f00")) << bootloader;
    EXPECT_TRUE(has(bootloader, "KEYS (r) : ORIGIN = 0x00003f00, LENGTH = 0x100"));
    EXPECT_TRUE(has(bootloader, "RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 0x3ffc0"));
    const auto app = app_memory(model);
    EXPECT_TRUE(has(app, fmt::format("FLASH (rx) : ORIGIN = 0x00004200, LENGTH = {:#x}", 1008 * 1024 - 0x200 - 384)))
        << app;
    EXPECT_TRUE(has(app, "RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 0x3ffc0"));
    EXPECT_TRUE(has(app, "PARAMETERS (r) : ORIGIN = 0x08000000, LENGTH = 0x1c00"));
    EXPECT_TRUE(has(app, "ASSETS (r) : ORIGIN = 0x600f4000, LENGTH = 0x8000"));
    EXPECT_FALSE(has(app, "FILES")); // names no sections
}

TEST(Emitted, sections_go_to_their_regions) {
    const auto text = app_sections(*parse(example(), "layout.toml").model);
    EXPECT_TRUE(has(text, "KEEP(*(.data_flash*))"));
    EXPECT_TRUE(has(text, "} > PARAMETERS"));
    EXPECT_TRUE(has(text, "KEEP(*(.assets*))"));
    EXPECT_TRUE(has(text, "ASSERT(SIZEOF(.assets) <= 0x8000"));
}

// As many partitions as a product wants, in any memory: each has its constants in C++ and C, and its place for the
// linker.
TEST(Emitted, application_regions_have_names_in_every_language) {
    const std::string more = "[[region]]\nname = \"calibration\"\nrole = \"application\"\nmemory = \"data_flash\"\n"
                             "size = \"512\"\nsections = [\".calibration*\"]\n\n"
                             "[[region]]\nname = \"serial_number\"\nrole = \"application\"\nmemory = "
                             "\"data_flash\"\nsize = 64\n\n[[region]]\nname = \"parameters\"";
    auto text = with(example(), "[[region]]\nname = \"parameters\"", more);
    text = with(text, "size = \"rest\" # 1008K",
                "size = \"976K\"\n[[region]]\nname = \"tables\"\nrole = \"application\"\nmemory = "
                "\"code_flash\"\nsize = \"rest\"\nsections = [\".tables*\"] #");
    text = with(text, "size = \"1008K\"", "size = \"976K\"");
    const auto loaded = parse(text, "layout.toml");
    ASSERT_TRUE(loaded.model) << all_messages(loaded);
    const auto cpp = cpp_header(*loaded.model);
    EXPECT_TRUE(has(cpp, "core::Region calibration{.address = 0x8000000, .size = 0x200, .offset = 0x0};")) << cpp;
    EXPECT_TRUE(has(cpp, "core::Region serial_number{.address = 0x8000200, .size = 0x40, .offset = 0x200};"));
    EXPECT_TRUE(has(cpp, "core::Region parameters{.address = 0x8000240, .size = 0x19c0, .offset = 0x240};"));
    EXPECT_TRUE(has(cpp, "core::Region tables{.address = 0xf8000, .size = 0x8000, .offset = 0xf8000};"));
    const auto c = c_header(*loaded.model);
    EXPECT_TRUE(has(c, "#define OUTBOOT_REGION_SERIAL_NUMBER_ADDRESS 0x8000200u")) << c;
    EXPECT_TRUE(has(c, "#define OUTBOOT_REGION_SERIAL_NUMBER_SIZE 0x40u"));
    EXPECT_TRUE(has(app_memory(*loaded.model), "CALIBRATION (r) : ORIGIN = 0x08000000, LENGTH = 0x200"));
    EXPECT_TRUE(has(app_memory(*loaded.model), "TABLES (r) : ORIGIN = 0x000f8000, LENGTH = 0x8000"));
    EXPECT_TRUE(has(app_sections(*loaded.model), "KEEP(*(.calibration*))"));
    EXPECT_FALSE(has(app_sections(*loaded.model), "serial_number")); // names no sections
}

} // namespace outboot::layouts
