// A production run: one file for each row of a table, and everything that can be wrong with a table.
#include <filesystem>

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "core/key_block.hpp"
#include "tests/tool/product.hpp"
#include "tool/keys.hpp"
#include "tool/program.hpp"

namespace outboot::tool {
namespace {

namespace block = core::key_block;

class ProductionRun : public testing::Test {
  protected:
    void SetUp() override {
        std::vector<ElfSection> sections{{".text", 0, program(8000, 0)}};
        work.write("bootloader.elf", build_elf(sections, product_layout().core.fingerprint));
        work.write("app.elf", program_elf());
        for (const char* key : {"sign.pem", "d1.pem", "d2.pem"})
            ASSERT_EQ(work.outboot({"keygen", "-t", "ecdsa-p256", "-k", key}).exit_code, 0);
        ASSERT_EQ(work.outboot({"sign", "--layout", layout_file, "-k", "sign.pem", "-v", "1.0.0", "app.elf", "app.img"})
                      .exit_code,
                  0);
    }

    Ran run(const std::string& table, const std::string& output = "out/{serial}.hex",
            const std::vector<std::string>& more = {"--serial-region", "parameters:16"}) {
        work.write("devices.csv", table);
        std::vector<std::string> arguments{"provision",   "--layout", layout_file, "--bootloader", "bootloader.elf",
                                           "--sign-key",  "sign.pem", "--image",   "app.img",      "--devices",
                                           "devices.csv", "-o",       output};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return work.outboot(arguments);
    }

    void expect_refused(const Ran& ran, const std::vector<std::string>& words) {
        EXPECT_EQ(ran.exit_code, 1);
        for (const auto& each : words) EXPECT_TRUE(ran.says(each)) << each << "\n" << ran.err;
        EXPECT_FALSE(work.has("out"));
    }

