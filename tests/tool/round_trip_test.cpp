// Random programs with random options: whatever `sign` makes, `verify` accepts and `dumpinfo` describes.
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/tool/product.hpp"
#include "tool/image_check.hpp"

namespace outboot::tool {

TEST(RoundTrip, what_is_signed_verifies_and_is_described_as_it_was_asked_for) {
    Workspace work;
    const auto device = P256Key::load(device_key, "key");
    std::mt19937 engine(2024);
    const auto random = [&](std::uint32_t below) { return static_cast<std::uint32_t>(engine() % below); };
    for (int round = 0; round < 25; ++round) {
        const auto bytes = 32 + random(20000);
        const auto version =
            fmt::format("{}.{}.{}+{}", random(256), random(256), random(65536), engine() % 0x100000000);
        const std::uint32_t counter = random(0xffffffff);
        const bool encrypted = random(2) == 1;
        std::vector<std::string> arguments{
            "sign", "--layout", layout_file, "-k", sign_key, "-v", version, "-s", fmt::format("{}", counter)};
        if (encrypted) arguments.insert(arguments.end(), {"-E", device_public_key});
        if (random(2) == 1)
            arguments.insert(arguments.end(), {"--custom-tlv", "0x02a0", std::string(1 + random(50), 'v')});
        if (random(2) == 1) arguments.push_back("--pad-sig");
        arguments.insert(arguments.end(), {"app.bin", "out.bin"});
        SCOPED_TRACE(fmt::format("{} bytes: {}", bytes, fmt::join(arguments, " ")));

        work.write("app.bin", program(bytes));
        const auto signing = work.outboot(arguments);
        ASSERT_EQ(signing.exit_code, 0) << signing.err;
        const auto verified =
            work.outboot({"verify", "-k", sign_key, "--decrypt-key", device_key, "--layout", layout_file, "out.bin"});
        EXPECT_EQ(verified.exit_code, 0) << verified.err;

        const auto info = nlohmann::json::parse(work.outboot({"dumpinfo", "--json", "out.bin"}).out);
        EXPECT_EQ(info.at("version"), version);
        EXPECT_EQ(info.at("image_bytes"), work.read("out.bin").size());
        EXPECT_EQ(info.at("header").at("image_size"), encrypted ? (bytes + 15) / 16 * 16 : bytes);

        const auto image = ImageFile::parse(work.read("out.bin"));
        EXPECT_EQ(image.security_counter(), counter);
        const auto opened = open_image(image, &device);
        EXPECT_EQ(opened.was_encrypted, encrypted);
        auto payload = program(bytes);
        payload.resize(image.header().payload_bytes, 0);
        EXPECT_TRUE(std::equal(payload.begin(), payload.end(), opened.image.payload().begin()));
    }
}

// Two images of one program never share a keystream.
TEST(RoundTrip, the_same_program_is_never_encrypted_alike) {
    Workspace work;
    work.write("app.bin", program());
    ASSERT_EQ(sign(work, "app.bin", "a.bin", {"-E", device_public_key}).exit_code, 0);
    ASSERT_EQ(sign(work, "app.bin", "b.bin", {"-E", device_public_key}).exit_code, 0);
    const auto a = ImageFile::parse(work.read("a.bin"));
    const auto b = ImageFile::parse(work.read("b.bin"));
    EXPECT_FALSE(std::equal(a.payload().begin(), a.payload().end(), b.payload().begin()));
}

} // namespace outboot::tool
