#include "tool/files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/tool/product.hpp"
#include "tool/failure.hpp"

namespace outboot::tool {
namespace {

unsigned mode_of(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(stat(path.c_str(), &status), 0);
    return status.st_mode & 0777;
}

} // namespace

TEST(Files, a_file_is_replaced_whole) {
    Workspace work;
    write_file(work.path("a"), std::string(100000, 'x'));
    write_file(work.path("a"), std::string("short"));
    EXPECT_EQ(work.text("a"), "short");
    EXPECT_EQ(work.files(), std::vector<std::string>{"a"});
}

TEST(Files, secrets_are_for_their_owner_only) {
    Workspace work;
    const auto before = umask(022);
    write_file(work.path("secret"), std::string("s"), Access::secret);
    write_file(work.path("ordinary"), std::string("o"));
    umask(before);
    EXPECT_EQ(mode_of(work.path("secret")), 0600u);
    EXPECT_EQ(mode_of(work.path("ordinary")), 0644u);
}

TEST(Files, a_full_disk_leaves_the_old_file_and_no_other) {
    Workspace work;
    work.write("p.bin", program());
    const auto ran = sign(work, "p.bin", "/dev/full");
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("can't write /dev/full: No space left on device")) << ran.err;
    EXPECT_EQ(work.files(), std::vector<std::string>{"p.bin"});
    EXPECT_EQ(::access("/dev/full", W_OK), 0); // the device itself wasn't replaced
}

// A limit on file size stops a write in its middle, as a disk that fills up does.
TEST(Files, a_write_that_stops_in_its_middle_leaves_nothing) {
    Workspace work;
    work.write("old.bin", "old");
    work.write("p.bin", program(200000));
    const auto command = "ulimit -f 64; trap '' XFSZ; exec '" OUTBOOT_COMMAND "' sign --layout '" + layout_file +
                         "' -k '" + sign_key + "' -v 1.0.0 '" + work.path("p.bin") + "' '" + work.path("old.bin") +
                         "' 2> '" + work.path("err") + "'";
    EXPECT_EQ(WEXITSTATUS(std::system(("sh -c \"" + command + "\"").c_str())), 1);
    EXPECT_NE(work.text("err").find("File too large"), std::string::npos) << work.text("err");
    EXPECT_EQ(work.text("old.bin"), "old");
    EXPECT_EQ(work.files(), (std::vector<std::string>{"err", "old.bin", "p.bin"}));
}

TEST(Files, a_missing_directory_is_named) {
    Workspace work;
    work.write("p.bin", program());
    const auto ran = sign(work, "p.bin", "nowhere/o.bin");
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("can't write nowhere/o.bin: No such file or directory")) << ran.err;
}

TEST(Files, a_path_that_is_a_directory_is_refused) {
    Workspace work;
    work.write("p.bin", program());
    std::filesystem::create_directory(work.path("dir"));
    const auto ran = sign(work, "p.bin", "dir");
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("can't write dir")) << ran.err;
    EXPECT_EQ(work.files(), (std::vector<std::string>{"dir", "p.bin"}));
}

TEST(Files, an_unwritable_directory_is_refused) {
    if (geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
    Workspace work;
    work.write("p.bin", program());
    std::filesystem::create_directory(work.path("locked"));
    std::filesystem::permissions(work.path("locked"),
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
    const auto ran = sign(work, "p.bin", "locked/o.bin");
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("Permission denied")) << ran.err;
}

TEST(Files, a_file_system_that_takes_no_files_is_refused) {
    Workspace work;
    work.write("p.bin", program());
    const auto ran = sign(work, "p.bin", "/proc/outboot.bin"); // nobody, not even root, can create a file there
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("can't write /proc/outboot.bin")) << ran.err;
}

} // namespace outboot::tool
