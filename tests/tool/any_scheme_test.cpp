// Random programs with random options of every kind, for a foreign bootloader: what `sign` makes, `verify` accepts and
// opens, and `dumpinfo` describes as it was asked for; a changed byte, a key of somebody else's and a missing key are
// refused.
#include <random>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/tool/product.hpp"
#include "tool/image_file.hpp"

namespace outboot::tool {
namespace {

using Json = nlohmann::json;

struct Signer {
    std::string key; // as the test data names it; empty: none
    std::uint16_t signature = 0;
};

struct Recipient {
    std::string wrapping; // what --encrypt gets; empty: none
    std::string opening;
    std::uint16_t tlv = 0;
    unsigned key_bits = 0; // 0: either
};

const Signer signers[]{{"", 0},
                       {"rsa-2048", format::tlv::rsa2048_pss},
                       {"rsa-3072", format::tlv::rsa3072_pss},
                       {"ecdsa-p256", format::tlv::ecdsa},
                       {"ecdsa-p384", format::tlv::ecdsa},
                       {"ed25519", format::tlv::ed25519}};

const Recipient recipients[]{{"", "", 0, 0},
                             {"enc-ec256.pub.pem", "enc-ec256.pem", format::tlv::enc_ec256, 0},
                             {"enc-x25519.pub.pem", "enc-x25519.pem", format::tlv::enc_x25519, 0},
                             {"enc-rsa2048.pub.pem", "enc-rsa2048.pem", format::tlv::enc_rsa2048, 0},
                             {"kek128.bin", "kek128.bin", format::tlv::enc_kw, 128},
                             {"kek256.bin", "kek256.bin", format::tlv::enc_kw, 256}};

const std::string keys = OUTBOOT_IMAGES "/keys/";

// One random set of options, and what must come of it.
class Case {
  public:
    explicit Case(unsigned seed) : engine_(seed) {
        signer = signers[below(std::size(signers))];
        recipient = recipients[below(std::size(recipients))];
        header = 32U << below(6);
        version = fmt::format("{}.{}.{}+{}", below(256), below(256), below(65536), engine_());
        add({"-H", fmt::format("{}", header), "--pad-header", "-S", "0x80000", "-v", version, "--align",
             fmt::format("{}", 1U << below(8))});
        choose_keys();
        choose_content();
        name = one_of({"out.bin", "out.hex", "out.srec"});
        add({"-x", "0x10000"}); // where HEX and S-record put it
        program = ByteVector(64 + below(20000));
        for (auto& byte : program) byte = static_cast<std::uint8_t>(below(7) * 31); // compressible
    }

    std::vector<std::string> arguments{"sign", "--insecure-sample-key"};
    Signer signer;
    Recipient recipient;
    std::uint32_t header = 0;
    std::string version;
    std::string name;
    ByteVector program;
    bool big = false;
    bool clear = false;
    bool padded = false;
    bool non_bootable = false;
    unsigned key_bits = 128;
    std::uint16_t wrapped = 0;
    std::optional<std::uint32_t> counter;
    bool custom = false;
    bool vendor = false;
    bool dependency = false;

    [[nodiscard]] bool encrypted() const { return !recipient.wrapping.empty(); }

  private:
    std::uint32_t below(std::size_t limit) { return static_cast<std::uint32_t>(engine_() % limit); }
    bool maybe() { return below(2) == 1; }
    void add(const std::vector<std::string>& more) { arguments.insert(arguments.end(), more.begin(), more.end()); }
    std::string one_of(const std::vector<std::string>& words) { return words[below(words.size())]; }

    void choose_keys() {
        if (!signer.key.empty()) {
            add({"-k", keys + "sign-" + signer.key + ".pem"});
            if (maybe()) add({"--public-key-format", "full"});
            if (maybe()) add({"--pad-sig"});
            if (signer.key == "ed25519" && maybe())
                add(maybe() ? std::vector<std::string>{"--pure"} : std::vector<std::string>{"--sha", "512"});
        }
        if (!encrypted()) return;
        add({"-E", keys + recipient.wrapping});
        key_bits = recipient.key_bits != 0 ? recipient.key_bits : maybe() ? 256 : 128;
        add({"--encrypt-keylen", fmt::format("{}", key_bits)});
        wrapped = recipient.tlv;
        if (wrapped == format::tlv::enc_x25519 && maybe()) {
            add({"--hmac-sha", "512"});
            wrapped = format::tlv::enc_x25519_sha512;
        }
        clear = below(4) == 0;
        if (clear) add({"--clear"});
        if (maybe()) add({"--save-enctlv"});
    }

    void choose_content() {
        if ((big = maybe())) add({"-e", "big"});
        if ((non_bootable = below(4) == 0)) add({"--non-bootable"});
        if (maybe()) add({"-s", fmt::format("{}", counter.emplace(engine_()))});
        if ((custom = maybe())) add({"--custom-tlv", "0x02a1", std::string(1 + below(40), 'v')});
        if ((vendor = maybe())) add({"--vid", "example.com", "--cid", "board"});
        if ((dependency = maybe())) add({"-d", "(1, 1.2.3+4)"});
        if (maybe()) add({"--boot-record", "test"});
        if (maybe()) add({"--compression", one_of({"lzma2", "lzma2armthumb"})});
        if (maybe()) add({"-R", "0"});
        if ((padded = maybe())) add({one_of({"--pad", "--confirm", "--test"})});
    }

