// `outboot explore` as a command: what it prints, splits, merges and refuses.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/tool/command.hpp"

namespace outboot::tool {
namespace {

TEST(Explore, prints_a_row_for_each_geometry_in_the_order_asked_for) {
    Workspace work;
    const auto ran = work.outboot({"explore", "scratch-2", "journal-2", "--threads", "2"});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_LT(ran.out.find("scratch-2 "), ran.out.find("journal-2 "));
    EXPECT_NE(ran.out.find("complete"), std::string::npos);
}

TEST(Explore, shards_share_the_work_and_merge_to_the_whole) {
    Workspace work;
    const std::vector<std::string> names{"explore", "overwrite-2", "overwrite-3", "journal-2", "--json"};
    const auto with = [&](const std::vector<std::string>& more) {
        auto arguments = names;
        arguments.insert(arguments.end(), more.begin(), more.end());
        return work.outboot(arguments).out;
    };
    const auto whole = nlohmann::json::parse(with({}));
    work.write("1.json", with({"--shard", "1/2"}));
    work.write("2.json", with({"--shard", "2/2"}));
    EXPECT_EQ(nlohmann::json::parse(work.text("1.json")).size() + nlohmann::json::parse(work.text("2.json")).size(),
              3U);
    const auto ran = work.outboot({"explore", "--merge", "1.json", "2.json", "--json"});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    const auto merged = nlohmann::json::parse(ran.out);
    ASSERT_EQ(merged.size(), whole.size());
    for (const auto& row : whole) {
        const auto found = std::ranges::find_if(merged, [&](const auto& m) { return m.at("name") == row.at("name"); });
        ASSERT_NE(found, merged.end()) << row.at("name");
        for (const char* field : {"states", "edges", "violations", "complete", "plan"}) {
            EXPECT_EQ(found->at(field), row.at(field)) << field;
        }
    }
}

TEST(Explore, walks_of_several_shards_add_up) {
    Workspace work;
    for (const std::string shard : {"1/2", "2/2"}) {
        const auto ran = work.outboot({"explore", "overwrite-ra6m4", "--for", "1", "--json", "--shard", shard});
        work.write(shard.substr(0, 1) + ".json", ran.out);
    }
    const auto one = nlohmann::json::parse(work.text("1.json"))[0];
    const auto two = nlohmann::json::parse(work.text("2.json"))[0];
    EXPECT_NE(one.at("seed"), two.at("seed"));
    const auto both = nlohmann::json::parse(work.outboot({"explore", "--merge", "1.json", "2.json", "--json"}).out);
    ASSERT_EQ(both.size(), 1U);
    EXPECT_EQ(both[0].at("edges"), one.at("edges").get<std::uint64_t>() + two.at("edges").get<std::uint64_t>());
}

TEST(Explore, a_violation_exits_with_1_and_tells_its_story_also_after_merging) {
    Workspace work;
    const auto ran = work.outboot({"explore", "journal-3-unlimited"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("VIOLATION")) << ran.out;
    EXPECT_TRUE(ran.says("replay: outboot explore --replay 'journal-3-unlimited:")) << ran.out;
    work.write("bad.json", work.outboot({"explore", "journal-3-unlimited", "--json"}).out);
    const auto merged = work.outboot({"explore", "--merge", "bad.json"});
    EXPECT_EQ(merged.exit_code, 1);
    EXPECT_TRUE(merged.says("VIOLATION")) << merged.out;
}

TEST(Explore, the_page_has_the_table_and_a_picture_and_needs_nothing_else) {
    Workspace work;
    ASSERT_EQ(work.outboot({"explore", "offset-2", "--html", "report.html"}).exit_code, 0);
    const std::string page = work.text("report.html");
    EXPECT_NE(page.find("<td title="), std::string::npos);
    EXPECT_NE(page.find("the supply goes in it"), std::string::npos) << "a history without a cut shows nothing";
    EXPECT_NE(page.find("#d62728'"), std::string::npos) << "nothing torn in the picture";
    EXPECT_EQ(page.find("src="), std::string::npos);
    EXPECT_EQ(page.find("http"), std::string::npos);
}

TEST(Explore, refuses_what_it_cant_do) {
    Workspace work;
    work.write("rubbish.json", std::string("{\"a\": 1}"));
    const std::vector<std::vector<std::string>> cases{
        {"explore", "offset-99"},
        {"explore", "--shard", "3/2"},
        {"explore", "--shard", "0/2"},
        {"explore", "--shard", "1/2x"},
        {"explore", "--merge", "absent.json"},
        {"explore", "--merge", "rubbish.json"},
        {"explore", "--replay", "offset-2"},
        {"explore", "--replay", "offset-2:b@x"},
        {"explore", "--walk", "journal-2"},
    };
    for (const auto& arguments : cases) {
        const auto ran = work.outboot(arguments);
        EXPECT_EQ(ran.exit_code, 1) << arguments.back();
        EXPECT_NE(ran.err.find("error"), std::string::npos) << arguments.back();
    }
}

} // namespace
} // namespace outboot::tool
