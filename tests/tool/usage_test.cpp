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

TEST(Usage, version_is_printed) {
    Workspace work;
    const auto ran = work.outboot({"version"});
    EXPECT_EQ(ran.exit_code, 0);
    EXPECT_FALSE(ran.out.empty());
}

} // namespace outboot::tool
