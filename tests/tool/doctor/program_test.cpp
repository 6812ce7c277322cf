// Checks of linked programs: each with what triggers it, and its nearest correct neighbour that doesn't.
#include "format/image.hpp"
#include "tests/tool/doctor/found.hpp"
#include "tests/tool/product.hpp"
#include "tool/doctor/program_checks.hpp"

namespace outboot::tool::doctor {
namespace {

const layouts::Model& model() {
    return product_layout();
}

Piece piece(std::uint64_t address, std::size_t bytes, std::string name = ".text") {
    return {address, ByteVector(bytes, 0x55), std::move(name)};
}

// An application as it should be: vector table and code at 0x4200.
Program good_program(std::size_t bytes = 1000, std::uint32_t address = program_address) {
    Program made{"app.elf", ProgramKind::elf, {{address, program(bytes, address), ".text"}}, model().core.fingerprint};
    return made;
}

Program with(Program made, Piece more) {
    made.pieces.push_back(std::move(more));
    return made;
}

Findings vector_table(const Program& made) {
    const auto begin = *begin_in_code_flash(made, model());
    return check_vector_table(made, model(), begin, made.pieces.front().end());
}

Program with_words(std::uint32_t stack, std::uint32_t reset) {
    auto made = good_program();
    format::put32(made.pieces[0].data.data(), stack);
    format::put32(made.pieces[0].data.data() + 4, reset);
    return made;
}

} // namespace

TEST(DoctorProgram, a_good_one_has_nothing) {
    expect_nothing(check_application({good_program(), {}}, model()));
}

TEST(DoctorProgram, built_for_another_layout_is_found_and_both_are_named) {
    auto made = good_program();
    made.fingerprint = layouts::Fingerprint{1, 2, 3, 4, 5, 6, 7, 8};
    expect_found(check_built_for(made, model()), "program-of-another-layout", Severity::error,
                 {"0102030405060708", "d43088e3cfa4131a", "rebuild"});
    expect_nothing(check_built_for(good_program(), model()));
}

TEST(DoctorProgram, without_a_fingerprint_it_is_a_warning) {
    auto made = good_program();
    made.fingerprint.reset();
    expect_found(check_built_for(made, model()), "program-without-fingerprint", Severity::warning,
                 {"outboot_layout_fingerprint", "outboot_fingerprint.c"});
    made.kind = ProgramKind::hex; // which has no symbols at all
    expect_nothing(check_built_for(made, model()));
}

// The second of the requester's three problems: an application whose linker script is a copy from another time.
TEST(DoctorProgram, a_private_linker_file_gone_stale_is_called_that) {
    const auto found = check_link_address(good_program(1000, 0x18200), model());
    expect_found(found, "linked-elsewhere", Severity::error,
                 {"app.elf is linked to 0x18200, but this layout's application starts at 0x4200",
                  "a private copy that has gone stale", "delete the copy of the linker file", "app_memory.ld",
                  "memory_regions.ld"});
    expect_nothing(check_link_address(good_program(), model()));
}

TEST(DoctorProgram, linked_elsewhere_by_another_build_is_not_blamed_on_a_copy) {
    auto made = good_program(1000, 0);
    made.fingerprint = layouts::Fingerprint{1};
    const auto found = check_link_address(made, model());
    expect_found(found, "linked-elsewhere", Severity::error, {"linked to 0x0"});
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found[0].what.find("private copy"), std::string::npos);
}

TEST(DoctorProgram, room_for_the_header_in_front_is_no_other_address) {
    auto made = good_program();
    made.pieces[0].data.insert(made.pieces[0].data.begin(), 0x200, 0);
    made.pieces[0].address = 0x4000;
    expect_nothing(check_link_address(made, model()));
    made.pieces[0].data[0x1ff] = 1; // something is there
    expect_found(check_link_address(made, model()), "linked-elsewhere", Severity::error, {"linked to 0x4000"});
}

TEST(DoctorProgram, nothing_in_the_code_flash) {
    Program made{"app.elf", ProgramKind::elf, {piece(0x20000000, 16)}, model().core.fingerprint};
    expect_found(check_link_address(made, model()), "nothing-in-code-flash", Severity::error, {"0x4200"});
}

