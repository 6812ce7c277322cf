// Which content of a linked program becomes the image, which is left out, and which is refused.
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/tool/product.hpp"
#include "tool/failure.hpp"
#include "tool/image_file.hpp"
#include "tool/intel_hex.hpp"
#include "tool/program.hpp"

namespace outboot::tool {
namespace {

const ByteVector defaults(16, 0x11);

ElfSection section(const std::string& name, std::uint32_t address, std::size_t bytes = 16) {
    return {name, address, ByteVector(bytes, 0x22)};
}

// Signing is refused with these words, says what to do, and writes nothing.
void expect_refused(const std::vector<ElfSection>& more, const std::vector<std::string>& words) {
    Workspace work;
    work.write("app.elf", program_elf(more));
    const auto ran = sign(work, "app.elf", "out.bin");
    EXPECT_EQ(ran.exit_code, 1);
    for (const auto& word : words) EXPECT_TRUE(ran.says(word)) << word << "\n" << ran.err;
    EXPECT_TRUE(ran.says("hint:")) << ran.err;
    EXPECT_EQ(work.files(), std::vector<std::string>{"app.elf"});
}

ByteVector signed_payload(const Workspace& work, const std::string& file) {
    const auto image = ImageFile::parse(work.read(file));
    return {image.payload().begin(), image.payload().end()};
}

} // namespace

TEST(Elf, its_program_becomes_the_payload) {
    Workspace work;
    work.write("app.elf", program_elf());
    work.write("app.bin", program());
    const auto elf = sign(work, "app.elf", "elf.bin");
    ASSERT_EQ(elf.exit_code, 0) << elf.err;
    EXPECT_FALSE(elf.says("can't be checked"));
    auto expected = program();
    const auto& fingerprint = product_layout().core.fingerprint;
    std::copy(fingerprint.begin(), fingerprint.end(), expected.begin() + 16);
    EXPECT_EQ(signed_payload(work, "elf.bin"), expected);
}

TEST(Elf, content_for_application_regions_is_named_and_left_out) {
    Workspace work;
    work.write("app.elf", program_elf({{".data_flash", 0x08000000, defaults}, section(".assets", 0x600f4000)}));
    const auto ran = sign(work, "app.elf", "out.bin");
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_TRUE(ran.says(".data_flash at 0x8000000, 16 bytes: in region 'parameters', left out")) << ran.err;
    EXPECT_TRUE(ran.says(".assets at 0x600F4000, 16 bytes: in region 'assets', left out")) << ran.err;
    EXPECT_EQ(signed_payload(work, "out.bin").size(), program().size());
}

TEST(Elf, option_setting_memory_is_refused) {
    expect_refused({section(".option_setting_ofs", 0x0100a100, 4)},
                   {".option_setting_ofs at 0x100A100, 4 bytes: in option-setting memory", "BSP_BOOTLOADED_APPLICATION",
                    "-R '.option_setting_ofs'"});
    expect_refused({section(".option_last", 0x0100a2f0, 16)}, {"in option-setting memory"});
}

TEST(Elf, content_outside_every_region_is_refused) {
    expect_refused({section(".strange", 0x30000000, 100)},
                   {".strange at 0x30000000, 100 bytes: outside every region", "objcopy -R '.strange'"});
    expect_refused({section(".ram_code", 0x20000000)}, {"outside every region"});
    expect_refused({section(".beyond", 0x00100000)}, {"outside every region"}); // one byte behind the code flash
    expect_refused({section(".beyond", 0x08002000)}, {"outside every region"}); // and the data flash
}

TEST(Elf, all_offenders_are_named_at_once) {
    expect_refused({section(".one", 0x30000000), section(".two", 0x0100a180), section(".three", 0x40000000)},
                   {".one at", ".two at", ".three at"});
}

TEST(Elf, the_bootloaders_regions_are_refused) {
    expect_refused({section(".low", 0x00001000)}, {"in region 'bootloader', which belongs to the bootloader"});
    expect_refused({section(".journal", 0x08001c00)}, {"in region 'journal'"});
    expect_refused({section(".staged", 0x600fc000)}, {"in region 'secondary'"});
}

TEST(Elf, content_that_reaches_over_the_end_of_its_region_is_refused) {
    Workspace work;
    work.write("fits.elf", program_elf({section(".data_flash", 0x08001bf0, 16)}));
    EXPECT_EQ(sign(work, "fits.elf", "out.bin").exit_code, 0);
    expect_refused({section(".data_flash", 0x08001bf0, 17)},
                   {"reaches 1 bytes beyond region 'parameters', which ends at 0x8001C00"});
}

TEST(Elf, a_gap_inside_the_program_is_filled_as_if_erased) {
    Workspace work;
    work.write("app.elf", program_elf({section(".late", program_address + 2000)}));
    ASSERT_EQ(sign(work, "app.elf", "out.bin").exit_code, 0);
    const auto payload = signed_payload(work, "out.bin");
    ASSERT_EQ(payload.size(), 2016u);
    EXPECT_EQ(payload[1000], 0xff);
    EXPECT_EQ(payload[1999], 0xff);
    EXPECT_EQ(payload[2000], 0x22);
}

TEST(Elf, initialised_data_is_taken_at_its_load_address) {
    Workspace work;
    const ElfSection data{".data", program_address + 1000, ByteVector(8, 0x77), 0x20000100, 0};
    const ElfSection bss{".bss", 0x20000200, {}, 0, 4096};
    work.write("app.elf", program_elf({data, bss}));
    const auto ran = sign(work, "app.elf", "out.bin");
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const auto payload = signed_payload(work, "out.bin");
    ASSERT_EQ(payload.size(), 1008u);
    EXPECT_EQ(payload[1000], 0x77);
}

TEST(Elf, a_program_linked_for_another_address_is_refused) {
    Workspace work;
    work.write("high.elf", build_elf({{".text", 0x10000, program(1000, 0x10000)}}));
    const auto high = sign(work, "high.elf", "out.bin");
    EXPECT_EQ(high.exit_code, 1);
    EXPECT_TRUE(high.says("has nothing at 0x4200")) << high.err;
    work.write("moved.elf", build_elf({{".text", program_address, program(1000, 0x10000)}}));
    const auto moved = sign(work, "moved.elf", "out.bin");
    EXPECT_EQ(moved.exit_code, 1);
    EXPECT_TRUE(moved.says("reset vector is 0x00010011")) << moved.err;
    EXPECT_FALSE(work.has("out.bin"));
}

TEST(Elf, room_for_the_header_in_the_program_is_used) {
    Workspace work;
    auto with_header = ByteVector(0x200, 0);
    const auto code = program();
    with_header.insert(with_header.end(), code.begin(), code.end());
    work.write("app.elf", build_elf({{".text", 0x4000, with_header}}));
    ASSERT_EQ(sign(work, "app.elf", "out.bin").exit_code, 0);
    EXPECT_EQ(signed_payload(work, "out.bin"), code);
    with_header[0x1ff] = 1;
    work.write("bad.elf", build_elf({{".text", 0x4000, with_header}}));
    const auto bad = sign(work, "bad.elf", "bad.bin");
    EXPECT_EQ(bad.exit_code, 1);
    EXPECT_TRUE(bad.says("has content where the header goes")) << bad.err;
}

TEST(Elf, a_foreign_fingerprint_is_refused_and_both_are_named) {
    Workspace work;
    layouts::Fingerprint other{1, 2, 3, 4, 5, 6, 7, 8};
    work.write("app.elf", build_elf({{".text", program_address, program()}}, other));
    const auto ran = sign(work, "app.elf", "out.bin");
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("its fingerprint is 0102030405060708")) << ran.err;
    EXPECT_TRUE(ran.says("d43088e3cfa4131a")) << ran.err;
    EXPECT_FALSE(work.has("out.bin"));
}

