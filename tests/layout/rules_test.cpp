#include <gtest/gtest.h>

#include "tests/layout/examples.hpp"

namespace outboot::layouts {
namespace {

// The layout is refused, with one error that has these words, this region, and says what to do.
void expect_refused(const std::string& text, const std::string& words, const std::string& region) {
    const auto loaded = parse(text, "layout.toml");
    EXPECT_FALSE(loaded.model);
    const auto* error = error_about(loaded, words);
    ASSERT_TRUE(error) << "no error says: " << words << "\n" << all_messages(loaded);
    EXPECT_EQ(error->region, region);
    EXPECT_FALSE(error->hint.empty()) << words;
}

void expect_accepted(const std::string& text) {
    const auto loaded = parse(text, "layout.toml");
    EXPECT_TRUE(loaded.model) << all_messages(loaded);
}

} // namespace

TEST(Layout, all_examples_are_without_fault) {
    for (const char* file : {"layout.toml", "layout-scratch.toml", "layout-overwrite.toml"}) {
        const auto loaded = parse(example(file), file);
        ASSERT_TRUE(loaded.model) << all_messages(loaded);
        EXPECT_TRUE(loaded.diagnostics.all().empty()) << all_messages(loaded);
        EXPECT_EQ(loaded.model->max_image, 1008u * 1024);
    }
}

TEST(Layout, text_that_is_not_toml_is_reported_with_its_line) {
    const auto loaded = parse("format = 1\nname = \n", "layout.toml");
    EXPECT_FALSE(loaded.model);
    ASSERT_EQ(loaded.diagnostics.all().size(), 1u);
    EXPECT_EQ(loaded.diagnostics.all()[0].line, 2);
}

TEST(Layout, a_missing_file_is_reported) {
    const auto loaded = load("/nonexistent/layout.toml");
    EXPECT_FALSE(loaded.model);
    EXPECT_TRUE(error_about(loaded, "can't be read"));
}

TEST(Layout, a_directory_is_no_layout) {
    EXPECT_TRUE(error_about(load(OUTBOOT_EXAMPLES), "can't be read"));
}

TEST(Layout, every_error_is_reported_at_once) {
    auto text = with(example(), "mcu = \"R7FA6M4AF\"", "mcu = \"R7FA6M4AF\"\nmcoo = 1");
    text = with(text, "size = \"16K\"", "size = \"12K\""); // not on a block boundary, too small
    text = with(text, "name = \"journal\"", "name = \"journal\"\noffset = 0x1A00"); // 512 bytes are left free behind it
    text = with(text, "size = \"1K\"", "size = \"512\"");                           // too small
    text = with(text, "name = \"assets\"", "name = \"assets\"\noffset = 0xf3000");  // overlaps files
    text = with(text, "size = \"32K\" # the backup", "size = \"16K\" # the backup"); // smaller than a chunk
    text = with(text, "size = \"1008K\"", "size = \"1000K\"");                       // smaller than the primary slot
    const auto loaded = parse(text, "layout.toml");
    EXPECT_FALSE(loaded.model);
    for (const char* words : {"unknown key 'mcoo'", "'bootloader': doesn't end on an erase-block boundary",
                              "'bootloader': too small", "'journal': too small", "'assets': overlaps region 'files'",
                              "'hole': smaller than the largest chunk", "'secondary': smaller than an image"})
        EXPECT_TRUE(error_about(loaded, words)) << words << "\n" << all_messages(loaded);
    for (const auto& each : loaded.diagnostics.all()) {
        EXPECT_GT(each.line, 0) << each.problem;
        EXPECT_FALSE(each.hint.empty()) << each.problem;
        if (each.region.empty()) continue;
        EXPECT_FALSE(each.value.empty()) << each.problem;
        EXPECT_FALSE(each.limit.empty()) << each.problem;
    }
}

TEST(Layout, an_unknown_key_gets_a_suggestion) {
    const auto loaded = parse(with(example(), "header_size", "heder_size"), "layout.toml");
    const auto* error = error_about(loaded, "unknown key 'heder_size'");
    ASSERT_TRUE(error);
    EXPECT_EQ(error->hint, "did you mean 'header_size'?");
    EXPECT_TRUE(error_about(loaded, "'header_size' is missing"));
}

TEST(Layout, an_unknown_part_gets_a_suggestion) {
    const auto mcu = parse(with(example(), "R7FA6M4AF", "R7FA6M4AX"), "layout.toml");
    ASSERT_TRUE(error_about(mcu, "no part of this name"));
    EXPECT_EQ(error_about(mcu, "no part of this name")->hint, "did you mean 'R7FA6M4AD'?");
    const auto nor = parse(with(example(), "W25Q16JV", "W25Q16"), "layout.toml");
    ASSERT_TRUE(error_about(nor, "no part of this name"));
    EXPECT_EQ(error_about(nor, "no part of this name")->hint, "did you mean 'W25Q16JV'?");
}

TEST(Layout, values_of_the_wrong_kind_are_reported) {
    expect_refused(with(example(), "size = \"976K\"", "size = \"976 kilobytes\""), "'size' is not a size", "files");
    expect_refused(with(example(), "size = \"976K\"", "size = -1"), "'size' is not a size", "files");
    expect_refused(with(example(), "size = \"976K\"", "size = true"), "'size' is not a size", "files");
    expect_refused(with(example(), "encrypted_updates = true", "encrypted_updates = \"yes\""), "neither true nor false",
                   "");
    expect_refused(with(example(), "sections = [\".data_flash*\"]", "sections = \".data_flash*\""),
                   "not a list of strings", "parameters");
    expect_refused(with(example(), "format = 1", "format = 2"), "format this version doesn't know", "");
    expect_refused(with(example(), "plan = \"offset\"", "plan = \"ofset\""), "unknown plan", "");
    expect_accepted(with(example(), "size = \"976K\"", "size = 999424"));
}

TEST(Layout, each_required_role_is_missed) {
    for (const char* name : {"bootloader", "primary", "secondary", "journal", "hole"})
        expect_refused(with_region(example(), name, ""), std::string("no region has the role ") + name, "");
    expect_refused(with_region(example("layout-scratch.toml"), "scratch", ""), "no region has the role scratch", "");
}

TEST(Layout, a_role_that_the_plan_does_not_use_is_refused) {
    expect_refused(with(example(), "plan = \"offset\"", "plan = \"overwrite\""), "plan overwrite has no use for a hole",
                   "hole");
    expect_refused(with(example(), "plan = \"offset\"", "plan = \"scratch\""), "plan scratch has no use for a hole",
                   "hole");
}

TEST(Layout, a_role_occurs_once) {
    expect_refused(with(example(), "role = \"application\"", "role = \"journal\""), "a second journal", "journal");
}

TEST(Layout, roles_have_their_memories) {
    expect_refused(
        with(example(), "role = \"journal\"\nmemory = \"data_flash\"", "role = \"journal\"\nmemory = \"external\""),
        "a journal can't lie there: external", "journal");
    expect_refused(
        with(example(), "role = \"secondary\"\nmemory = \"external\"", "role = \"secondary\"\nmemory = \"code_flash\""),
        "a secondary can't lie there: code_flash", "secondary");
}

TEST(Layout, names_must_serve_cpp_and_linker_scripts) {
    expect_refused(with(example(), "name = \"files\"", "name = \"my-files\""), "can't be used in C++", "my-files");
    expect_refused(with(example(), "name = \"files\"", "name = \"flash\""), "the name is taken", "flash");
    expect_refused(with(example(), "name = \"files\"", "name = \"assets\""), "the name occurs twice", "assets");
    expect_accepted(with(example(), "name = \"files\"", "name = \"files_2\""));
}

TEST(Layout, a_slot_ends_on_a_block_boundary) {
    // 984 KB from 16 KB end at 1000 KB, inside a 32 KB block; 976 KB end at 992 KB, on a boundary.
    const auto shortened = [](const std::string& size) {
        auto text = with(example(), "size = \"rest\" # 1008K", "size = \"" + size + "\" # 1008K");
        return with(text, "size = \"1008K\"", "size = \"" + size + "\"");
    };
    expect_accepted(shortened("976K"));
    expect_refused(shortened("984K"), "doesn't end on an erase-block boundary", "primary");
    const auto loaded = parse(shortened("984K"), "layout.toml");
    EXPECT_FALSE(error_about(loaded, "chunks")); // one cause, one error
    EXPECT_EQ(error_about(loaded, "doesn't end on")->hint, "make its size \"976K\" or \"1008K\"");
}

TEST(Layout, a_bootloader_needs_room_for_its_key_block) {
    expect_accepted(example());
    expect_refused(with(example(), "size = \"16K\"", "size = \"8K\""), "too small for the bootloader", "bootloader");
}

TEST(Layout, a_bootloader_begins_where_the_mcu_starts) {
    expect_refused(with(example(), "name = \"bootloader\"", "name = \"bootloader\"\noffset = \"8K\""),
                   "doesn't begin where the MCU starts", "bootloader");
}

TEST(Layout, the_vector_table_must_be_aligned) {
    expect_accepted(with(example(), "header_size = 0x200", "header_size = 0x400"));
    const auto loaded = parse(with(example(), "header_size = 0x200", "header_size = 0x100"), "layout.toml");
    const auto* error = error_about(loaded, "vector table would stand at 0x4100");
    ASSERT_TRUE(error) << all_messages(loaded);
    EXPECT_EQ(error->hint, "write header_size = 0x200");
}

TEST(Layout, a_header_size_must_suit_the_format) {
    expect_refused(with(example(), "header_size = 0x200", "header_size = 16"), "header_size can't be stored", "");
    expect_refused(with(example(), "header_size = 0x200", "header_size = 0x10000"), "header_size can't be stored", "");
    expect_refused(with(example(), "header_size = 0x200", "header_size = 0x208"), "header_size can't be stored", "");
}

TEST(Layout, a_smaller_secondary_slot_needs_a_word_from_the_user) {
    const auto smaller = with(example(), "size = \"1008K\"", "size = \"976K\"");
    expect_refused(smaller, "smaller than an image that fills the primary slot: 976 KB", "secondary");
    const auto loaded =
        parse(with(smaller, "header_size = 0x200", "max_size = \"976K\"\nheader_size = 0x200"), "layout.toml");
    ASSERT_TRUE(loaded.model) << all_messages(loaded);
    EXPECT_EQ(loaded.model->max_image, 976u * 1024);
    expect_refused(with(smaller, "header_size = 0x200", "max_size = \"977K\"\nheader_size = 0x200"),
                   "max_size is more than both slots hold", "");
}

TEST(Layout, a_larger_secondary_slot_is_waste_but_works) {
    auto text = with(example(), "size = \"1008K\"", "size = \"1012K\"");
    text = with(text, "size = \"976K\"", "size = \"940K\"");
    const auto loaded = parse(text, "layout.toml");
    EXPECT_TRUE(loaded.model) << all_messages(loaded);
    EXPECT_TRUE(warning_about(loaded, "larger than the primary slot"));
}

TEST(Layout, a_hole_holds_the_largest_chunk) {
    const auto loaded =
        parse(with(example(), "size = \"32K\" # the backup", "size = \"28K\" # the backup"), "layout.toml");
    EXPECT_FALSE(loaded.model);
    const auto* error = error_about(loaded, "smaller than the largest chunk");
    ASSERT_TRUE(error) << all_messages(loaded);
    EXPECT_EQ(error->value, "28 KB");
    EXPECT_EQ(error->limit, "at least 32 KB");
}

TEST(Layout, a_scratch_holds_the_largest_chunk) {
    expect_refused(with(example("layout-scratch.toml"), "size = \"32K\" # every", "size = \"28K\" # every"),
                   "smaller than the largest chunk", "scratch");
}

TEST(Layout, a_hole_adjoins_the_secondary_slot) {
    auto text = with(example(), "size = \"976K\"", "size = \"940K\"");
    expect_accepted(text);
    expect_refused(with(text, "name = \"hole\"", "name = \"hole\"\noffset = 0x1f8000"),
                   "doesn't adjoin the end of the secondary slot", "hole");
}

TEST(Layout, a_scratch_may_lie_anywhere) {
    auto text = with_region(example("layout-scratch.toml"), "scratch", "");
    text = with(text, "[[region]]\nname = \"files\"",
                "[[region]]\nname = \"scratch\"\nrole = \"scratch\"\nmemory = \"external\"\nsize = "
                "\"32K\"\n\n[[region]]\nname = \"files\"");
    expect_accepted(text);
}

TEST(Layout, misaligned_chunks_cost_time_and_it_is_said) {
    auto text = with(example(), "size = \"976K\"", "size = \"940K\"");
    const auto loaded =
        parse(with(text, "name = \"secondary\"", "name = \"secondary\"\noffset = 0xf8000"), "layout.toml");
    ASSERT_TRUE(loaded.model) << all_messages(loaded);
    const auto* warning = warning_about(loaded, "don't lie on 32 KB erase blocks");
    ASSERT_TRUE(warning);
    EXPECT_NE(warning->hint.find("s longer"), std::string::npos) << warning->hint;
}

TEST(Layout, a_journal_has_its_size) {
    expect_accepted(example());
    expect_refused(with(example(), "size = \"1K\"", "size = \"960\""), "too small for the journal", "journal");
    EXPECT_TRUE(
        warning_about(parse(with(example(), "size = \"1K\"", "size = \"1088\""), "f"), "larger than the journal"));
}

TEST(Layout, data_flash_regions_are_whole_blocks) {
    expect_refused(with(example(), "size = \"1K\"", "size = \"1025\""), "doesn't end on an erase-block boundary",
                   "journal");
}

TEST(Layout, encrypted_updates_need_an_encryption_scheme) {
    const auto clear = with(example(), "encryption = \"ecies-p256-aes128\"", "encryption = \"none\"");
    expect_refused(clear, "encrypted_updates is true", "");
    const auto loaded = parse(with(clear, "encrypted_updates = true", "encrypted_updates = false"), "layout.toml");
    ASSERT_TRUE(loaded.model) << all_messages(loaded);
    EXPECT_FALSE(loaded.model->core.encryption_required);
}

TEST(Layout, only_application_regions_name_sections) {
    expect_refused(with(example(), "size = \"1K\"", "size = \"1K\"\nsections = [\".x\"]"), "only application regions",
                   "journal");
}

TEST(Layout, second_sources_of_the_chip_are_recognised) {
    const auto loaded = parse(example(), "layout.toml");
    const auto& core = loaded.model->core;
    const auto accepts = [&](std::uint32_t id) { return (id & core.external_jedec_id_mask) == core.external_jedec_id; };
    EXPECT_TRUE(accepts(0xef4015));
    EXPECT_TRUE(accepts(0xef7015));
    EXPECT_FALSE(accepts(0xef4014)); // half the size
    EXPECT_FALSE(accepts(0xc22815));
    EXPECT_FALSE(accepts(0xffffff));
    EXPECT_FALSE(accepts(0x000000));
}

TEST(Layout, a_file_system_is_whole_erase_blocks) {
    const auto loaded = parse(with(example(), "size = \"976K\"", "size = \"974K\""), "layout.toml");
    const auto* error = error_about(loaded, "'files': doesn't end on an erase-block boundary");
    ASSERT_TRUE(error) << all_messages(loaded);
    EXPECT_EQ(error->hint, "make its size \"972K\" or \"976K\"");
    expect_accepted(with(example(), "size = \"976K\"", "size = \"972K\""));
}

TEST(Layout, a_region_begins_on_an_erase_block) {
    const auto at = [](const char* offset) {
        return with(with(example(), "size = \"976K\"", "size = \"972K\""), "name = \"files\"",
                    std::string("name = \"files\"\noffset = ") + offset);
    };
    expect_accepted(at("0x1000"));
    expect_refused(at("0x800"), "doesn't begin on an erase-block boundary", "files");
}

TEST(Layout, a_region_has_a_size) {
    expect_refused(with(example(), "size = \"976K\"", "size = 0"), "has no size", "files");
    expect_refused(with(example(), "size = \"976K\"\n", ""), "'size' is missing", "files");
    const auto rest = with(example(), "size = \"32K\"\nsections", "size = \"rest\"\nsections");
    expect_accepted(rest);
    expect_refused(with(rest, "size = \"976K\"", "size = \"1008K\""), "nothing remains for it", "assets");
}

TEST(Layout, alignment_and_offset_agree) {
    const auto aligned = [](const char* words) {
        return with(with(example(), "size = \"976K\"", "size = \"960K\""), "name = \"assets\"",
                    std::string("name = \"assets\"\n") + words);
    };
    expect_accepted(aligned("align = \"64K\"\noffset = \"960K\""));
    expect_refused(aligned("align = \"64K\"\noffset = \"964K\""), "isn't a multiple of its alignment", "assets");
    expect_refused(aligned("align = 0"), "align = 0 says nothing", "assets");
}

TEST(Layout, an_image_has_room_for_more_than_header_and_tlvs) {
    // 512 bytes of header, 384 for TLVs: 896 are too few, and one more is an image of one byte.
    const auto limited = [](const char* size) {
        return with(example(), "header_size = 0x200", std::string("max_size = ") + size + "\nheader_size = 0x200");
    };
    expect_refused(limited("896"), "no image fits the slots", "secondary");
    expect_accepted(limited("897"));
}

TEST(Layout, a_hole_that_is_no_multiple_of_the_chunks_block_costs_time) {
    auto text = with(example(), "size = \"976K\"", "size = \"940K\"");
    EXPECT_FALSE(warning_about(parse(text, "l"), "moves the backup off"));
    text = with(text, "size = \"32K\" # the backup", "size = \"36K\" # the backup");
    const auto loaded = parse(text, "l");
    ASSERT_TRUE(loaded.model) << all_messages(loaded);
    const auto* warning = warning_about(loaded, "moves the backup off the 32 KB erase blocks");
    ASSERT_TRUE(warning) << all_messages(loaded);
    EXPECT_NE(warning->hint.find("s longer"), std::string::npos);
}

TEST(Layout, a_scratch_off_the_chunks_block_costs_time) {
    const auto at = [](const char* offset) {
        auto text = with(example("layout-scratch.toml"), "size = \"976K\"", "size = \"940K\"");
        return parse(with(text, "name = \"scratch\"", std::string("name = \"scratch\"\noffset = ") + offset), "l");
    };
    EXPECT_FALSE(warning_about(at("0x1f8000"), "doesn't begin on a 32 KB erase block"));
    const auto off = at("0x1f7000");
    ASSERT_TRUE(off.model) << all_messages(off);
    EXPECT_TRUE(warning_about(off, "doesn't begin on a 32 KB erase block")) << all_messages(off);
}

TEST(Services, that_arent_known_or_lack_what_they_need_are_errors) {
    const std::string text = example("layout-services.toml");
    EXPECT_TRUE(parse(text, "l").model) << all_messages(parse(text, "l"));
    const auto unknown = parse(with(text, "\"hkdf\"", "\"hkfd\""), "l");
    ASSERT_TRUE(error_about(unknown, "unknown service"));
    EXPECT_NE(all_messages(unknown).find("hkdf"), std::string::npos) << "names the one that was meant";
    EXPECT_TRUE(error_about(parse(with(text, "\"aes\", ", ""), "l"), "'aes-decrypt' needs service 'aes'"));
    EXPECT_TRUE(error_about(parse(with(text, "optimize = \"speed\"", "optimize = \"size\""), "l"), "service 'aes'"));
}

TEST(Services, left_out_cost_no_room) {
    const auto none = parse(example(), "l").model->core;
    EXPECT_EQ(none.service_table_address, 0U);
    EXPECT_EQ(none.services, 0U);
    const auto all = parse(example("layout-services.toml"), "l").model->core;
    EXPECT_EQ(all.service_table_address, all.keys_address - 112);
}

} // namespace outboot::layouts
