// `outboot board`: options, exit codes, files, reports.
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/board/firmware_path.hpp"
#include "tests/tool/command.hpp"
#include "tool/board_options.hpp"

namespace outboot::tool {
namespace {

namespace fs = std::filesystem;

struct BoardCommand : testing::Test {
    Ran outboot(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "board");
        return work.outboot(arguments);
    }
    std::string file(const std::string& name) const { return work.path(name); }
    std::vector<std::string> device(std::vector<std::string> more) const {
        more.insert(more.begin(),
                    {"--flash", file("code.bin"), "--data", file("data.bin"), "--external", file("nor.bin")});
        return more;
    }

    Workspace work;
    const std::string hello = board::firmware("hello").string(), flash = board::firmware("flash").string();
};

TEST_F(BoardCommand, runs_a_program_until_it_has_said_something) {
    const Ran r = outboot({"--load", hello, "--until", "hello"});
    EXPECT_EQ(r.exit_code, 0) << r.err;
    EXPECT_EQ(r.out, "hello\n");
    EXPECT_NE(r.err.find("no bootloader record"), std::string::npos);
}

TEST_F(BoardCommand, fails_if_it_is_never_said) {
    const Ran r = outboot({"--load", hello, "--until", "goodbye", "--time", "100ms"});
    EXPECT_EQ(r.exit_code, 1);
    EXPECT_NE(r.err.find("\"goodbye\" was never sent"), std::string::npos) << r.err;
}

TEST_F(BoardCommand, passes_input_to_the_program) {
    const Ran r = outboot({"--load", hello, "--send", "eZ", "--until", "Z"});
    EXPECT_EQ(r.exit_code, 0) << r.err;
    EXPECT_EQ(r.out, "hello 00010000\nZ\n");
}

TEST_F(BoardCommand, faults_and_violations_fail) {
    EXPECT_EQ(outboot({"--load", hello, "--send", "f"}).exit_code, 1);
    const Ran r = outboot({"--load", flash, "--send", "W"});
    EXPECT_EQ(r.exit_code, 1);
    EXPECT_NE(r.err.find("broke a rule of the hardware"), std::string::npos) << r.err;
    EXPECT_NE(r.err.find("busy"), std::string::npos) << r.err;
}

TEST_F(BoardCommand, keeps_a_device_in_files_over_a_power_cut) {
    Ran r = outboot(device({"--load", flash, "--send", "c", "--cut", "20:inside", "--time", "5s"}));
    EXPECT_EQ(r.exit_code, 0) << r.err;
    EXPECT_NE(r.err.find("power cut after 21 flash operations"), std::string::npos) << r.err;
    EXPECT_EQ(fs::file_size(file("code.bin")), 0x100000u);
    EXPECT_EQ(fs::file_size(file("data.bin")), 0x2000u);
    EXPECT_EQ(fs::file_size(file("nor.bin")), 0x200000u);

    r = outboot(device({"--send", "c", "--time", "5s", "--json"}));
    ASSERT_EQ(r.exit_code, 0) << r.out;
    const auto report = nlohmann::json::parse(r.out);
    EXPECT_EQ(report["devices"]["code flash"]["erases"], 4);
    EXPECT_EQ(report["devices"]["code flash"]["wear"][4], 6) << "two of them before the cut";
    EXPECT_EQ(report["stop"], "time-limit");
    EXPECT_NE(report["boots"][0]["uart"].get<std::string>().find("done"), std::string::npos);
    EXPECT_TRUE(report["violations"].empty());
    EXPECT_TRUE(report["ram_record"].is_null());
}

TEST_F(BoardCommand, power_comes_back_if_asked) {
    const Ran r = outboot(device(
        {"--load", flash, "--send", "cc", "--cut", "3", "--cut", "30:after:external", "--power-back", "--time", "5s"}));
    EXPECT_EQ(r.exit_code, 0) << r.err;
    EXPECT_NE(r.err.find("power comes back"), std::string::npos);
    EXPECT_NE(r.err.find("time-limit"), std::string::npos);
}

TEST_F(BoardCommand, refuses_files_of_another_board) {
    std::ofstream(file("code.bin")) << "too short";
    Ran r = outboot(device({}));
    EXPECT_EQ(r.exit_code, 1);
    EXPECT_NE(r.err.find("code.bin"), std::string::npos) << r.err;
    EXPECT_EQ(fs::file_size(file("code.bin")), 9u) << "and leaves them alone";
    fs::remove(file("code.bin"));
    EXPECT_EQ(outboot(device({"--load", hello, "--time", "1ms"})).exit_code, 0);
    std::ofstream(file("data.bin.state")) << "{\"units\": 3}";
    r = outboot(device({}));
    EXPECT_EQ(r.exit_code, 1);
    EXPECT_NE(r.err.find("data.bin.state"), std::string::npos) << r.err;
}

TEST_F(BoardCommand, refuses_firmware_it_cant_read) {
    EXPECT_EQ(outboot({"--load", file("absent.elf")}).exit_code, 1);
    std::ofstream(file("bad.hex")) << ":0100000011EF\n";
    Ran r = outboot({"--load", file("bad.hex")});
    EXPECT_EQ(r.exit_code, 1);
    EXPECT_NE(r.err.find("bad.hex:1"), std::string::npos) << r.err;
    std::ofstream(file("nowhere.hex")) << ":020000043000CA\n:0100000011EE\n:00000001FF\n";
    r = outboot({"--load", file("nowhere.hex")});
    EXPECT_EQ(r.exit_code, 1);
    EXPECT_NE(r.err.find("0x30000000"), std::string::npos) << r.err;
}

TEST_F(BoardCommand, says_that_there_is_no_program) {
    const Ran r = outboot({});
    EXPECT_EQ(r.exit_code, 1);
    EXPECT_NE(r.err.find("there is no program"), std::string::npos) << r.err;
}

TEST_F(BoardCommand, names_what_is_wrong_with_its_options) {
    const std::vector<std::vector<std::string>> wrong{
        {"--cut", "x"},        {"--cut", "3:sideways"}, {"--time", "10"},   {"--time", "-1s"},
        {"--cut-random", "7"}, {"--uart", "serial"},    {"--seed", "many"}, {"--pty-link", file("l")}};
    for (const auto& arguments : wrong) {
        const Ran r = outboot(arguments);
        EXPECT_EQ(r.exit_code, 2) << arguments[0] << " " << arguments[1] << ": " << r.err;
        EXPECT_FALSE(r.err.empty());
    }
}

TEST_F(BoardCommand, help_shows_an_example) {
    const Ran r = outboot({"--help"});
    EXPECT_EQ(r.exit_code, 0);
    EXPECT_NE(r.out.find("outboot board --load production.hex"), std::string::npos);
    EXPECT_NE(r.out.find("Exit code"), std::string::npos);
}

TEST_F(BoardCommand, counts_on_request) {
    const Ran r = outboot({"--load", flash, "--send", "epdn", "--time", "2s", "--stats"});
    EXPECT_EQ(r.exit_code, 0) << r.err;
    EXPECT_NE(r.out.find("code flash          1         1         8192          128"), std::string::npos) << r.out;
}

TEST_F(BoardCommand, links_to_its_pty_while_it_runs) {
    const Ran r = outboot({"--load", hello, "--uart", "pty", "--pty-link", file("link"), "--time", "10ms"});
    EXPECT_EQ(r.exit_code, 0) << r.err;
    EXPECT_NE(r.err.find(file("link")), std::string::npos);
    EXPECT_FALSE(fs::exists(fs::symlink_status(file("link"))));
}

TEST_F(BoardCommand, writes_the_uart_to_a_file) {
    const Ran r = outboot({"--load", hello, "--uart", "file:" + file("uart.txt"), "--time", "10ms"});
    EXPECT_EQ(r.exit_code, 0) << r.err;
    std::string line;
    std::getline(std::ifstream(file("uart.txt")), line);
    EXPECT_EQ(line, "hello 00010000");
    EXPECT_EQ(outboot({"--uart", "file:/nonexistent/file"}).exit_code, 1);
}

TEST(BoardOptions, durations_have_units) {
    EXPECT_EQ(parse_duration("10s"), 10 * board::second);
    EXPECT_EQ(parse_duration("1.5ms"), 1500 * board::microsecond);
    EXPECT_EQ(parse_duration("2min"), 120 * board::second);
    EXPECT_THROW(parse_duration("10"), CLI::ValidationError);
    EXPECT_THROW(parse_duration("s"), CLI::ValidationError);
    EXPECT_THROW(parse_duration("1e9s"), CLI::ValidationError);
    EXPECT_THROW(parse_duration("99999999s"), CLI::ValidationError);
}

TEST(BoardOptions, cuts_take_their_words_in_any_order) {
    const CutOption cut = parse_cut("7:erase:before:data");
    EXPECT_EQ(cut.number, 7u);
    EXPECT_EQ(cut.moment, board::Moment::before);
    EXPECT_EQ(cut.device, board::Device::data_flash);
    EXPECT_EQ(cut.kind, board::Kind::erase);
    EXPECT_EQ(parse_cut("0").moment, board::Moment::inside);
    EXPECT_FALSE(parse_cut("0").device);
    EXPECT_THROW(parse_cut(""), CLI::ValidationError);
    EXPECT_THROW(parse_cut("7:"), CLI::ValidationError);
    EXPECT_THROW(parse_cut("-7"), CLI::ValidationError);
}

TEST(BoardOptions, random_cuts_need_seed_and_count) {
    const RandomCuts cuts = parse_random_cuts("9:4:0.5");
    EXPECT_EQ(cuts.seed, 9u);
    EXPECT_EQ(cuts.count, 4u);
    EXPECT_EQ(cuts.per_operation, 0.5);
    EXPECT_THROW(parse_random_cuts("9:4:1.5"), CLI::ValidationError);
    EXPECT_THROW(parse_random_cuts("9:4:0.5:1"), CLI::ValidationError);
}

} // namespace
} // namespace outboot::tool
