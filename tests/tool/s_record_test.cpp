#include "tool/s_record.hpp"

#include <algorithm>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/tool/product.hpp"
#include "tool/failure.hpp"
#include "tool/image_file.hpp"
#include "tool/intel_hex.hpp"
#include "tool/record_format.hpp"

namespace outboot::tool {
namespace {

std::vector<Piece> parse(const std::string& text) {
    return tidy(parse_s_record({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, "t.srec"), "t.srec");
}

std::string failure(const std::string& text) {
    try {
        parse(text);
    } catch (const Failure& failure) {
        return failure.what();
    }
    return {};
}

const std::string header = "S00600004844521B\n"; // "HDR", the format's best-known line
const std::string four = "S107001001020304DE\n"; // 01 02 03 04 at 0x10
const std::string end = "S9030000FC\n";

} // namespace

// From the format's manual page (srec(5), Motorola's M68000 family reference).
TEST(SRecord, a_known_file_is_read) {
    const auto pieces = parse("S00F000068656C6C6F202020202000003C\n"
                              "S11F00007C0802A6900100049421FFF07C6C1B787C8C23783C6000003863000026\n"
                              "S11F001C4BFFFFE5398000007D83637880010014382100107C0803A64E800020E9\n"
                              "S111003848656C6C6F20776F726C642E0A0042\n"
                              "S5030003F9\n"
                              "S9030000FC\n");
    ASSERT_EQ(pieces.size(), 1u);
    EXPECT_EQ(pieces[0].address, 0u);
    ASSERT_EQ(pieces[0].data.size(), 0x38u + 14);
    const auto text = pieces[0].data.begin() + 0x38;
    EXPECT_EQ(std::string(text, text + 12), "Hello world.");
}

TEST(SRecord, each_width_of_address_is_read_and_each_start_address) {
    EXPECT_EQ(parse("S1041234AA0B\nS9031234B6\n").at(0).address, 0x1234u);
    EXPECT_EQ(parse("S205123456AAB4\nS8041234565F\n").at(0).address, 0x123456u);
    EXPECT_EQ(parse("S30612345678AA3B\nS70512345678E6\n").at(0).address, 0x12345678u);
    // Mixed, as linkers write it; small letters; DOS's ends of lines; no end after the last line.
    const auto mixed = parse("S1041234AA0B\r\n\r\nS30612345678aa3b\r\nS604000002F9\r\nS9030000FC\r\n").size();
    EXPECT_EQ(mixed, 2u);
}

TEST(SRecord, a_known_file_is_written) {
    EXPECT_EQ(write_s_record({{0x08000010, {1, 2, 3, 4}, {}}}, "HDR"),
              header + "S3090800001001020304D4\nS5030001FB\nS70500000000FA\n");
}

TEST(SRecord, what_is_written_is_read_again_and_gaps_stay_gaps) {
    std::mt19937 random(7);
    for (int round = 0; round < 100; ++round) {
        std::vector<Piece> pieces;
        std::uint64_t at = random() % 0x20000;
        for (std::size_t n = 1 + random() % 4; n > 0; --n) {
            Piece piece{at, ByteVector(1 + random() % 70000), {}};
            for (auto& byte : piece.data) byte = static_cast<std::uint8_t>(random());
            at = piece.end() + 1 + random() % 0x30000000;
            pieces.push_back(std::move(piece));
        }
        const auto again = parse(write_s_record(pieces));
        ASSERT_EQ(again.size(), pieces.size());
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            EXPECT_EQ(again[i].address, pieces[i].address);
            EXPECT_EQ(again[i].data, pieces[i].data);
        }
    }
}

TEST(SRecord, more_than_65535_records_are_counted_in_a_record_of_their_own) {
    const std::vector<Piece> fits{{0, ByteVector(0xffff * std::size_t{16}), {}}};
    const std::vector<Piece> more{{0, ByteVector(0x10000 * std::size_t{16}), {}}};
    EXPECT_NE(write_s_record(fits).find("S503FFFF"), std::string::npos);
    EXPECT_NE(write_s_record(more).find("S604010000"), std::string::npos);
    EXPECT_EQ(parse(write_s_record(more)).at(0).data.size(), more[0].data.size());
}

TEST(SRecord, an_address_that_needs_more_than_32_bits_is_not_written) {
    EXPECT_NO_THROW((void)write_s_record({{0xffffffff, {1}, {}}}));
    EXPECT_THROW((void)write_s_record({{0xffffffff, {1, 2}, {}}}), Failure);
}

TEST(SRecord, faults_are_found_and_their_line_named) {
    EXPECT_EQ(failure(header + four + end), "");
    EXPECT_EQ(failure("S107001001020304DF\n" + end), "t.srec:1: the checksum is DF, what it is of makes DE");
    EXPECT_EQ(failure(header + "S108001001020304DE\n" + end),
              "t.srec:2: the record says that 8 bytes follow, there are 7");
    EXPECT_EQ(failure(header + "S1070010010203\n" + end), "t.srec:2: the record says that 7 bytes follow, there are 5");
    EXPECT_EQ(failure(header + "S10700100102030\n" + end),
              "t.srec:2: not an S-record: pairs of hexadecimal digits must follow the type");
    EXPECT_EQ(failure(header + "S1070010010203g4DE\n" + end),
              "t.srec:2: not an S-record: pairs of hexadecimal digits must follow the type");
    EXPECT_EQ(failure(header + "S304001000EB\n" + end), "t.srec:2: an S3 record has 5 bytes at least, not 4");
    EXPECT_EQ(failure(header + "S4030000FC\n" + end), "t.srec:2: record type S4 is reserved");
    EXPECT_EQ(failure(header + "hello\n" + end), "t.srec:2: not an S-record");
    EXPECT_EQ(failure(header + four), "t.srec:2: the end record (S7, S8 or S9) is missing: the file is cut off");
    EXPECT_EQ(failure(four + end + "\n" + four), "t.srec:4: something follows the end record");
    EXPECT_EQ(failure(four + "S5030002FA\n" + end), "t.srec:2: the file says that it has 2 data records, it has 1");
    EXPECT_EQ(failure(four + "S5030001FB\n" + end), "");
    EXPECT_EQ(failure(four + "S904000000FB\n"), "t.srec:2: an S9 record holds no data");
}

TEST(SRecord, two_contents_for_one_address_are_refused_with_both_lines) {
    EXPECT_EQ(failure(header + four + "S1040013AA3E\n" + end),
              "t.srec:3: a second content for 0x13: line 2 has the first");
    EXPECT_EQ(failure(header + "S1040013AA3E\n" + four + end),
              "t.srec:3: a second content for 0x13: line 2 has the first");
    EXPECT_EQ(failure(header + four + "S1040014AA3D\n" + end), ""); // the next byte
    EXPECT_EQ(failure(header + four + "S104000FAA42\n" + end), ""); // the one before
}

TEST(SRecord, content_beyond_32_bits_is_refused) {
    EXPECT_EQ(failure("S306FFFFFFFFAA53\n" + end), "");
    EXPECT_EQ(failure("S307FFFFFFFFAABB97\n" + end),
              "t.srec:1: 2 bytes at 0xFFFFFFFF reach beyond the 32-bit addresses");
}

TEST(SRecord, a_damaged_first_line_does_not_make_it_a_binary) {
    Workspace work;
    work.write("bad.srec", "S107001001020304DF\n" + end);
    EXPECT_THROW((void)load_program(work.path("bad.srec")), Failure);
    work.write("bad.hex", std::string(":0400100001020304E3\n:00000001FF\n"));
    EXPECT_THROW((void)load_program(work.path("bad.hex")), Failure);
    work.write("text.bin", std::string("Some text, which is a binary\n"));
    EXPECT_EQ(load_program(work.path("text.bin")).kind, ProgramKind::binary);
}

TEST(SRecord, a_program_is_signed_from_it_as_from_an_elf) {
    Workspace work;
    const std::vector<Piece> pieces{{program_address, program(), {}}, {0x08000000, ByteVector(16, 0x11), {}}};
    work.write("app.srec", write_s_record(pieces));
    const auto ran = sign(work, "app.srec", "out.bin");
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_TRUE(ran.says("content at 0x8000000, 16 bytes: in region 'parameters', left out")) << ran.err;
    EXPECT_EQ(load_program(work.path("app.srec")).kind, ProgramKind::s_record);
    const auto image = ImageFile::load(work.path("out.bin"));
    const auto expected = program();
    EXPECT_TRUE(std::equal(image.payload().begin(), image.payload().end(), expected.begin(), expected.end()));
}

// Written as records, an image is what it is as a binary, and is read so wherever an image is.
TEST(Records, an_image_is_written_by_its_name_and_read_by_its_content) {
    Workspace work;
    work.write("app.bin", program());
    ASSERT_EQ(sign(work, "app.bin", "out.bin", {"--pad-sig"}).exit_code, 0);
    const std::pair<std::string, ProgramKind> names[]{{"out.hex", ProgramKind::hex},
                                                      {"out.ihex", ProgramKind::hex},
                                                      {"out.srec", ProgramKind::s_record},
                                                      {"out.S37", ProgramKind::s_record},
                                                      {"out.mot", ProgramKind::s_record}};
    for (const auto& [name, kind] : names) {
        ASSERT_EQ(sign(work, "app.bin", name, {"--pad-sig"}).exit_code, 0);
        const auto written = load_program(work.path(name));
        EXPECT_EQ(written.kind, kind) << name;
        EXPECT_EQ(written.pieces.front().address, 0x4000u);
        EXPECT_EQ(written.pieces.front().data.size(), work.read("out.bin").size());
        const auto verified = work.outboot({"verify", "-k", sign_key, "--layout", layout_file, name});
        EXPECT_EQ(verified.exit_code, 0) << name << verified.err;
        const auto dumped = work.outboot({"dumpinfo", "--json", name});
        EXPECT_TRUE(dumped.says("\"version\": \"1.2.3+0\"")) << dumped.out;
        const auto accepted = work.outboot({"accept", "--layout", layout_file, "--verify-key", sign_key, name});
        EXPECT_EQ(accepted.exit_code, 1); // its layout wants encrypted images
        EXPECT_TRUE(accepted.says("refused, reason")) << accepted.err;
    }
}

TEST(Records, a_padded_image_is_found_between_its_gaps) {
    Workspace work;
    ASSERT_EQ(sign_for_mcuboot(work, {"--confirm", "-x", "0x8000", "-k", sign_key}).exit_code, 0);
    auto ran = work.outboot({"sign", "-H", "0x200", "--pad-header", "-S", "0x20000", "-v", "1.2.3", "--confirm", "-x",
                             "0x8000", "-k", sign_key, "app.bin", "out.srec"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_EQ(load_program(work.path("out.srec")).pieces.size(), 2u); // the image; image_ok and magic
    EXPECT_EQ(work.outboot({"verify", "-k", sign_key, "out.srec"}).exit_code, 0);
    EXPECT_TRUE(work.outboot({"dumpinfo", "out.srec"}).says("image_ok"));
}

TEST(Records, a_production_file_is_no_image_and_what_is_read_instead_is_said) {
    Workspace work;
    work.write("far.hex", write_hex({{0, program(), {}}, {0x60000000, program(), {}}}));
    const auto ran = work.outboot({"verify", "far.hex"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("far.hex has nothing from 0x3E8 to 0x60000000")) << ran.err;
}

} // namespace outboot::tool