    Workspace work;
};

// Of the device that this file makes.
ByteVector at(const std::vector<Piece>& pieces, std::uint64_t address, std::size_t bytes) {
    for (const auto& piece : pieces)
        if (piece.address <= address && piece.end() >= address + bytes) {
            const auto begin = piece.data.begin() + static_cast<std::ptrdiff_t>(address - piece.address);
            return {begin, begin + static_cast<std::ptrdiff_t>(bytes)};
        }
    return {};
}

} // namespace

TEST_F(ProductionRun, each_row_is_a_device_with_its_own_key_and_serial_number) {
    const auto ran = run("serial,device_key\nSN-001,d1.pem\nSN-002,d2.pem\n");
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_TRUE(ran.says("2 devices, out/SN-001.hex to out/SN-002.hex"));
    const std::pair<const char*, const char*> devices[] = {{"SN-001", "d1.pem"}, {"SN-002", "d2.pem"}};
    for (const auto& [serial, key] : devices) {
        const auto path = work.path(std::string("out/") + serial + ".hex");
        const auto pieces = load_program(path).pieces;
        auto text = ByteVector(serial, serial + 6);
        text.resize(16, 0);
        EXPECT_EQ(at(pieces, 0x08000000, 16), text);
        EXPECT_EQ(at(pieces, 0x3f00 + block::device_private_at, 32),
                  P256Key::load(work.path(key), "key").private_scalar());
        struct stat status {};
        ASSERT_EQ(stat(path.c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777, 0600u);
    }
}

TEST_F(ProductionRun, keys_are_looked_for_beside_the_table) {
    std::filesystem::create_directory(work.path("run7"));
    std::filesystem::rename(work.path("d1.pem"), work.path("run7/d1.pem"));
    work.write("run7/devices.csv", std::string("serial,device_key\nSN-001,d1.pem\n"));
    const auto ran =
        work.outboot({"provision", "--layout", layout_file, "--bootloader", "bootloader.elf", "--sign-key", "sign.pem",
                      "--image", "app.img", "--devices", "run7/devices.csv", "-o", "{serial}.hex"});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_TRUE(work.has("SN-001.hex"));
}

TEST_F(ProductionRun, quotes_semicolons_byte_order_marks_and_empty_lines_are_read) {
    ASSERT_EQ(run("\xef\xbb\xbfserial;device_key;customer\r\n\"SN-001\";d1.pem;\"Smith; \"\"and\"\" Sons\"\r\n\r\n"
                  "SN-002;d2.pem;\r\n",
                  "out/{row}-{serial}.hex")
                  .exit_code,
              0);
    EXPECT_TRUE(work.has("out/1-SN-001.hex"));
    EXPECT_TRUE(work.has("out/2-SN-002.hex"));
}

TEST_F(ProductionRun, all_that_is_wrong_with_the_rows_is_told_at_once_with_line_and_column) {
    expect_refused(run("serial,device_key\n"
                       "SN-001,d1.pem\n"
                       "SN-001,none.pem\n"
                       "\n"
                       "SN-003,d1.pem\n"
                       "0123456789abcdef,d2.pem\n"
                       "SN/5,\n"),
                   {"devices.csv:3: column 'serial': 'SN-001' is the serial number of line 2 too",
                    "devices.csv:3: column 'device_key': can't read the device key none.pem",
                    "devices.csv:5: column 'device_key': d1.pem is the key of line 2 too",
                    "devices.csv:6: column 'serial': '0123456789abcdef' has 16 characters, there is room for 15",
                    "devices.csv:7: column 'serial': 'SN/5' can't be part of a file's name",
                    "devices.csv:7: column 'device_key': is empty", "nothing was written"});
}

TEST_F(ProductionRun, a_public_key_is_no_device_key) {
    ASSERT_EQ(work.outboot({"getpub", "-e", "pem", "-k", "d1.pem", "-o", "public.pem"}).exit_code, 0);
    expect_refused(run("serial,device_key\nSN-001,public.pem\n"), {"devices.csv:2: column 'device_key': "});
}

TEST_F(ProductionRun, rows_must_have_as_many_cells_as_the_header) {
    expect_refused(run("serial,device_key\nSN-001\n"), {"devices.csv:2: has 1 cells, the header names 2 columns"});
    expect_refused(run("serial,device_key\nSN-001,d1.pem,more\n"), {"devices.csv:2: has 3 cells"});
    expect_refused(run("serial,device_key\nSN-001,\"d1.pem\n"), {"devices.csv:2: a quote is out of place"});
    expect_refused(run("serial,serial\nSN-001,d1.pem\n"), {"two columns are called 'serial'"});
    expect_refused(run("serial,device_key\n"), {"has no rows"});
    expect_refused(run(""), {"has no rows"});
}

TEST_F(ProductionRun, a_column_that_is_missing_or_misspelt_is_told) {
    expect_refused(run("serial,devicekey\nSN-001,d1.pem\n"), {"no column 'device_key'", "the one called 'devicekey'?"});
    expect_refused(run("number,device_key\nSN-001,d1.pem\n", "out/{row}.hex"), {"no column 'serial'"});
    expect_refused(run("serial,device_key\nSN-001,d1.pem\n", "out/{seral}.hex"), {"no such column", "'serial'?"});
}

TEST_F(ProductionRun, a_serial_number_that_would_go_nowhere_is_told) {
    expect_refused(run("serial,device_key\nSN-001,d1.pem\n", "out/{row}.hex", {}),
                   {"nothing says where serial numbers"});
    EXPECT_EQ(run("serial,device_key\nSN-001,d1.pem\n", "out/{serial}.hex", {}).exit_code, 0); // it names the file
}

TEST_F(ProductionRun, two_devices_never_share_a_file) {
    expect_refused(run("serial,device_key\nSN-001,d1.pem\nSN-002,d2.pem\n", "out/device.hex"),
                   {"devices.csv:3: would write out/device.hex, as line 2 does"});
}

TEST_F(ProductionRun, one_key_for_all_or_one_for_each_but_not_both) {
    EXPECT_EQ(
        run("serial\nSN-001\nSN-002\n", "out/{serial}.hex", {"--serial-region", "parameters", "--device-key", "d1.pem"})
            .exit_code,
        0);
    std::filesystem::remove_all(work.path("out"));
    expect_refused(run("serial,device_key\nSN-001,d1.pem\n", "out/{serial}.hex",
                       {"--serial-region", "parameters", "--device-key", "d1.pem"}),
                   {"--device-key is one key for all"});
}

TEST_F(ProductionRun, an_encrypted_first_image_is_opened_once_for_all) {
    ASSERT_EQ(work.outboot({"keygen", "-t", "ecdsa-p256", "-k", "factory.pem"}).exit_code, 0);
    ASSERT_EQ(work.outboot({"sign", "--layout", layout_file, "-k", "sign.pem", "-E", "factory.pem", "-v", "1.0.0",
                            "app.elf", "app.img"})
                  .exit_code,
              0);
    const std::string table = "serial,device_key\nSN-001,d1.pem\nSN-002,d2.pem\n";
    const auto without = run(table);
    EXPECT_EQ(without.exit_code, 1);
    EXPECT_TRUE(without.says("devices.csv:2: the image isn't encrypted for the key d1.pem")) << without.err;
    EXPECT_TRUE(without.says("0 of 2 devices are written")) << without.err;
    const auto with = run(table, "out/{serial}.hex", {"--serial-region", "parameters", "--decrypt-key", "factory.pem"});
    EXPECT_EQ(with.exit_code, 0) << with.err;
}

} // namespace outboot::tool
