// Keys in a token: SoftHSM 2 with its objects in a directory of the test.
#include <cstdlib>
#include <optional>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/tool/product.hpp"
#include "tool/keys.hpp"

namespace outboot::tool {
namespace {

constexpr const char* library = "/usr/lib/softhsm/libsofthsm2.so";
constexpr const char* pin = "864213";

class Token : public testing::Test {
  protected:
    void SetUp() override {
        if (!std::filesystem::exists(library)) GTEST_SKIP() << "no SoftHSM here: scripts/setup installs it";
        std::filesystem::create_directory(work.path("tokens"));
        work.write("softhsm2.conf", fmt::format("directories.tokendir = {}\nlog.level = ERROR\n", work.path("tokens")));
        setenv("SOFTHSM2_CONF", work.path("softhsm2.conf").c_str(), 1);
        setenv("PKCS11_MODULE_PATH", library, 1);
        run(fmt::format("softhsm2-util --init-token --free --label test --so-pin 12345678 --pin {}", pin));
    }
    void TearDown() override {
        for (const char* name : {"SOFTHSM2_CONF", "PKCS11_MODULE_PATH", "OUTBOOT_PASSWORD"}) unsetenv(name);
    }

    static void run(const std::string& command) {
        ASSERT_EQ(std::system((command + " >/dev/null 2>&1").c_str()), 0) << command;
    }

    // Pairs of the same id can't be told apart by the engine.
    void make_key(const std::string& label, const std::string& type, std::optional<int> id = {}) {
        run(fmt::format("pkcs11-tool --module {} --login --pin {} --token-label test --keypairgen --key-type {} "
                        "--label {} --id {:02x} --usage-sign --usage-decrypt --usage-derive",
                        library, pin, type, label, id.value_or(++last_id)));
    }

    [[nodiscard]] static std::string uri(const std::string& label) {
        return "pkcs11:token=test;object=" + label + ";type=private";
    }
    [[nodiscard]] static std::string uri_with_pin(const std::string& label) { return uri(label) + "?pin-value=" + pin; }

    // No message may hold the PIN.
    [[nodiscard]] Ran outboot(const std::vector<std::string>& arguments) const {
        const auto ran = work.outboot(arguments);
        EXPECT_FALSE(ran.says(pin)) << ran.out << ran.err;
        return ran;
    }

    Workspace work;
    int last_id = 0;
};

} // namespace

TEST_F(Token, each_kind_signs) {
    for (const auto& [label, type] : {std::pair{"p256", "EC:prime256v1"},
                                      {"p384", "EC:secp384r1"},
                                      {"rsa2048", "rsa:2048"},
                                      {"rsa3072", "rsa:3072"}}) {
        SCOPED_TRACE(label);
        make_key(label, type);
        const auto ran = sign_for_mcuboot(work, {"-k", uri_with_pin(label)});
        ASSERT_EQ(ran.exit_code, 0) << ran.err;
        ASSERT_EQ(outboot({"getpub", "-e", "pem", "-k", uri_with_pin(label), "-o", "public.pem"}).exit_code, 0);
        EXPECT_EQ(outboot({"verify", "-k", "public.pem", "out.bin"}).exit_code, 0);
        EXPECT_EQ(outboot({"verify", "-k", uri_with_pin(label), "out.bin"}).exit_code, 0);
        EXPECT_EQ(outboot({"verify", "-k", other_sign_key, "out.bin"}).exit_code, 1);
    }
}

TEST_F(Token, each_kind_that_can_unwraps) {
    for (const auto& [label, type] : {std::pair{"p256", "EC:prime256v1"}, {"rsa2048", "rsa:2048"}}) {
        SCOPED_TRACE(label);
        make_key(label, type);
        ASSERT_EQ(outboot({"getpub", "-e", "pem", "-k", uri_with_pin(label), "-o", "public.pem"}).exit_code, 0);
        ASSERT_EQ(sign_for_mcuboot(work, {"-E", "public.pem"}, 1008).exit_code, 0);
        const auto ran =
            outboot({"verify", "--decrypt-key", uri_with_pin(label), "--payload-out", "clear.bin", "out.bin"});
        EXPECT_EQ(ran.exit_code, 0) << ran.err;
        EXPECT_EQ(work.read("clear.bin"), program(1008));
    }
}

TEST_F(Token, a_layouts_image_is_signed_too) {
    make_key("p256", "EC:prime256v1");
    work.write("app.bin", program());
    const auto ran = outboot({"sign", "--layout", layout_file, "-k", uri_with_pin("p256"), "-E", device_public_key,
                              "-v", "1.0.0", "app.bin", "out.bin"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_EQ(
        outboot({"verify", "--layout", layout_file, "-k", uri_with_pin("p256"), "--decrypt-key", device_key, "out.bin"})
            .exit_code,
        0);
}

TEST_F(Token, the_pin_comes_from_the_uri_a_file_or_the_environment) {
    make_key("p256", "EC:prime256v1");
    EXPECT_EQ(outboot({"keyinfo", "-k", uri_with_pin("p256")}).exit_code, 0);
    work.write("pin", std::string(pin) + "\n");
    EXPECT_EQ(outboot({"keyinfo", "-k", uri("p256") + "?pin-source=file:" + work.path("pin")}).exit_code, 0);
    setenv("OUTBOOT_PASSWORD", pin, 1);
    EXPECT_EQ(outboot({"keyinfo", "-k", uri("p256")}).exit_code, 0);
    setenv("OUTBOOT_PASSWORD", "111111", 1);
    const auto wrong = outboot({"keyinfo", "-k", uri("p256")});
    EXPECT_EQ(wrong.exit_code, 1);
    EXPECT_TRUE(wrong.says("the PIN may be wrong")) << wrong.err;
    EXPECT_FALSE(wrong.says("111111")) << wrong.err;
}

TEST_F(Token, a_private_half_is_never_read_out) {
    make_key("p256", "EC:prime256v1");
    const auto ran = outboot({"getpriv", "-k", uri_with_pin("p256")});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("its private half can't be read out")) << ran.err;
}

TEST_F(Token, a_key_that_is_not_there_or_of_another_curve_is_refused_with_the_reason) {
    make_key("edwards", "EC:edwards25519");
    for (const char* label : {"edwards", "absent"}) {
        const auto ran = outboot({"keyinfo", "-k", uri_with_pin(label)});
        EXPECT_EQ(ran.exit_code, 1) << label;
        EXPECT_TRUE(ran.says("Ed25519 and X25519 can't")) << ran.err;
    }
}

// Which of the two halves the engine takes is chance: each attempt ends with the right key or with the reason.
TEST_F(Token, a_public_half_of_another_pair_is_refused) {
    make_key("p256", "EC:prime256v1", 0xaa);
    make_key("same", "EC:prime256v1", 0xaa);
    make_key("p384", "EC:secp384r1", 0xaa);
    int refused = 0;
    for (const char* label : {"p256", "same", "p384"}) {
        const auto ran = sign_for_mcuboot(work, {"-k", uri_with_pin(label)});
        if (ran.exit_code == 0) continue;
        refused++;
        EXPECT_EQ(ran.exit_code, 1) << label;
        EXPECT_TRUE(ran.says("belongs to another key")) << ran.err;
        EXPECT_TRUE(ran.says("an id of its own")) << ran.err;
    }
    EXPECT_GE(refused, 2) << "three pairs, one public half";
}

} // namespace outboot::tool
