// Images made by others, good and hostile.
#include <fstream>

#include <nlohmann/json.hpp>
#include <openssl/core_names.h>
#include <openssl/pem.h>

#include "tests/core/verify_fixture.hpp"

namespace outboot::core {
namespace {

const std::string images = OUTBOOT_IMAGES;

Data file(const std::string& name) {
    std::ifstream in(images + "/" + name, std::ios::binary);
    EXPECT_TRUE(in) << name;
    return Data(std::istreambuf_iterator<char>(in), {});
}

KeyPair key_from(const std::string& name) {
    std::FILE* const in = std::fopen((images + "/keys/" + name + ".pem").c_str(), "r");
    EXPECT_NE(in, nullptr);
    EVP_PKEY* const key = PEM_read_PrivateKey(in, nullptr, nullptr, nullptr);
    std::fclose(in);
    BIGNUM* scalar = nullptr;
    EXPECT_EQ(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &scalar), 1);
    Data bytes(32);
    BN_bn2binpad(scalar, bytes.data(), 32);
    BN_free(scalar);
    EVP_PKEY_free(key);
    return KeyPair(bytes);
}

// None of them has our fingerprint, so the controls must get as far as that: authentic, and refused only for it.
class Vectors : public VerifyTest {
  protected:
    Vectors() {
        board.settings.encryption_required = false;
        board.settings.primary.size = board.settings.secondary.size = 0x40000;
        keys = {key_from("sign-ecdsa-p256"), key_from("enc-ec256")};
    }
};

TEST_F(Vectors, get_the_recorded_verdict) {
    const auto vectors = nlohmann::json::parse(std::ifstream(images + "/images-negative.json")).at("vectors");
    // Our choice where the format leaves one: unknown flags, unprotected TLVs that nobody asked for, another order,
    // doubled entries, bytes behind the last entry are all refused.
    std::size_t rejected = 0;
    std::size_t accepted = 0;
    for (const auto& vector : vectors) {
        const auto id = vector.at("id").get<std::string>();
        if (id.starts_with("downgrade-")) continue; // about versions, which this bootloader doesn't compare
        SCOPED_TRACE(id);
        const Checked finding = check(Place::staged, file(vector.at("file").get<std::string>()));
        const auto expected = vector.at("expect").get<std::string>();
        // The other controls are signed or encrypted in ways that this bootloader doesn't know.
        const bool served = id == "enc-ec256-good" || id == "upgrade-ok-rev";
        if (expected == "accept" && served) {
            EXPECT_EQ(finding.reason, Reason::no_fingerprint);
            EXPECT_FALSE(finding.broken());
            ++accepted;
        } else if (expected == "either" && !finding.broken()) {
            const bool padding_of_a_signature = id == "ec256-sig-long1" || id == "ec256-edge-trailing-zero";
            EXPECT_TRUE(padding_of_a_signature || id == "prot-tlv-overrun-resigned"); // its area is well formed
        } else {
            EXPECT_TRUE(finding.broken());
            ++rejected;
        }
    }
    EXPECT_EQ(accepted, 2U);
    EXPECT_GE(rejected, 60U);
}

} // namespace
} // namespace outboot::core
