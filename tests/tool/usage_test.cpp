#include <random>

#include <gtest/gtest.h>

#include "tests/tool/product.hpp"

namespace outboot::tool {

TEST(Usage, help_is_success) {
    Workspace work;
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"--help"}, {"sign", "--help"}, {"layout", "-h"}, {"layout", "emit", "--help"}}) {
        const auto ran = work.outboot(words);
        EXPECT_EQ(ran.exit_code, 0);
        EXPECT_TRUE(ran.says("Usage:"));
        EXPECT_TRUE(ran.err.empty());
    }
}

TEST(Usage, wrong_usage_exits_with_2) {
    Workspace work;
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{},
          {"nonsense"},
          {"sign"},
          {"layout"},
          {"layout", "emit", "x.toml"},
          {"verify"},
          {"keygen", "-k", "a.pem"},
          {"sign", "--align", "3", "-v", "1.0.0", "-H", "32", "-S", "1M", "a", "b"},
          {"sign", "--layout", layout_file, "-v", "1.0.0", "--clear", "a", "b"}}) {
        const auto ran = work.outboot(words);
        EXPECT_EQ(ran.exit_code, 2) << ran.err;
        EXPECT_TRUE(ran.err.starts_with("outboot: error: ")) << ran.err;
        EXPECT_TRUE(ran.out.empty());
    }
    EXPECT_TRUE(work.files().empty());
}

TEST(Usage, a_mistyped_word_gets_a_suggestion) {
    Workspace work;
    EXPECT_TRUE(work.outboot({"sign", "--algn", "128"}).says("did you mean --align?"));
    EXPECT_TRUE(work.outboot({"verifi"}).says("did you mean verify?"));
    EXPECT_TRUE(work.outboot({"layout", "mpa"}).says("did you mean map?"));
    EXPECT_TRUE(work.outboot({"sign", "--heder-size=0x200", "a", "b"}).says("did you mean --header-size?"));
    EXPECT_FALSE(work.outboot({"sign", "--nothing-like-it"}).says("did you mean"));
    EXPECT_TRUE(work.outboot({"man", "more"}).says("outboot man has no argument 'more'"));
}

TEST(Usage, a_mistyped_value_gets_a_suggestion) {
    Workspace work;
    EXPECT_TRUE(work.outboot({"keygen", "-k", "a.pem", "-t", "ecdsa-p265"}).says("did you mean ecdsa-p256?"));
    EXPECT_TRUE(work.outboot({"sign", "--sha=258", "-v", "1.0.0", "a", "b"}).says("did you mean 256?"));
    const auto unlike = work.outboot({"keygen", "-k", "a.pem", "-t", "dilithium"});
    EXPECT_FALSE(unlike.says("did you mean")) << unlike.err;
    EXPECT_TRUE(unlike.says("ecdsa-p256")) << unlike.err; // what there is
}

TEST(Usage, errors_have_no_colours_in_a_file) {
    Workspace work;
    const auto error = work.outboot({"verify", "absent.bin"});
    EXPECT_TRUE(error.says("outboot: error: ")) << error.err;
    EXPECT_EQ(error.err.find('\033'), std::string::npos);
    const auto map = work.outboot({"layout", "map", layout_file});
    EXPECT_TRUE(map.says("primary")) << map.err;
    EXPECT_EQ(map.out.find('\033'), std::string::npos);
}

TEST(Usage, a_terminal_gets_colours_unless_it_does_not_want_them) {
    Workspace work;
    EXPECT_TRUE(work.outboot_at_terminal({"verify", "absent.bin"}).says("\033[1;31merror:\033[0m"));
    EXPECT_NE(work.outboot_at_terminal({"layout", "map", layout_file}).out.find('\033'), std::string::npos);
    for (const std::string variable : {"NO_COLOR=1", "TERM=dumb"}) {
        EXPECT_TRUE(work.outboot_at_terminal({"verify", "absent.bin"}, variable).says("outboot: error: "));
        EXPECT_EQ(work.outboot_at_terminal({"layout", "map", layout_file}, variable).out.find('\033'),
                  std::string::npos);
    }
}

TEST(Usage, slow_work_shows_its_progress_at_a_terminal_only) {
    Workspace work;
    ByteVector slow(2 << 20); // compressible, but not at once
    std::mt19937 random(1);
    for (std::size_t i = 0; i < slow.size(); ++i) slow[i] = static_cast<std::uint8_t>(random() & 3);
    work.write("app.bin", slow);
    const std::vector<std::string> arguments{"sign", "-H",    "0x200",         "--pad-header", "-S",      "16M",
                                             "-v",   "1.0.0", "--compression", "lzma2",        "app.bin", "out.bin"};
    const auto shown = work.outboot_at_terminal(arguments);
    EXPECT_EQ(shown.exit_code, 0) << shown.out;
    EXPECT_TRUE(shown.says("compressing: ")) << shown.out;
    EXPECT_TRUE(shown.out.ends_with("\r\033[K")); // and takes it away
    const auto silent = work.outboot(arguments);
    EXPECT_EQ(silent.exit_code, 0);
    EXPECT_TRUE(silent.err.empty()) << silent.err;
    EXPECT_TRUE(silent.out.empty()) << silent.out;
}

TEST(Usage, version_is_printed) {
    Workspace work;
    const auto ran = work.outboot({"version"});
    EXPECT_EQ(ran.exit_code, 0);
    EXPECT_FALSE(ran.out.empty());
    EXPECT_EQ(work.outboot({"--version"}).out, ran.out);
}

} // namespace outboot::tool
