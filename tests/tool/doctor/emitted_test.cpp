#include "layout/emit.hpp"
#include "layout/lock.hpp"
#include "layout/reader.hpp"
#include "tests/tool/doctor/found.hpp"
#include "tests/tool/product.hpp"
#include "tool/doctor/agreement_checks.hpp"
#include "tool/doctor/emitted_checks.hpp"
#include "tool/doctor/layout_checks.hpp"
#include "tool/files.hpp"

namespace outboot::tool::doctor {
namespace {

const layouts::Model& model() {
    return product_layout();
}

std::vector<TextFile> emitted(const layouts::Model& of) {
    std::vector<TextFile> files;
    for (const auto& file : layouts::emit_all(of)) files.push_back({"gen/" + file.name, file.name, file.content});
    return files;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    const auto at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), by);
}

std::string example_text() {
    const auto bytes = read_file(layout_file, "the layout");
    return {bytes.begin(), bytes.end()};
}

Findings sums_of(const std::string& text) {
    layouts::Diagnostics said;
    return check_sums(*layouts::read_spec(text, "layout.toml", said), "layout.toml");
}

} // namespace

TEST(DoctorEmitted, fresh_files_have_nothing) {
    expect_nothing(check_emitted("gen", emitted(model()), model()));
}

TEST(DoctorEmitted, files_of_an_older_fingerprint_are_one_finding_that_names_them_all) {
    const auto old = *layouts::load(scratch_layout_file).model;
    const auto found = check_emitted("gen", emitted(old), model());
    ASSERT_EQ(found.size(), 1u) << all_of(found);
    expect_found(found, "emitted-file-stale", Severity::error,
                 {"d43088e3cfa4131a", "outboot layout emit -o gen " + layout_file});
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found[0].details.size(), layouts::emit_all(old).size());
    EXPECT_EQ(found[0].details[0], "outboot_layout.hpp, made for 3231d0f89ca5c4cc");
}

TEST(DoctorEmitted, one_stale_file_among_fresh_ones_is_found) {
    auto files = emitted(model());
    for (auto& file : files)
        if (file.name == "app_memory.ld") file.content = replaced(file.content, "d43088e3cfa4131a", "d43088e3cfa4131b");
    const auto found = check_emitted("gen", files, model());
    expect_found(found, "emitted-file-stale", Severity::error, {"1 of the emitted files"});
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found[0].details, std::vector<std::string>{"app_memory.ld, made for d43088e3cfa4131b"});
}

TEST(DoctorEmitted, a_file_edited_by_hand_is_found_with_its_line) {
    auto files = emitted(model());
    for (auto& file : files)
        if (file.name == "app_memory.ld") file.content = replaced(file.content, "0x00004200", "0x00004400");
    expect_found(check_emitted("gen", files, model()), "emitted-file-changed", Severity::warning,
                 {"gen/app_memory.ld:5", "outboot layout emit"});
}

TEST(DoctorEmitted, an_application_only_change_makes_files_differ_but_not_stale) {
    auto text =
        replaced(example_text(), "sections = [\".data_flash*\"]", "sections = [\".data_flash*\", \".eeprom*\"]");
    const auto changed = *layouts::parse(text, layout_file).model;
    const auto found = check_emitted("gen", emitted(model()), changed);
    ASSERT_FALSE(found.empty());
    for (const auto& each : found) EXPECT_EQ(each.check, "emitted-file-changed") << each.what;
}

TEST(DoctorEmitted, a_debuggers_paths_are_the_callers_choice) {
    std::vector<TextFile> files;
    for (const auto& file : layouts::emit_all(model(), {.bootloader = "out/b.elf"}))
        files.push_back({"gen/" + file.name, file.name, file.content});
    expect_nothing(check_emitted("gen", files, model()));
}

TEST(DoctorEmitted, a_directory_without_any_is_found) {
    expect_found(check_emitted("gen", {{"gen/main.c", "main.c", "int main(void);"}}, model()), "nothing-emitted",
                 Severity::error, {"gen"});
}

// The second of the requester's three problems, as the linker file itself shows it.
TEST(DoctorEmitted, a_private_memory_regions_ld_gone_stale_is_found_line_by_line) {
    const std::string copy = "/* my own */\n"
                             "FLASH_START = 0x00000000;\n"
                             "FLASH_IMAGE_START = 0x00018200;\n"
                             "FLASH_IMAGE_LENGTH = 0x000e7e00;\n";
    auto files = emitted(model());
    for (auto& file : files)
        if (file.name == "memory_regions.ld") file.content = copy;
    const auto found = check_emitted("gen", files, model());
    expect_found(found, "linker-file-contradicts-layout", Severity::error,
                 {"gen/memory_regions.ld:3: FLASH_IMAGE_START is 0x18200", "has 0x4200",
                  "a private copy of a linker file that has gone stale", "delete it"});
}

TEST(DoctorEmitted, a_copy_that_still_agrees_is_only_a_warning) {
    auto files = emitted(model());
    for (auto& file : files)
        if (file.name == "memory_regions.ld") file.content = "FLASH_IMAGE_START = 0x00004200;\n";
    expect_found(check_emitted("gen", files, model()), "emitted-file-replaced", Severity::warning,
                 {"memory_regions.ld", "nobody sees when it goes stale"});
}

