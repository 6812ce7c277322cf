// Mbed TLS on the services against Mbed TLS as it is: the same program with both (mbedtls/answers.c), on the host.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace outboot::services::test {
namespace {

std::vector<std::string> lines_of(const std::string& program) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(program.c_str(), "r"), pclose);
    std::stringstream text;
    std::array<char, 4096> part{};
    while (const std::size_t size = std::fread(part.data(), 1, part.size(), pipe.get()))
        text.write(part.data(), static_cast<std::streamsize>(size));
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
}

class MbedTlsOnTheHost : public testing::Test {
  protected:
    // How often a line that begins so is there, and what is behind that of the last one.
    struct Found {
        int count = 0;
        std::string answer;
    };
    static Found find(const std::vector<std::string>& lines, const std::string& begin) {
        Found found;
        for (const auto& line : lines)
            if (line.starts_with(begin)) ++found.count, found.answer = line.substr(begin.size());
        return found;
    }

    const std::vector<std::string> as_it_is = lines_of(OUTBOOT_ANSWERS);
    const std::vector<std::string> shared = lines_of(OUTBOOT_SHARED_ANSWERS);
};

TEST_F(MbedTlsOnTheHost, answers_the_same_on_the_services_to_good_and_bad_input) {
    ASSERT_GT(as_it_is.size(), 1000U);
    ASSERT_EQ(as_it_is.size(), shared.size());
    for (std::size_t i = 0; i < shared.size(); ++i) {
        if (shared[i].starts_with("own: ")) continue;
        EXPECT_EQ(as_it_is[i], shared[i]) << "line " << i + 1;
    }
}

// Mbed TLS's HMAC_DRBG for the nonce would blind every signature of one message the same way.
TEST_F(MbedTlsOnTheHost, blinds_deterministic_signatures_on_other_curves_at_random) {
    const Found draws = find(shared, "blinding draws on curve 12: "); // secp256k1
    EXPECT_EQ(draws.count, 10);
    EXPECT_GT(std::stoi(draws.answer), 0);
}

TEST_F(MbedTlsOnTheHost, refuses_aes_192_and_forgets_the_key_before_it) {
    EXPECT_EQ(find(as_it_is, "own: setkey of 192 bits ").answer, "0");
    EXPECT_EQ(find(shared, "own: setkey of 192 bits ").answer, "-114"); // MBEDTLS_ERR_PLATFORM_FEATURE_UNSUPPORTED
    for (const char* bits : {"0", "64", "192", "320", "512"}) {
        const Found encrypted = find(shared, std::string("own: encrypt after a key of ") + bits + " bits ");
        EXPECT_EQ(encrypted.count, 1);
        EXPECT_EQ(encrypted.answer, "-33") << bits; // MBEDTLS_ERR_AES_BAD_INPUT_DATA
    }
}

// Mbed TLS lets them pass. No message is known that has this hash.
TEST_F(MbedTlsOnTheHost, refuses_signatures_of_a_hash_of_zero) {
    EXPECT_EQ(find(as_it_is, "own: verify of a hash of 0 on curve 3: ").answer, "0"); // P-256
    EXPECT_EQ(find(shared, "own: verify of a hash of 0 on curve 3: ").answer, "1");
}

} // namespace
} // namespace outboot::services::test
