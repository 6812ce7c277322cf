// --seed-file: what is random otherwise comes out alike, in each scheme; and never silently.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/tool/product.hpp"
#include "tool/image_file.hpp"

namespace outboot::tool {
namespace {

struct Scheme {
    std::string signer;
    std::string recipient;
};

// All whose signature or key wrapping is random: ECDSA's nonce, PSS's salt, ECIES's ephemeral key, OAEP's seed.
const Scheme schemes[]{{"sign-ecdsa-p256", "enc-ec256"},
                       {"sign-ecdsa-p384", "enc-x25519"},
                       {"sign-ed25519", "enc-x25519"},
                       {"sign-rsa-2048", "enc-rsa2048"},
                       {"sign-rsa-3072", "enc-ec256"}};

class Seed : public testing::Test {
  protected:
    void SetUp() override {
        work.write("seed", std::string("a test's seed"));
        work.write("other", std::string("another seed"));
    }

    ByteVector made_with(const std::string& seed, const Scheme& scheme, std::size_t bytes = 1000) {
        std::vector<std::string> options{"-k", key_file(scheme.signer), "-E", key_file(scheme.recipient + ".pub")};
        if (!seed.empty()) options.insert(options.end(), {"--seed-file", seed});
        const auto ran = sign_for_mcuboot(work, options, bytes);
        EXPECT_EQ(ran.exit_code, 0) << ran.err;
        EXPECT_EQ(ran.says("warning: --seed-file is for tests only"), !seed.empty()) << ran.err;
        return work.read("out.bin");
    }

    Workspace work;
};

} // namespace

TEST_F(Seed, same_inputs_and_seed_make_the_same_bytes_and_nothing_else_does) {
    for (const auto& scheme : schemes) {
        SCOPED_TRACE(scheme.signer + " " + scheme.recipient);
        const auto first = made_with("seed", scheme);
        EXPECT_EQ(made_with("seed", scheme), first);
        EXPECT_NE(made_with("other", scheme), first);
        EXPECT_NE(made_with("", scheme), first);
        EXPECT_NE(made_with("", scheme), made_with("", scheme));
    }
}

TEST_F(Seed, what_it_makes_is_valid) {
    for (const auto& scheme : schemes) {
        (void)made_with("seed", scheme);
        const auto verified = work.outboot(
            {"verify", "-k", key_file(scheme.signer), "--decrypt-key", key_file(scheme.recipient), "out.bin"});
        EXPECT_EQ(verified.exit_code, 0) << verified.err;
    }
}

// The counter starts at zero in each image: two payloads under one key would give away both.
TEST_F(Seed, another_program_gets_another_key) {
    const auto keystream = [&](std::size_t bytes) {
        const auto encrypted = made_with("seed", schemes[0], bytes);
        const auto clear = program(bytes);
        ByteVector stream(64);
        for (std::size_t i = 0; i < stream.size(); ++i) stream[i] = encrypted[0x200 + i] ^ clear[i];
        return stream;
    };
    EXPECT_EQ(keystream(1000), keystream(1000));
    EXPECT_NE(keystream(1000), keystream(1001));
}

TEST_F(Seed, an_empty_or_missing_seed_is_refused) {
    work.write("empty", std::string());
    for (const std::string seed : {"empty", "absent"}) {
        const auto ran = sign_for_mcuboot(work, {"--seed-file", seed});
        EXPECT_EQ(ran.exit_code, 1);
        EXPECT_TRUE(ran.says(seed)) << ran.err;
        EXPECT_FALSE(work.has("out.bin"));
    }
}

// A token has random numbers of its own.
TEST_F(Seed, a_key_in_a_token_is_refused) {
    const auto ran = sign_for_mcuboot(work, {"-k", "pkcs11:token=any;object=any", "--seed-file", "seed"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_TRUE(ran.says("what a token does can't be repeated")) << ran.err;
    EXPECT_FALSE(work.has("out.bin"));
}

TEST_F(Seed, it_says_in_its_help_what_it_is_for) {
    EXPECT_TRUE(work.outboot({"sign", "--help"}).says("For tests only"));
}

} // namespace outboot::tool
