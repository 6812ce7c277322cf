// File system, parameters, journal and updates in one device, through power cuts at any flash operation of anyone.
//
// OUTBOOT_FULL=1 goes through 1,000 updates instead of 50; OUTBOOT_SEED=n begins with another seed.
#include <algorithm>
#include <cstdlib>
#include <iostream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/scenario/side_by_side.hpp"

namespace outboot::scenario {
namespace {

bool full() {
    const char* const value = std::getenv("OUTBOOT_FULL");
    return value != nullptr && std::string_view(value) == "1";
}

std::uint64_t seed() {
    const char* const chosen = std::getenv("OUTBOOT_SEED");
    return chosen != nullptr ? std::strtoull(chosen, nullptr, 10) : 1;
}

unsigned cuts_at(const SideBySide::Tally& tally, Place place) {
    return tally.cuts[static_cast<std::size_t>(place)];
}

TEST(SideBySide, updates_and_power_cuts_leave_files_and_parameters_whole) {
    const unsigned updates = full() ? 1'000 : 50;
    SideBySide device(seed());
    for (unsigned i = 0; i < updates; ++i) {
        const std::string fault = device.update();
        ASSERT_EQ(fault, "") << "OUTBOOT_SEED=" << seed() << ", update " << i;
    }
    const SideBySide::Tally& tally = device.tally();
    std::cout << fmt::format("[ updates  ] {} installed, {} reverted, {} given up; {} boots\n", tally.installed,
                             tally.reverted, tally.given_up, tally.boots);
    std::cout << fmt::format("[ cuts     ] files {}, parameters {}, journal {}, slot {}, code {}\n",
                             cuts_at(tally, Place::files), cuts_at(tally, Place::parameters),
                             cuts_at(tally, Place::journal), cuts_at(tally, Place::slot), cuts_at(tally, Place::code));
    for (const unsigned cuts : tally.cuts) EXPECT_GE(cuts, updates / 25); // nothing is left out
    EXPECT_GE(tally.installed, updates / 3);
}

// The example's whole application, just out of the factory.
class WholeApplication : public testing::Test {
  protected:
    WholeApplication() : device(whole_product()) {
        device.provision(device.make({.version = 1}));
        device.let_application_write(files.address, files.size);
        device.let_application_write(parameters.address, parameters.size);
    }

    tool::ByteVector file_bytes() { return device.board.read(files.address, files.size); }

    void expect_says(const Landing& landing, const std::string& text) {
        EXPECT_TRUE(landing.ready()) << landing.describe();
        EXPECT_NE(landing.said.find(text), std::string::npos) << landing.said;
    }

    void TearDown() override { EXPECT_EQ(device.trouble(), ""); }

    Device device;
    const layouts::Region& files = region_of(device.product, "files");
    const layouts::Region& parameters = region_of(device.product, "parameters");
};

// The file system is being made, the parameter that says so is being written, the first line goes into the log.
TEST_F(WholeApplication, first_start_can_be_cut_at_any_operation) {
    const board::Contents factory_new = device.board.contents();
    device.board.operations().reset_counts();
    expect_says(device.start(), "files: boot 1, log line 1");
    const std::uint64_t operations = device.board.operations().total();
    EXPECT_GE(operations, 10U);
    for (std::uint64_t i = 0; i < operations; ++i) {
        for (const auto moment : {board::Moment::before, board::Moment::inside, board::Moment::after}) {
            restore(device, factory_new);
            device.board.operations().reset_counts();
            device.board.operations().cut_at(i, moment);
            ASSERT_EQ(device.start().run.stop, board::Stop::power_cut);
            const Landing landing = device.start();
            expect_says(landing, "files: boot ");
            const FileSystemDump dump = read_file_system(file_bytes());
            EXPECT_EQ(dump.fault, "") << "operation " << i;
            EXPECT_LE(dump.boots.value_or(0), 2U);
            EXPECT_GE(dump.boots.value_or(0), 1U);
        }
    }
}

TEST_F(WholeApplication, file_system_that_cant_be_mounted_is_not_made_anew_unasked) {
    expect_says(device.start(), "files: boot 1,");
    expect_says(device.start(), "files: boot 2,");
    device.board.power_off();
    device.board.external().array().load(files.offset, tool::ByteVector(2 * 4096, 0x55)); // both superblocks
    const auto damaged = file_bytes();
    expect_says(device.start(), "files: damaged; \"format\" makes it anew, empty");
    EXPECT_EQ(file_bytes(), damaged);
    EXPECT_EQ(read_file_system(damaged).fault, "it can't be mounted: littlefs error -84");
    EXPECT_EQ(device.ask("format"), "format: ok");
    expect_says(device.start(), "files: boot 2, log line 2,");
}

TEST_F(WholeApplication, chip_that_doesnt_answer_costs_no_file) {
    expect_says(device.start(), "files: boot 1,");
    device.board.external().silence();
    expect_says(device.start(), "files: the external chip doesn't answer, or fails");
    device.board.external().answer();
    expect_says(device.start(), "files: boot 2,");
}

TEST_F(WholeApplication, parameters_have_their_limits) {
    expect_says(device.start(), "params: brightness 50, generation 0\r\n");
    EXPECT_EQ(device.ask("set brightness 100"), "set brightness: ok");
    EXPECT_EQ(device.ask("set brightness 101"), "set brightness: wants a number from 0 to 100");
    EXPECT_EQ(device.ask("set brightness 4294967297"), "set brightness: wants a number from 0 to 100");
    EXPECT_EQ(device.ask("set brightness"),
              "commands: status, receive <bytes>, request test, request permanent, confirm, "
              "reset, params, set brightness <percent>, files, log, log <text>, format");
    EXPECT_EQ(device.ask("params"), "params: brightness 100, generation 2");
    expect_says(device.start(), "params: brightness 100, generation 2\r\n");
}

// The host's look at a dump isn't blind.
TEST_F(WholeApplication, log_line_that_changed_is_found) {
    expect_says(device.start(), "files: boot 1,");
    for (int i = 0; i < 20; ++i) EXPECT_EQ(device.ask("log a line to be damaged"), "log: ok");
    device.board.run({.input_wanted = true});
    auto bytes = file_bytes();
    const FileSystemDump dump = read_file_system(bytes);
    EXPECT_EQ(dump.fault, "");
    EXPECT_EQ(dump.numbers.size(), 21U);
    const std::string last = "00000021 boot 00000001 a line to be damaged";
    const auto found = std::find_end(bytes.begin(), bytes.end(), last.begin(), last.end());
    ASSERT_NE(found, bytes.end());
    *found ^= 1;
    EXPECT_EQ(read_file_system(bytes).fault, "log: the line at 1280 has changed");
}

} // namespace
} // namespace outboot::scenario
