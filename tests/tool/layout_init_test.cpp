#include <sstream>

#include <gtest/gtest.h>

#include "tests/tool/product.hpp"
#include "tool/failure.hpp"
#include "tool/layout_init_command.hpp"

namespace outboot::tool {

TEST(LayoutInit, what_it_writes_passes_the_check) {
    Workspace work;
    const auto made =
        work.outboot({"layout", "init", "--mcu", "STM32H743xI", "--nor", "W25Q16JV", "--plan", "scratch"});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    EXPECT_TRUE(made.says("layout.toml: images up to 896 KB")) << made.out;
    const auto checked = work.outboot({"layout", "check", "layout.toml"});
    EXPECT_EQ(checked.exit_code, 0) << checked.err;
    EXPECT_TRUE(checked.err.empty()) << checked.err;
}

TEST(LayoutInit, nothing_is_replaced_without_force) {
    Workspace work;
    work.write("mine.toml", std::string("# mine\n"));
    const std::vector<std::string> arguments{"layout", "init", "mine.toml", "--mcu", "R7FA6M4AF", "--nor", "W25Q16JV"};
    const auto refused = work.outboot(arguments);
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_TRUE(refused.says("mine.toml exists") && refused.says("--force")) << refused.err;
    EXPECT_EQ(work.text("mine.toml"), "# mine\n");
    auto forced = arguments;
    forced.emplace_back("--force");
    EXPECT_EQ(work.outboot(forced).exit_code, 0);
    EXPECT_NE(work.text("mine.toml").find("mcu = \"R7FA6M4AF\""), std::string::npos);
}

TEST(LayoutInit, without_a_terminal_the_parts_must_be_said) {
    Workspace work;
    const auto ran = work.outboot({"layout", "init", "--mcu", "R7FA6M4AF"});
    EXPECT_EQ(ran.exit_code, 2);
    EXPECT_TRUE(ran.says("--mcu and --nor")) << ran.err;
    EXPECT_FALSE(work.has("layout.toml"));
}

TEST(LayoutInit, an_answer_that_cannot_be_used_gets_a_suggestion) {
    Workspace work;
    const auto part = work.outboot({"layout", "init", "--mcu", "R7FA6M4AG", "--nor", "W25Q16JV"});
    EXPECT_EQ(part.exit_code, 2);
    EXPECT_TRUE(part.says("did you mean 'R7FA6M4AF'?")) << part.err;
    const auto size = work.outboot({"layout", "init", "--mcu", "R7FA6M4AF", "--nor", "W25Q16JV", "--files", "much"});
    EXPECT_EQ(size.exit_code, 2);
    EXPECT_TRUE(size.says("'much' is not a size")) << size.err;
    EXPECT_FALSE(work.has("layout.toml"));
}

TEST(LayoutInit, sizes_that_do_not_fit_are_named_and_nothing_is_written) {
    Workspace work;
    const auto ran = work.outboot({"layout", "init", "--mcu", "R7FA6M4AF", "--nor", "W25Q16JV", "--files", "1100K"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("doesn't fit into external")) << ran.err;
    EXPECT_TRUE(ran.says("nothing was written")) << ran.err;
    EXPECT_FALSE(work.has("layout.toml"));
}

TEST(LayoutInit, it_asks_for_what_is_not_said_and_again_after_nonsense) {
    std::istringstream in("\nW25Q61JV\n W25Q16JV \noverwrite\n\n64K\n");
    std::ostringstream out;
    InitAnswers answers;
    answers.encryption = "none";
    ask(answers, in, out);
    EXPECT_EQ(answers.mcu, "R7FA6M4AF"); // what was offered
    EXPECT_EQ(answers.nor, "W25Q16JV");
    EXPECT_NE(out.str().find("'W25Q61JV' is not known; did you mean 'W25Q16JV'?"), std::string::npos) << out.str();
    EXPECT_EQ(answers.plan, "overwrite");
    EXPECT_EQ(answers.encryption, "none");
    EXPECT_EQ(answers.files, "rest");
    EXPECT_EQ(out.str().find("Encryption"), std::string::npos); // said already
}

TEST(LayoutInit, an_end_of_answers_ends_it) {
    std::istringstream in("\n");
    std::ostringstream out;
    InitAnswers answers;
    EXPECT_THROW(ask(answers, in, out), Failure);
}

} // namespace outboot::tool
