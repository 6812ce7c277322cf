// What a program needs of the bootloader's service table: taken from the ELF and from --needs, held against the layout,
// and in the image.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "format/image.hpp"
#include "format/service_table.h"
#include "layout/services.hpp"
#include "tests/tool/product.hpp"
#include "tool/image_builder.hpp"
#include "tool/image_check.hpp"

namespace outboot::tool {
namespace {

const std::string services_layout_file = OUTBOOT_EXAMPLES "/layout-services.toml";
constexpr std::uint32_t sha256 = 1U << outboot_service_sha256, ecdh = 1U << outboot_service_ecdh;
constexpr std::uint32_t unknown = 1U << outboot_service_count;

class Needs : public testing::Test {
  protected:
    void program_that_needs(std::uint32_t services, bool odd_symbols = false) {
        static const auto model = *layouts::load(services_layout_file).model;
        work.write("app.elf", build_elf({{".text", program_address, program()}}, model.core.fingerprint, 16, services,
                                        odd_symbols));
    }

    static constexpr const char* silence = "can't say what it needs of the bootloader's services";

    Ran sign(const std::string& layout, const std::vector<std::string>& more = {}, const std::string& in = "app.elf") {
        std::vector<std::string> arguments{"sign", "--layout", layout, "-k", sign_key, "-v", "1.2.3"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        arguments.insert(arguments.end(), {in, "out.img"});
        return work.outboot(arguments);
    }

    [[nodiscard]] std::uint32_t signed_needs() const { return services_in(ImageFile::parse(work.read("out.img"))); }

    Workspace work;
};

TEST_F(Needs, of_an_elf_are_in_the_image_under_its_signature) {
    program_that_needs(sha256 | ecdh);
    const auto ran = sign(services_layout_file);
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const auto image = ImageFile::parse(work.read("out.img"));
    const auto* found = image.find(format::tlv::service_table, true);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->value, (ByteVector{sha256 | ecdh, 0, 0, 0}));
    const auto checked = work.outboot({"verify", "--layout", services_layout_file, "-k", sign_key, "out.img"});
    EXPECT_EQ(checked.exit_code, 0);
    EXPECT_TRUE(checked.says("needs      sha256, ecdh, which the bootloader offers")) << checked.out;
}

TEST_F(Needs, are_not_written_where_there_are_none) {
    program_that_needs(0);
    ASSERT_EQ(sign(services_layout_file).exit_code, 0);
    EXPECT_EQ(ImageFile::parse(work.read("out.img")).find(format::tlv::service_table, true), nullptr);
}

TEST_F(Needs, are_four_bytes_of_data_and_nothing_else_of_that_name) {
    program_that_needs(sha256, true);
    const auto ran = sign(services_layout_file);
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_EQ(signed_needs(), sha256);
}

// Signed as it is, it would be run by a bootloader without what it calls.
TEST_F(Needs, that_a_file_without_symbols_cant_tell_are_asked_for) {
    work.write("app.bin", program());
    work.write("stripped.elf", build_elf({{".text", program_address, program()}}));
    for (const char* file : {"app.bin", "stripped.elf"}) {
        const auto ran = sign(services_layout_file, {}, file);
        EXPECT_EQ(ran.exit_code, 0) << ran.err;
        EXPECT_TRUE(ran.says(std::string(file) + " " + silence)) << ran.err;
        EXPECT_TRUE(ran.says("give --needs")) << ran.err;
        EXPECT_FALSE(sign(layout_file, {}, file).says(silence)); // nothing is offered there
        for (const char* told : {"ecdh", "none"}) {
            const auto quiet = sign(services_layout_file, {"--needs", told}, file);
            EXPECT_EQ(quiet.exit_code, 0) << quiet.err;
            EXPECT_FALSE(quiet.says(silence)) << quiet.err;
        }
        EXPECT_EQ(signed_needs(), 0U);
    }
    program_that_needs(0);
    EXPECT_FALSE(sign(services_layout_file).says(silence)); // it can tell
}

TEST_F(Needs, of_an_elf_arent_denied) {
    program_that_needs(sha256);
    const auto ran = sign(services_layout_file, {"--needs", "none"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("--needs none, but app.elf says that it needs sha256")) << ran.err;
    EXPECT_EQ(sign(services_layout_file, {"--needs", "none,ecdh"}).exit_code, 2);
}

TEST_F(Needs, that_the_layout_doesnt_offer_are_refused_by_name) {
    program_that_needs(ecdh);
    ASSERT_EQ(sign(services_layout_file).exit_code, 0);
    program_that_needs(ecdh | unknown);
    const auto ran = sign(services_layout_file);
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("app.elf needs services that the bootloader of")) << ran.err;
    EXPECT_TRUE(ran.says("doesn't offer: 9")) << ran.err;
}

TEST_F(Needs, of_a_bootloader_without_a_table_are_refused) {
    work.write("app.bin", program());
    const auto ran = sign(layout_file, {"--needs", "sha256,ecdh"}, "app.bin");
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("app.bin needs services")) << ran.err;
    EXPECT_TRUE(ran.says("doesn't offer: sha256, ecdh")) << ran.err;
    EXPECT_TRUE(ran.says("[services] offer")) << ran.err;
    EXPECT_FALSE(work.has("out.img"));
}

TEST_F(Needs, given_by_option_add_to_those_of_the_elf) {
    program_that_needs(sha256);
    ASSERT_EQ(sign(services_layout_file, {"--needs", "ecdh"}).exit_code, 0);
    EXPECT_EQ(signed_needs(), sha256 | ecdh);
    work.write("app.bin", program());
    ASSERT_EQ(sign(services_layout_file, {"--needs", "ecdh"}, "app.bin").exit_code, 0);
    EXPECT_EQ(signed_needs(), ecdh);
}

TEST_F(Needs, that_are_no_services_or_without_a_layout_are_wrong_usage) {
    program_that_needs(sha256);
    EXPECT_EQ(sign(services_layout_file, {"--needs", "md5"}).exit_code, 2);
    const auto ran = work.outboot(
        {"sign", "-H", "0x200", "-S", "0x20000", "--pad-header", "-v", "1", "--needs", "ecdh", "app.elf", "out.img"});
    EXPECT_EQ(ran.exit_code, 2);
    EXPECT_TRUE(ran.says("--layout")) << ran.err;
}

TEST_F(Needs, are_told_to_scripts) {
    program_that_needs(sha256 | ecdh);
    ASSERT_EQ(sign(services_layout_file).exit_code, 0);
    const auto ran = work.outboot({"verify", "--json", "out.img"});
    EXPECT_EQ(nlohmann::json::parse(ran.out).at("needs"), nlohmann::json::parse(R"(["sha256", "ecdh"])")) << ran.out;
}

// Of an image that a newer tool has made.
TEST_F(Needs, without_a_name_are_told_as_numbers) {
    ImagePlan plan;
    plan.header_size = 0x200;
    ByteVector needs(4);
    format::put32(needs.data(), sha256 | unknown);
    plan.custom_tlvs = {{format::tlv::service_table, needs}};
    work.write("newer.img", build_image(plan, program()));
    const auto told = work.outboot({"verify", "--json", "newer.img"});
    EXPECT_EQ(nlohmann::json::parse(told.out).at("needs"), nlohmann::json::parse(R"(["sha256", "9"])")) << told.out;
    EXPECT_TRUE(work.outboot({"verify", "newer.img"}).says("needs      sha256, 9"));
}

} // namespace
} // namespace outboot::tool
