// Every emitted file of two layouts, byte by byte as it was when somebody last looked at it. What changes here changes
// in every product. To renew them after a change that is meant: OUTBOOT_RENEW_GOLDEN=1 layout_test, then read the diff.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "layout/emit.hpp"
#include "tests/layout/examples.hpp"

namespace outboot::layouts {
namespace {

namespace fs = std::filesystem;

void expect_golden(const std::string& layout) {
    const fs::path directory = fs::path(OUTBOOT_GOLDEN) / layout;
    const bool renew = std::getenv("OUTBOOT_RENEW_GOLDEN") != nullptr;
    std::size_t files = 0;
    for (const auto& emitted : emit_all(*parse(example(layout + ".toml"), layout + ".toml").model)) {
        const fs::path path = directory / (emitted.name == ".vscode/launch.json" ? "launch.json" : emitted.name);
        if (renew) {
            fs::create_directories(path.parent_path());
            std::ofstream(path, std::ios::binary) << emitted.content;
        }
        std::ifstream in(path, std::ios::binary);
        std::stringstream golden;
        golden << in.rdbuf();
        EXPECT_EQ(emitted.content, golden.str()) << path;
        ++files;
    }
    const auto kept = std::distance(fs::directory_iterator(directory), fs::directory_iterator());
    EXPECT_EQ(static_cast<std::size_t>(kept), files) << "a golden file that nothing emits";
}

} // namespace

TEST(Golden, every_emitted_file_of_the_example_is_as_it_was) {
    expect_golden("layout");
}

TEST(Golden, every_emitted_file_of_a_layout_with_services_is_as_it_was) {
    expect_golden("layout-services");
}

} // namespace outboot::layouts