TEST(DoctorProgram, vector_table_that_is_none) {
    expect_found(vector_table(with_words(0x55555555, 0x12345678)), "vector-table-missing", Severity::error,
                 {"0x4200", "0x55555555", "KEEP"});
    auto tiny = good_program();
    tiny.pieces[0].data.resize(7);
    expect_found(vector_table(tiny), "vector-table-missing", Severity::error, {"no eight bytes"});
    expect_nothing(vector_table(with_words(0x20010000, 0x4211)));
}

TEST(DoctorProgram, vector_table_at_an_address_that_vtor_cannot_hold) {
    expect_found(vector_table(good_program(1000, 0x4100)), "vector-table-misaligned", Severity::error,
                 {"0x4100", "0x200", "link it to 0x4200"});
    expect_nothing(vector_table(good_program(1000, 0x4400)));
}

TEST(DoctorProgram, stack_pointer_outside_the_ram) {
    expect_found(vector_table(with_words(0x20040008, 0x4211)), "stack-outside-ram", Severity::error,
                 {"0x20040008", "0x20000000 to 0x20040000"});
    expect_found(vector_table(with_words(0x20000000, 0x4211)), "stack-outside-ram", Severity::error, {"0x20000000"});
    expect_nothing(vector_table(with_words(0x20000008, 0x4211)));
}

TEST(DoctorProgram, stack_over_the_ram_record) {
    expect_found(vector_table(with_words(0x2003ffc8, 0x4211)), "stack-over-ram-record", Severity::error,
                 {"RAM record at 0x2003FFC0"});
    expect_nothing(vector_table(with_words(0x2003ffc0, 0x4211))); // it grows down from there
}

TEST(DoctorProgram, stack_that_is_not_aligned) {
    expect_found(vector_table(with_words(0x20010004, 0x4211)), "stack-misaligned", Severity::error, {"0x20010004"});
}

TEST(DoctorProgram, reset_vector_outside_the_image) {
    const std::uint32_t end = program_address + 1000;
    expect_found(vector_table(with_words(0x20010000, end + 1)), "reset-vector-outside", Severity::error,
                 {"0x000045e9", "bad_vector"});
    expect_found(vector_table(with_words(0x20010000, 0x101)), "reset-vector-outside", Severity::error, {"0x00000101"});
    expect_nothing(vector_table(with_words(0x20010000, end - 1)));
}

TEST(DoctorProgram, reset_vector_that_is_no_thumb_address) {
    expect_found(vector_table(with_words(0x20010000, 0x4210)), "reset-vector-outside", Severity::error, {"Thumb"});
}

TEST(DoctorProgram, data_flash_and_external_content_are_remarks) {
    const auto made =
        with(with(good_program(), piece(0x08000000, 24, ".data_flash")), piece(0x600f4000, 20, ".assets"));
    const auto found = check_content(made, model());
    ASSERT_EQ(found.size(), 3u) << all_of(found);
    for (const auto& each : found) EXPECT_EQ(each.severity, Severity::remark);
    EXPECT_NE(found[0].what.find(".data_flash at 0x8000000, 24 bytes is for region 'parameters' of the data flash"),
              std::string::npos)
        << found[0].what;
    EXPECT_NE(found[1].what.find("region 'assets' of the external chip"), std::string::npos);
    expect_nothing(check_content(good_program(), model()));
}

// The first of the requester's three problems, seen from the ELF: it would be told before imgtool is asked.
TEST(DoctorProgram, data_flash_content_that_would_make_a_128_mb_binary_is_foretold) {
    const auto made = with(good_program(), piece(0x08000000, 0x1554, ".data_flash"));
    expect_found(check_content(made, model()), "flat-binary-would-span-memories", Severity::remark,
                 {"from 0x4200 over the gap to .data_flash at 0x8000000",
                  "\"Image size (0x7ffd554) + trailer (0x180) exceeds requested size 0xfc000\"",
                  "arm-none-eabi-objcopy -O binary -R '.data_flash' app.elf OUT.bin", "outboot sign --layout"});
}