TEST(DoctorEmitted, a_linker_script_of_ones_own_is_held_against_the_layout) {
    const auto script = [](const std::string& flash, const std::string& ram) {
        return TextFile{"gen/app.ld", "app.ld",
                        "MEMORY\n{\n  FLASH (rx) : ORIGIN = " + flash +
                            "\n  RAM (rwx) : ORIGIN = 0x20000000, LENGTH = " + ram + "\n}\n"};
    };
    expect_nothing(check_linker_file(script("0x4200, LENGTH = 0xfbc80", "255K"), model()));
    expect_found(check_linker_file(script("0x4200, LENGTH = 1008K", "255K"), model()), "linker-file-contradicts-layout",
                 Severity::error, {"gen/app.ld:3: FLASH LENGTH is 0xfc000", "0xfbc80"});
    expect_found(check_linker_file(script("0x20200, LENGTH = 64K", "255K"), model()), "linker-file-contradicts-layout",
                 Severity::error, {"FLASH ORIGIN is 0x20200", "0x4200"});
    expect_found(check_linker_file(script("0x4200, LENGTH = 64K", "256K"), model()), "linker-file-contradicts-layout",
                 Severity::error, {"gen/app.ld:4: RAM LENGTH is 0x40000", "0x3ffc0"});
}

TEST(DoctorEmitted, a_bootloaders_linker_script_is_held_against_the_bootloaders_region) {
    const TextFile fits{"boot.ld", "boot.ld", "FLASH (rx) : ORIGIN = 0, LENGTH = 0x3f00\n"};
    const TextFile too_long{"boot.ld", "boot.ld", "FLASH (rx) : ORIGIN = 0, LENGTH = 96K\n"};
    expect_nothing(check_linker_file(fits, model()));
    expect_found(check_linker_file(too_long, model()), "linker-file-contradicts-layout", Severity::error,
                 {"FLASH LENGTH is 0x18000", "0x3f00"});
}

// The third of the requester's three problems: 96 KB + 928 KB + 32 KB, as FSP's configurator refuses them.
TEST(DoctorLayout, more_internal_flash_than_exists_is_added_up) {
    auto text = replaced(example_text(), "size = \"16K\"", "size = \"96K\"");
    text = replaced(text, "size = \"rest\" # 1008K", "size = \"928K\" # 1008K");
    text =
        replaced(text, "# Data flash, 8 KB.",
                 "[[region]]\nname = \"scratch\"\nrole = \"application\"\nmemory = \"code_flash\"\nsize = \"32K\"\n");
    expect_found(sums_of(text), "more-internal-flash-than-exists", Severity::error,
                 {"uses more internal flash than exists: bootloader 96 KB + primary 928 KB + scratch 32 KB = 1,056 KB "
                  "(0x108000)",
                  "the R7FA6M4AF's code_flash has 1,024 KB (0x100000): 32 KB too much", "size = \"rest\""});
    EXPECT_FALSE(layouts::parse(text, "layout.toml").model);
    text = replaced(text, "size = \"928K\"", "size = \"896K\"");
    expect_nothing(sums_of(text));
}

TEST(DoctorLayout, more_external_flash_than_exists_names_the_chip) {
    expect_found(sums_of(replaced(example_text(), "size = \"976K\"", "size = \"1000K\"")),
                 "more-external-flash-than-exists", Severity::error, {"W25Q16JV", "24 KB too much"});
    expect_nothing(sums_of(example_text()));
}

TEST(DoctorLayout, every_diagnostic_is_a_finding) {
    const auto loaded = layouts::parse(replaced(example_text(), "size = \"16K\"", "size = \"20K\""), "layout.toml");
    const auto found = check_layout(loaded.diagnostics, "layout.toml");
    EXPECT_EQ(found.size(), loaded.diagnostics.all().size());
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found[0].check, "layout-error");
    EXPECT_NE(found[0].what.find("layout.toml:24: region 'bootloader': doesn't end on an erase-block boundary"),
              std::string::npos);
    EXPECT_NE(found[0].remedy.find("\"24K\""), std::string::npos);
}

TEST(DoctorLayout, lock) {
    expect_nothing(check_lock(model(), layouts::lock_text(model())));
    expect_found(check_lock(model(), std::nullopt), "lock-missing", Severity::warning, {"outboot layout lock"});
    expect_found(check_lock(model(), "fingerprint = \"0102030405060708\"\n"), "lock-differs", Severity::error,
                 {"0102030405060708", "d43088e3cfa4131a"});
    expect_found(check_lock(model(), "rubbish"), "lock-differs", Severity::error, {"isn't a lock file"});
}

TEST(DoctorAgreement, of_things_without_a_layout) {
    const layouts::Fingerprint one{1};
    const layouts::Fingerprint two{2};
    Program bootloader{"bootloader.elf", ProgramKind::elf, {{0, ByteVector{9, 1, 0, 0, 0, 0, 0, 0, 0, 9}, ""}}, {}};
    expect_nothing(check_agreement({{"app.elf", one}, {"app.img", one}}, &bootloader));
    expect_found(check_agreement({{"app.elf", one}, {"app.img", two}}, &bootloader), "layouts-differ", Severity::error,
                 {"app.elf and app.img", "0100000000000000 and 0200000000000000"});
    expect_found(check_agreement({{"app.elf", two}}, &bootloader), "layouts-differ", Severity::error,
                 {"bootloader.elf is built for another layout than app.elf"});
    expect_found(check_agreement({{"app.img", std::nullopt}}, nullptr), "image-without-layout", Severity::error,
                 {"app.img carries no layout fingerprint"});
}

} // namespace outboot::tool::doctor