    std::mt19937 engine_;
};

class AnyScheme : public testing::Test {
  protected:
    Ran make(const Case& c) {
        work.write("app.bin", c.program);
        auto arguments = c.arguments;
        arguments.insert(arguments.end(), {"app.bin", c.name});
        return work.outboot(arguments);
    }

    Ran verify(const Case& c, const std::vector<std::string>& more, const std::string& signer) {
        std::vector<std::string> arguments{"verify", c.name};
        if (!c.signer.key.empty()) arguments.insert(arguments.end(), {"-k", keys + signer + c.signer.key + ".pem"});
        arguments.insert(arguments.end(), more.begin(), more.end());
        return work.outboot(arguments);
    }

    std::vector<std::string> opening(const Case& c) {
        if (!c.encrypted()) return {};
        return {"--decrypt-key", keys + c.recipient.opening};
    }

    void expect_program(const Case& c) {
        auto more = opening(c);
        more.insert(more.end(), {"--payload-out", "payload"});
        const auto verified = verify(c, more, "sign-");
        ASSERT_EQ(verified.exit_code, 0) << verified.err;
        auto expected = c.program;
        const auto found = work.read("payload");
        ASSERT_GE(found.size(), expected.size());
        ASSERT_LT(found.size(), expected.size() + 16); // whole cipher blocks
        expected.resize(found.size(), 0);
        EXPECT_EQ(found, expected);
    }

    void expect_description(const Case& c) {
        const auto info = Json::parse(work.outboot({"dumpinfo", "--json", c.name}).out);
        EXPECT_EQ(info.at("version"), c.version);
        EXPECT_EQ(info.at("endian"), c.big ? "big" : "little");
        EXPECT_EQ(info.at("header").at("header_size"), c.header);
        EXPECT_EQ(info.contains("trailer"), c.padded);
        const std::vector<std::string> flags = info.at("header").at("flag_names");
        const auto has_flag = [&](const char* flag) {
            return std::find(flags.begin(), flags.end(), flag) != flags.end();
        };
        EXPECT_EQ(has_flag("ENCRYPTED_AES128"), c.encrypted() && c.key_bits == 128);
        EXPECT_EQ(has_flag("ENCRYPTED_AES256"), c.encrypted() && c.key_bits == 256);
        EXPECT_EQ(has_flag("NON_BOOTABLE"), c.non_bootable);
        std::map<std::uint16_t, Json> tlvs;
        for (const auto& tlv : info.at("tlvs")) tlvs[tlv.at("type")] = tlv;
        const auto expect_tlv = [&](std::uint16_t type, bool there, bool is_protected) {
            EXPECT_EQ(tlvs.contains(type), there) << type;
            EXPECT_TRUE(!tlvs.contains(type) || tlvs[type].at("protected") == is_protected) << type;
        };
        if (c.signer.signature != 0) expect_tlv(c.signer.signature, true, false);
        if (c.wrapped != 0) expect_tlv(c.wrapped, true, false);
        expect_tlv(format::tlv::security_counter, c.counter.has_value(), true);
        expect_tlv(0x02a1, c.custom, true);
        expect_tlv(format::tlv::uuid_vendor, c.vendor, true);
        expect_tlv(format::tlv::uuid_class, c.vendor, true);
        expect_tlv(format::tlv::dependency, c.dependency, true);
        if (c.counter) {
            EXPECT_EQ(ImageFile::load(work.path(c.name)).security_counter(), c.counter);
        }
    }

    // The nearest that isn't valid: one bit of the payload; somebody else's key; no key for what is encrypted.
    void expect_refusals(const Case& c) {
        auto image = ImageFile::load(work.path(c.name));
        ByteVector changed(image.image().begin(), image.image().end());
        changed[c.header + c.program.size() % image.header().payload_bytes] ^= 0x10;
        Case binary = c;
        binary.name = "changed.bin";
        work.write(binary.name, changed);
        EXPECT_EQ(verify(binary, opening(c), "sign-").exit_code, 1);
        if (!c.signer.key.empty()) {
            EXPECT_EQ(verify(c, opening(c), "other-").exit_code, 1);
        }
        if (c.encrypted() && !c.clear) {
            const auto closed = verify(c, {}, "sign-");
            EXPECT_EQ(closed.exit_code, 1);
            EXPECT_TRUE(closed.says("the image is encrypted")) << closed.err;
        }
    }

    Workspace work;
};

} // namespace

TEST_F(AnyScheme, what_is_signed_verifies_opens_and_is_described_and_its_neighbours_are_refused) {
    for (unsigned seed = 1; seed <= 40; ++seed) {
        const Case c(seed);
        SCOPED_TRACE(fmt::format("seed {}: {}, {} bytes", seed, fmt::join(c.arguments, " "), c.program.size()));
        const auto made = make(c);
        ASSERT_EQ(made.exit_code, 0) << made.err;
        expect_program(c);
        expect_description(c);
        expect_refusals(c);
        if (HasFailure()) return;
    }
}

} // namespace outboot::tool