// The same, seen from what objcopy and imgtool made of it: 0x8001754 bytes with a header of 0x200.
TEST(DoctorProgram, a_flat_binary_of_128_mb_is_explained) {
    for (const std::uint64_t bytes : {0x8001754U, 0x8001554U})
        expect_found(check_flat_size("app.bin", bytes, model()), "flat-binary-spans-memories", Severity::error,
                     {"over a gap to the data flash at 0x8000000",
                      "Image size ... + trailer ... exceeds requested size", "-R '.data_flash*'",
                      "outboot provision --app APP.elf"});
    expect_found(check_flat_size("app.bin", 0x60000000, model()), "flat-binary-spans-memories", Severity::error,
                 {"external chip at 0x60000000"});
    expect_found(check_flat_size("app.bin", 0x1000000, model()), "flat-binary-spans-memories", Severity::error,
                 {"option-setting memory at 0x100A100"});
}

TEST(DoctorProgram, a_file_a_little_larger_than_the_code_flash_is_only_large) {
    expect_found(check_flat_size("app.bin", 0x100001, model()), "larger-than-code-flash", Severity::error, {"1048577"});
    expect_nothing(check_flat_size("app.bin", 0x100000, model()));
}

TEST(DoctorProgram, option_settings_in_an_application) {
    const auto made = with(good_program(), piece(0x0100a100, 4, ".option_setting"));
    expect_found(check_content(made, model()), "option-settings-in-application", Severity::error,
                 {".option_setting at 0x100A100, 4 bytes", "lock the device for ever"});
}

TEST(DoctorProgram, content_where_the_layout_has_no_place_or_the_bootloader_lives) {
    expect_found(check_content(with(good_program(), piece(0x30000000, 4, ".odd")), model()), "content-misplaced",
                 Severity::error, {".odd", "outside every region"});
    expect_found(check_content(with(good_program(), piece(0x08001c00, 4, ".odd")), model()), "content-misplaced",
                 Severity::error, {"region 'journal', which belongs to the bootloader"});
    expect_found(check_content(with(good_program(), piece(0x08001bfe, 4, ".odd")), model()), "content-misplaced",
                 Severity::error, {"2 bytes beyond region 'parameters'"});
    const auto last = check_content(with(good_program(), piece(0x08001bfc, 4, ".data_flash")), model());
    EXPECT_EQ(last.at(0).check, "content-left-out");
}

// The third of the requester's three problems, as a program shows it.
TEST(DoctorProgram, more_internal_flash_than_exists) {
    const auto made = good_program(0xe8000, 0x18200);
    expect_found(check_content(made, model()), "more-code-flash-than-exists", Severity::error,
                 {"uses more internal flash than exists", "0x100200", "R7FA6M4AF's code flash at 0x100000",
                  "512 bytes too far"});
    expect_nothing(check_content(good_program(0xe7e00, 0x18200), model()));
}

