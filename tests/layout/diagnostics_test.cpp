#include "layout/diagnostics.hpp"

#include <gtest/gtest.h>

namespace outboot::layouts {

TEST(Diagnostics, a_message_has_place_region_value_and_limit) {
    const Diagnostic diagnostic{Severity::error,  31,          "hole", "smaller than the largest chunk", "16 KB",
                                "at least 32 KB", "enlarge it"};
    EXPECT_EQ(describe(diagnostic, "layout.toml"),
              "layout.toml:31: region 'hole': smaller than the largest chunk: 16 KB (limit: at least 32 KB)");
}

TEST(Diagnostics, a_message_about_the_whole_file_is_short) {
    EXPECT_EQ(describe({Severity::error, 0, {}, "can't be read", {}, {}, {}}, "a.toml"), "a.toml: can't be read");
}

TEST(Diagnostics, warnings_alone_do_not_fail) {
    Diagnostics diagnostics;
    diagnostics.add({Severity::warning, 1, {}, "w", {}, {}, {}});
    EXPECT_FALSE(diagnostics.failed());
    diagnostics.add({Severity::error, 1, {}, "e", {}, {}, {}});
    EXPECT_TRUE(diagnostics.failed());
}

} // namespace outboot::layouts
