// A build script that calls imgtool can call outboot: each command of imgtool's is there with each of its options,
// under the same names, with as many values. From `imgtool COMMAND --help` of MCUboot's main branch after
// release 2.4.0.
#include <map>

#include <gtest/gtest.h>

#include "tests/tool/product.hpp"

namespace outboot::tool {
namespace {

struct Options {
    std::vector<std::string> with_value;
    std::vector<std::string> flags;
};

const Options signing{{"-k",
                       "--key",
                       "--public-key-format",
                       "-v",
                       "--version",
                       "-H",
                       "--header-size",
                       "-S",
                       "--slot-size",
                       "--align",
                       "--max-align",
                       "-M",
                       "--max-sectors",
                       "-e",
                       "--endian",
                       "-R",
                       "--erased-val",
                       "-x",
                       "--hex-addr",
                       "-L",
                       "--load-addr",
                       "-F",
                       "--rom-fixed",
                       "-d",
                       "--dependencies",
                       "-s",
                       "--security-counter",
                       "--boot-record",
                       "--custom-tlv",
                       "--custom-tlv-file",
                       "--vid",
                       "--cid",
                       "-E",
                       "--encrypt",
                       "--encrypt-keylen",
                       "--hmac-sha",
                       "--compression",
                       "--sha",
                       "--vector-to-sign",
                       "--fix-sig",
                       "--fix-sig-pubkey",
                       "--sig-out"},
                      {"--pad-header", "--pad", "--confirm", "--test", "--overwrite-only", "--non-bootable", "-c",
                       "--clear", "--save-enctlv", "--pure", "--pad-sig"}};

const std::map<std::string, Options> commands{
    {"keygen", {{"-k", "--key", "-t", "--type"}, {"-p", "--password"}}},
    {"getpub", {{"-k", "--key", "-e", "--encoding", "-l", "--lang", "-o", "--output", "--name-suffix"}, {}}},
    {"getpubhash", {{"-k", "--key", "-e", "--encoding", "-o", "--output", "--name-suffix"}, {}}},
    {"getpriv", {{"-k", "--key", "-f", "--format"}, {"--minimal"}}},
    {"keyinfo", {{"-k", "--key", "--require"}, {}}},
    {"verify", {{"-k", "--key"}, {}}},
    {"dumpinfo", {{"-o", "--outfile", "-f", "--format"}, {"-s", "--silent"}}},
    {"sign", signing},
    {"version", {{}, {}}}};

// The command doesn't know the option.
bool unknown(const Ran& ran, const std::string& option) {
    return ran.says("has no option '" + option + "'");
}

} // namespace

TEST(ImgtoolOptions, every_option_of_every_command_is_known_and_takes_a_value_where_imgtools_does) {
    Workspace work;
    for (const auto& [command, options] : commands) {
        SCOPED_TRACE(command);
        EXPECT_TRUE(unknown(work.outboot({command, "--imagined"}), "--imagined"));
        for (const auto& option : options.with_value) // "--key: 1 required FILE missing"
            EXPECT_TRUE(work.outboot({command, option}).says(" required ")) << option;
        for (const auto& option : options.flags) {
            const auto ran = work.outboot({command, option});
            EXPECT_FALSE(unknown(ran, option)) << option;
            EXPECT_FALSE(ran.says(" required ")) << option;
        }
    }
}

TEST(ImgtoolOptions, create_is_sign) {
    Workspace work;
    EXPECT_EQ(work.outboot({"create", "--help"}).out, work.outboot({"sign", "--help"}).out);
}

} // namespace outboot::tool