TEST(DoctorProgram, larger_than_it_may_be_says_by_how_much_and_what_takes_the_room) {
    const std::uint32_t room = model().max_image - 0x200 - layouts::tlv_room;
    ProgramFacts facts{good_program(room + 100), {}};
    facts.map.sections = {{".text", program_address, program_address, 900'000, true},
                          {".rodata", 0xe0000, 0xe0000, 100'000, true},
                          {".data", 0x20000000, 0xf9000, 4'000, true},
                          {".bss", 0x20001000, 0x20001000, 200'000, false}};
    facts.map.symbols = {{"font_table", 0xe0000, 80'000},
                         {"main", program_address + 8, 300},
                         {"lookup", 0x20000000, 4'000},
                         {"heap", 0x20001000, 190'000}};
    const auto found = check_room(facts, model());
    expect_found(found, "image-too-large", Severity::error, {"app.elf is 100 bytes too large", "both slots larger"});
    const std::vector<std::string> expected{"   900000 bytes  section .text", "   100000 bytes  section .rodata",
                                            "     4000 bytes  section .data", "    80000 bytes  font_table",
                                            "     4000 bytes  lookup",        "      300 bytes  main"};
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found[0].details, expected);
    facts.program = good_program(room);
    expect_nothing(check_room(facts, model()));
}

TEST(DoctorProgram, a_binary_has_a_size_too) {
    Program made{"app.bin", ProgramKind::binary, {{0, program(model().max_image), {}}}, {}};
    expect_found(check_room({made, {}}, model()), "image-too-large", Severity::error, {"896 bytes too large"});
}

TEST(DoctorProgram, ram_that_does_not_exist_and_ram_that_is_the_records) {
    ProgramFacts facts{good_program(), {}};
    facts.map.sections = {{".bss", 0x20000000, 0x20000000, 0x3ffc0, false}};
    expect_nothing(check_ram(facts, model()));
    facts.map.sections[0].size += 1;
    expect_found(check_ram(facts, model()), "ram-record-overlapped", Severity::error, {".bss", "0x2003FFC0"});
    facts.map.sections[0].size = 0x40001;
    expect_found(check_ram(facts, model()), "more-ram-than-exists", Severity::error, {"1 bytes behind", "R7FA6M4AF"});
}

namespace {

Program good_bootloader(std::size_t bytes = 8000) {
    Program made{"bootloader.elf", ProgramKind::elf, {{0, program(bytes, 0), ".text"}}, {}};
    std::copy(model().core.fingerprint.begin(), model().core.fingerprint.end(), made.pieces[0].data.begin() + 64);
    return made;
}

} // namespace

TEST(DoctorBootloader, a_good_one_has_nothing) {
    expect_nothing(check_bootloader({good_bootloader(0x3f00), {}}, model()));
}

TEST(DoctorBootloader, into_the_slot_says_how_far) {
    expect_found(check_bootloader({good_bootloader(0x4010), {}}, model()), "bootloader-overlaps-slot", Severity::error,
                 {"16 bytes of it lie in the primary slot", "bootloader_memory.ld"});
}

TEST(DoctorBootloader, into_the_key_block_says_how_far) {
    expect_found(check_bootloader({good_bootloader(0x3f01), {}}, model()), "bootloader-overlaps-keys", Severity::error,
                 {"0x3F00", "1 bytes too far"});
}

TEST(DoctorBootloader, what_takes_its_room_is_told) {
    ProgramFacts facts{good_bootloader(0x4010), {}};
    facts.map.sections = {{".text", 0, 0, 0x4010, true}};
    facts.map.symbols = {{"outboot::start()", 0x100, 500}};
    const auto found = check_bootloader(facts, model());
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found[0].details.size(), 2u);
}

TEST(DoctorBootloader, of_another_layout) {
    auto made = good_bootloader();
    made.pieces[0].data[64] ^= 1;
    expect_found(check_bootloader({made, {}}, model()), "bootloader-of-another-layout", Severity::error,
                 {"d43088e3cfa4131a"});
}

TEST(DoctorBootloader, linked_elsewhere) {
    auto made = good_bootloader();
    made.pieces[0].address = 0x100;
    expect_found(check_bootloader({made, {}}, model()), "bootloader-not-at-start", Severity::error, {"0x0"});
}

TEST(DoctorBootloader, outside_all_memories) {
    const auto made = with(good_bootloader(), piece(0x08000000, 4, ".data_flash"));
    expect_found(check_bootloader({made, {}}, model()), "bootloader-leaves-region", Severity::error, {".data_flash"});
}

TEST(DoctorBootloader, option_settings_are_a_warning) {
    const auto made = with(good_bootloader(), piece(0x0100a100, 4, ".option_setting"));
    expect_found(check_bootloader({made, {}}, model()), "bootloader-option-settings", Severity::warning,
                 {"--option-settings", "for ever"});
}

TEST(DoctorBootloader, has_a_vector_table_to_start_from) {
    auto made = good_bootloader();
    format::put32(made.pieces[0].data.data(), 0x10000000);
    expect_found(check_bootloader({made, {}}, model()), "stack-outside-ram", Severity::error, {"0x10000000"});
}

} // namespace outboot::tool::doctor
