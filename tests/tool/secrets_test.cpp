// What `sign` leaves behind: nothing but its output. Neither on the terminal nor in any file, at any time, is there a
// byte of a private key, of the image key, or, of an encrypted image, of the program.
#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <set>

#include <gtest/gtest.h>

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/tool/product.hpp"
#include "tool/image_file.hpp"
#include "tool/keys.hpp"

namespace outboot::tool {
namespace {

// Names of all files that come to be in a directory, however short they last.
class Watch {
  public:
    explicit Watch(const std::string& directory) : descriptor_(inotify_init1(IN_NONBLOCK)) {
        inotify_add_watch(descriptor_, directory.c_str(), IN_CREATE | IN_MOVED_TO);
    }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch() { close(descriptor_); }

    std::set<std::string> names() {
        std::set<std::string> found;
        alignas(inotify_event) std::array<char, 4096> buffer{};
        for (ssize_t got = 0; (got = read(descriptor_, buffer.data(), buffer.size())) > 0;)
            for (ssize_t at = 0; at < got;) {
                inotify_event event;
                std::memcpy(&event, buffer.data() + at, sizeof event);
                found.insert(buffer.data() + at + sizeof event);
                at += static_cast<ssize_t>(sizeof event + event.len);
            }
        return found;
    }

  private:
    int descriptor_;
};

bool contains(const ByteVector& haystack, ByteSpan needle) {
    return std::search(haystack.begin(), haystack.end(), needle.begin(), needle.end()) != haystack.end();
}

ByteVector bytes(const std::string& text) {
    return {text.begin(), text.end()};
}

struct Secret {
    std::string name;
    ByteVector value;
};

class Secrets : public testing::Test {
  protected:
    void SetUp() override {
        work.write("app.bin", program(5000));
        std::filesystem::create_directory(work.path("tmp"));
        setenv("TMPDIR", work.path("tmp").c_str(), 1);
    }
    void TearDown() override { unsetenv("TMPDIR"); }

    // As raw bytes and as people would print them.
    static void add(std::vector<Secret>& secrets, const std::string& name, const ByteVector& value) {
        secrets.push_back({name, value});
        secrets.push_back({name + " in hexadecimal", bytes(to_hex(value))});
        secrets.push_back({name + " in base64", bytes(to_base64(value))});
    }

    std::vector<Secret> secrets_of(const std::string& image_name) {
        std::vector<Secret> secrets;
        add(secrets, "signing key", P256Key::load(sign_key, "key").private_scalar());
        const auto device = P256Key::load(device_key, "key");
        add(secrets, "device key", device.private_scalar());
        const auto image = ImageFile::load(work.path(image_name));
        add(secrets, "image key", device.unwrap(image.find(format::tlv::enc_ec256, false)->value));
        const auto clear = program(5000);
        secrets.push_back({"program", ByteVector(clear.begin() + 1024, clear.begin() + 1056)});
        return secrets;
    }

    Workspace work;
};

} // namespace

TEST_F(Secrets, nothing_secret_is_printed_or_written) {
    for (const std::string name : {"out.bin", "out.hex"}) {
        const auto ran = sign(work, "app.bin", name, {"-E", device_public_key, "--json", "--sig-out", "signature"});
        ASSERT_EQ(ran.exit_code, 0) << ran.err;
        for (const auto& secret : secrets_of(name)) {
            ASSERT_GE(secret.value.size(), 16U);
            EXPECT_FALSE(contains(bytes(ran.out), secret.value)) << secret.name;
            EXPECT_FALSE(contains(bytes(ran.err), secret.value)) << secret.name;
            for (const auto& file : {name, std::string("signature")})
                EXPECT_FALSE(contains(work.read(file), secret.value)) << secret.name << " in " << file;
        }
    }
    EXPECT_TRUE(contains(work.read("app.bin"), secrets_of("out.bin").back().value)); // the search does find things
}

TEST_F(Secrets, no_file_but_the_output_comes_to_be_even_for_a_moment) {
    Watch directory(work.path(""));
    Watch temporary(work.path("tmp"));
    Watch shared("/tmp");
    ASSERT_EQ(sign(work, "app.bin", "out.bin", {"-E", device_public_key, "--sig-out", "signature"}).exit_code, 0);
    ASSERT_EQ(sign_for_mcuboot(work, {"-E", device_public_key, "--compression", "lzma2"}, 5000).exit_code, 0);
    const auto names = directory.names();
    EXPECT_TRUE(names.contains("out.bin"));
    for (const auto& name : names)
        EXPECT_TRUE(name.starts_with("out.bin") || name.starts_with("signature") || name.starts_with(".captured-") ||
                    name == "app.bin")
            << name;
    EXPECT_TRUE(temporary.names().empty());
    for (const auto& name : shared.names()) EXPECT_FALSE(name.starts_with("out.bin")) << name;
}

TEST_F(Secrets, a_refusal_leaves_nothing) {
    const auto before = work.files();
    const auto ran = sign_for_mcuboot(work, {"-E", device_public_key, "-S", "0x1000"}, 5000);
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_EQ(work.files(), before);
    EXPECT_TRUE(std::filesystem::is_empty(work.path("tmp")));
}

// What is secret is written with mode 0600 from its first byte on, whatever the umask.
TEST_F(Secrets, what_is_opened_with_the_devices_key_only_its_owner_can_read) {
    ASSERT_EQ(sign(work, "app.bin", "out.bin", {"-E", device_public_key}).exit_code, 0);
    const mode_t mask = umask(0);
    const auto ran = work.outboot({"verify", "--decrypt-key", device_key, "--payload-out", "payload", "out.bin"});
    umask(mask);
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    struct stat status {};
    ASSERT_EQ(stat(work.path("payload").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    ASSERT_GE(work.read("payload").size(), 5000U);
}

} // namespace outboot::tool