TEST(Elf, a_program_without_fingerprint_is_signed_with_a_warning) {
    Workspace work;
    work.write("app.elf", build_elf({{".text", program_address, program()}}));
    const auto ran = sign(work, "app.elf", "out.bin");
    EXPECT_EQ(ran.exit_code, 0);
    EXPECT_TRUE(ran.says("warning: app.elf has no symbol outboot_layout_fingerprint")) << ran.err;
}

TEST(Elf, a_damaged_file_is_refused) {
    Workspace work;
    const auto elf = program_elf();
    for (const std::size_t length : {std::size_t{5}, std::size_t{60}, elf.size() / 2, elf.size() - 1}) {
        work.write("cut.elf", ByteSpan(elf).first(length));
        const auto ran = sign(work, "cut.elf", "out.bin");
        EXPECT_EQ(ran.exit_code, 1) << length;
        EXPECT_TRUE(ran.says("outboot: error: ")) << ran.err;
    }
    EXPECT_FALSE(work.has("out.bin"));
}

TEST(Elf, a_refused_file_does_not_stay_open) {
    Workspace work;
    auto cut_off = program_elf();
    cut_off.resize(cut_off.size() - 40);
    work.write("app.elf", cut_off);
    const auto open_files = [] {
        const std::filesystem::directory_iterator all("/proc/self/fd");
        return std::distance(begin(all), end(all));
    };
    const auto before = open_files();
    EXPECT_THROW((void)load_program(work.path("app.elf")), Failure);
    EXPECT_EQ(open_files(), before);
}

TEST(Elf, without_a_layout_a_section_beyond_the_slot_makes_no_larger_file) {
    Workspace work;
    work.write("app.elf", program_elf({{".far", 0x00104000, defaults}})); // less than 1 MB behind the program
    const auto ran = work.outboot({"sign", "-H", "0x200", "-S", "0xfc000", "--align", "128", "-v", "1.0.0",
                                   "--pad-header", "app.elf", "out.bin"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("reaches from 0x4200 to 0x104010")) << ran.err;
    EXPECT_TRUE(ran.says("--layout")) << ran.err;
    EXPECT_FALSE(work.has("out.bin"));
}

TEST(HexInput, it_is_treated_like_an_elf) {
    Workspace work;
    work.write("app.hex", write_hex({{program_address, program(), {}}, {0x08000000, defaults, {}}}));
    const auto ran = sign(work, "app.hex", "out.bin");
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_TRUE(ran.says("content at 0x8000000, 16 bytes: in region 'parameters', left out")) << ran.err;
    EXPECT_EQ(signed_payload(work, "out.bin"), program());
    work.write("bad.hex", write_hex({{program_address, program(), {}}, {0x0100a100, defaults, {}}}));
    EXPECT_EQ(sign(work, "bad.hex", "bad.bin").exit_code, 1);
    EXPECT_FALSE(work.has("bad.bin"));
}

TEST(BinaryInput, it_is_the_payload_and_its_reset_vector_is_checked) {
    Workspace work;
    work.write("app.bin", program());
    ASSERT_EQ(sign(work, "app.bin", "out.bin").exit_code, 0);
    EXPECT_EQ(signed_payload(work, "out.bin"), program());
    work.write("wrong.bin", program(1000, 0));
    const auto ran = sign(work, "wrong.bin", "wrong.out");
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("reset vector is 0x00000011")) << ran.err;
}

} // namespace outboot::tool
