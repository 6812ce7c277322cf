#include "examples/ra6m4/app/crypto/demonstration.hpp"

#include <cstring>
#include <string_view>

#include <mbedtls/aes.h>
#include <mbedtls/bignum.h>
#include <mbedtls/ecdh.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/ecp.h>
#include <mbedtls/gcm.h>
#include <mbedtls/hkdf.h>
#include <mbedtls/hmac_drbg.h>
#include <mbedtls/sha256.h>
#include <psa/crypto.h>

#include "examples/ra6m4/app/crypto/platform.hpp"
#include "examples/ra6m4/app/uart.hpp"
#include "ports/ra6m4/watchdog.hpp"
#if APP_SHARES_CRYPTO
#include "app/outboot_crypto.h"
#endif

namespace example::crypto {

namespace {

using uart::print;

template <std::size_t size>
using Bytes = unsigned char[size];

template <std::size_t size>
bool same(const Bytes<size>& a, const Bytes<size>& b) {
    return std::memcmp(a, b, size) == 0;
}

class Report {
  public:
    void tell(std::string_view what, int error) {
        ++count_;
        if (error != 0) ++failed_;
        print("crypto: ");
        print(what);
        if (error == 0) return print(": ok\n");
        print(": failed, -0x");
        uart::print_hex(static_cast<std::uint32_t>(error < 0 ? -error : error), 4);
        print("\n");
    }

    // Each is called with the watchdog fed.
    void run(std::string_view what, int (*action)()) {
        outboot::ra6m4::watchdogs.feed();
        tell(what, action());
    }

    void end() const {
        print("crypto: ");
        uart::print_number(count_ - failed_);
        print(" of ");
        uart::print_number(count_);
        print(" passed\n");
    }

  private:
    std::uint32_t count_ = 0, failed_ = 0;
};

constexpr int wrong_result = 1;

int as_error(bool good) {
    return good ? 0 : wrong_result;
}

// RFC 6979, A.2.5: a key on P-256, and its deterministic signature of "sample" with SHA-256.
constexpr Bytes<32> key = {0xC9, 0xAF, 0xA9, 0xD8, 0x45, 0xBA, 0x75, 0x16, 0x6B, 0x5C, 0x21,
                           0x57, 0x67, 0xB1, 0xD6, 0x93, 0x4E, 0x50, 0xC3, 0xDB, 0x36, 0xE8,
                           0x9B, 0x12, 0x7B, 0x8A, 0x62, 0x2B, 0x12, 0x0F, 0x67, 0x21};
constexpr Bytes<65> point = {0x04, 0x60, 0xFE, 0xD4, 0xBA, 0x25, 0x5A, 0x9D, 0x31, 0xC9, 0x61, 0xEB, 0x74,
                             0xC6, 0x35, 0x6D, 0x68, 0xC0, 0x49, 0xB8, 0x92, 0x3B, 0x61, 0xFA, 0x6C, 0xE6,
                             0x69, 0x62, 0x2E, 0x60, 0xF2, 0x9F, 0xB6, 0x79, 0x03, 0xFE, 0x10, 0x08, 0xB8,
                             0xBC, 0x99, 0xA4, 0x1A, 0xE9, 0xE9, 0x56, 0x28, 0xBC, 0x64, 0xF2, 0xF1, 0xB2,
                             0x0C, 0x2D, 0x7E, 0x9F, 0x51, 0x77, 0xA3, 0xC2, 0x94, 0xD4, 0x46, 0x22, 0x99};
constexpr Bytes<64> signature = {0xEF, 0xD4, 0x8B, 0x2A, 0xAC, 0xB6, 0xA8, 0xFD, 0x11, 0x40, 0xDD, 0x9C, 0xD4,
                                 0x5E, 0x81, 0xD6, 0x9D, 0x2C, 0x87, 0x7B, 0x56, 0xAA, 0xF9, 0x91, 0xC3, 0x4D,
                                 0x0E, 0xA8, 0x4E, 0xAF, 0x37, 0x16, 0xF7, 0xCB, 0x1C, 0x94, 0x2D, 0x65, 0x7C,
                                 0x41, 0xD4, 0x36, 0xC7, 0xA1, 0xB6, 0xE2, 0x9F, 0x65, 0xF3, 0xE9, 0x00, 0xDB,
                                 0xB9, 0xAF, 0xF4, 0x06, 0x4D, 0xC4, 0xAB, 0x2F, 0x84, 0x3A, 0xCD, 0xA8};
constexpr Bytes<6> message = {'s', 'a', 'm', 'p', 'l', 'e'};

// NIST SP 800-38A, F.5.1: AES-128 in counter mode, the first two blocks.
constexpr Bytes<16> aes_key = {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
                               0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c};
constexpr Bytes<16> counter = {0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7,
                               0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff};
constexpr Bytes<32> clear = {0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9, 0x3d, 0x7e,
                             0x11, 0x73, 0x93, 0x17, 0x2a, 0xae, 0x2d, 0x8a, 0x57, 0x1e, 0x03,
                             0xac, 0x9c, 0x9e, 0xb7, 0x6f, 0xac, 0x45, 0xaf, 0x8e, 0x51};
constexpr Bytes<32> ciphertext = {0x87, 0x4d, 0x61, 0x91, 0xb6, 0x20, 0xe3, 0x26, 0x1b, 0xef, 0x68,
                                  0x64, 0x99, 0x0d, 0xb6, 0xce, 0x98, 0x06, 0xf6, 0x6b, 0x79, 0x70,
                                  0xfd, 0xff, 0x86, 0x17, 0x18, 0x7b, 0xb9, 0xff, 0xfd, 0xff};

// FIPS 180-2: SHA-256 of "abc".
constexpr Bytes<32> digest_of_abc = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
                                     0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
                                     0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};

// A number that frees itself.
struct Number : mbedtls_mpi {
    Number() { mbedtls_mpi_init(this); }
    ~Number() { mbedtls_mpi_free(this); }
    Number(const Number&) = delete;
    Number& operator=(const Number&) = delete;
};

struct Context : mbedtls_ecdsa_context {
    Context() { mbedtls_ecdsa_init(this); }
    ~Context() { mbedtls_ecdsa_free(this); }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    // The key above.
    int load() {
        const int error = mbedtls_ecp_read_key(MBEDTLS_ECP_DP_SECP256R1, this, key, sizeof key);
        if (error != 0) return error;
        return mbedtls_ecp_point_read_binary(&MBEDTLS_PRIVATE(grp), &MBEDTLS_PRIVATE(Q), point, sizeof point);
    }
};

int hash_message(Bytes<32>& digest) {
    return mbedtls_sha256(message, sizeof message, digest, 0);
}

// --- Mbed TLS's own self-tests

int sha256_self_test() {
    return mbedtls_sha256_self_test(0);
}
int sha224_self_test() {
    return mbedtls_sha224_self_test(0);
}
int aes_self_test() {
    return mbedtls_aes_self_test(0);
}
int gcm_self_test() {
    return mbedtls_gcm_self_test(0);
}
int hmac_drbg_self_test() {
    return mbedtls_hmac_drbg_self_test(0);
}
int mpi_self_test() {
    return mbedtls_mpi_self_test(0);
}
int ecp_self_test() {
    return mbedtls_ecp_self_test(0);
}

// --- The legacy functions

int verify() {
    Context context;
    Number r, s;
    Bytes<32> digest;
    int error = context.load();
    if (error == 0) error = hash_message(digest);
    if (error == 0) error = mbedtls_mpi_read_binary(&r, signature, 32);
    if (error == 0) error = mbedtls_mpi_read_binary(&s, signature + 32, 32);
    if (error != 0) return error;
    auto& group = context.MBEDTLS_PRIVATE(grp);
    const auto& q = context.MBEDTLS_PRIVATE(Q);
    error = mbedtls_ecdsa_verify(&group, digest, sizeof digest, &q, &r, &s);
    if (error != 0) return error;
    digest[31] ^= 1;
    return as_error(mbedtls_ecdsa_verify(&group, digest, sizeof digest, &q, &r, &s) == MBEDTLS_ERR_ECP_VERIFY_FAILED);
}

int sign_deterministically() {
    Context context;
    Number r, s;
    Bytes<32> digest;
    Bytes<64> made;
    int error = context.load();
    if (error == 0) error = hash_message(digest);
    if (error == 0)
        error = mbedtls_ecdsa_sign_det_ext(&context.MBEDTLS_PRIVATE(grp), &r, &s, &context.MBEDTLS_PRIVATE(d), digest,
                                           sizeof digest, MBEDTLS_MD_SHA256, draw, nullptr);
    if (error == 0) error = mbedtls_mpi_write_binary(&r, made, 32);
    if (error == 0) error = mbedtls_mpi_write_binary(&s, made + 32, 32);
    return error != 0 ? error : as_error(same(made, signature));
}

// Two parties agree, on a curve of the bootloader's or of Mbed TLS's own.
int agree(mbedtls_ecp_group_id curve) {
    mbedtls_ecp_group group;
    mbedtls_ecp_point theirs, ours;
    Number their_key, our_key, their_secret, our_secret;
    mbedtls_ecp_group_init(&group);
    mbedtls_ecp_point_init(&theirs);
    mbedtls_ecp_point_init(&ours);
    int error = mbedtls_ecp_group_load(&group, curve);
    if (error == 0) error = mbedtls_ecdh_gen_public(&group, &our_key, &ours, draw, nullptr);
    if (error == 0) error = mbedtls_ecdh_gen_public(&group, &their_key, &theirs, draw, nullptr);
    if (error == 0) error = mbedtls_ecdh_compute_shared(&group, &our_secret, &theirs, &our_key, draw, nullptr);
    if (error == 0) error = mbedtls_ecdh_compute_shared(&group, &their_secret, &ours, &their_key, draw, nullptr);
    if (error == 0) error = as_error(mbedtls_mpi_cmp_mpi(&our_secret, &their_secret) == 0);
    mbedtls_ecp_point_free(&ours);
    mbedtls_ecp_point_free(&theirs);
    mbedtls_ecp_group_free(&group);
    return error;
}

int ecdh_p256() {
    return agree(MBEDTLS_ECP_DP_SECP256R1);
}
int ecdh_x25519() {
    return agree(MBEDTLS_ECP_DP_CURVE25519);
}

int sign_and_verify(mbedtls_ecp_group_id curve) {
    Context context;
    Bytes<32> digest;
    unsigned char der[MBEDTLS_ECDSA_MAX_LEN];
    std::size_t size = 0;
    int error = mbedtls_ecdsa_genkey(&context, curve, draw, nullptr);
    if (error == 0) error = hash_message(digest);
    if (error == 0)
        error = mbedtls_ecdsa_write_signature(&context, MBEDTLS_MD_SHA256, digest, sizeof digest, der, sizeof der,
                                              &size, draw, nullptr);
    if (error == 0) error = mbedtls_ecdsa_read_signature(&context, digest, sizeof digest, der, size);
    if (error != 0) return error;
    digest[0] ^= 0x80;
    return as_error(mbedtls_ecdsa_read_signature(&context, digest, sizeof digest, der, size) ==
                    MBEDTLS_ERR_ECP_VERIFY_FAILED);
}

int ecdsa_p256() {
    return sign_and_verify(MBEDTLS_ECP_DP_SECP256R1);
}
int ecdsa_secp256k1() {
    return sign_and_verify(MBEDTLS_ECP_DP_SECP256K1);
}

// In pieces that end anywhere.
int counter_mode() {
    mbedtls_aes_context aes;
    mbedtls_aes_init(&aes);
    int error = mbedtls_aes_setkey_enc(&aes, aes_key, 128);
    for (std::size_t piece = 1; error == 0 && piece <= sizeof clear; ++piece) {
        Bytes<16> at, stream;
        Bytes<32> out;
        std::size_t offset = 0;
        std::memcpy(at, counter, sizeof at);
        for (std::size_t done = 0; error == 0 && done < sizeof clear; done += piece) {
            const std::size_t now = sizeof clear - done < piece ? sizeof clear - done : piece;
            error = mbedtls_aes_crypt_ctr(&aes, now, &offset, at, stream, clear + done, out + done);
        }
        if (error == 0) error = as_error(same(out, ciphertext));
    }
    mbedtls_aes_free(&aes);
    return error;
}

// RFC 5869, A.1
int hkdf() {
    constexpr Bytes<42> expected = {0x3c, 0xb2, 0x5f, 0x25, 0xfa, 0xac, 0xd5, 0x7a, 0x90, 0x43, 0x4f, 0x64, 0xd0, 0x36,
                                    0x2f, 0x2a, 0x2d, 0x2d, 0x0a, 0x90, 0xcf, 0x1a, 0x5a, 0x4c, 0x5d, 0xb0, 0x2d, 0x56,
                                    0xec, 0xc4, 0xc5, 0xbf, 0x34, 0x00, 0x72, 0x08, 0xd5, 0xb8, 0x87, 0x18, 0x58, 0x65};
    Bytes<22> input;
    Bytes<13> salt;
    Bytes<10> info;
    Bytes<42> out;
    std::memset(input, 0x0b, sizeof input);
    for (std::size_t i = 0; i < sizeof salt; ++i) salt[i] = static_cast<unsigned char>(i);
    for (std::size_t i = 0; i < sizeof info; ++i) info[i] = static_cast<unsigned char>(0xf0 + i);
    const int error = mbedtls_hkdf(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), salt, sizeof salt, input, sizeof input,
                                   info, sizeof info, out, sizeof out);
    return error != 0 ? error : as_error(same(out, expected));
}

// --- PSA

int psa_hash() {
    Bytes<32> digest;
    std::size_t size = 0;
    const Bytes<3> abc = {'a', 'b', 'c'};
    const psa_status_t status = psa_hash_compute(PSA_ALG_SHA_256, abc, sizeof abc, digest, sizeof digest, &size);
    return status != PSA_SUCCESS ? status : as_error(same(digest, digest_of_abc));
}

psa_status_t import(psa_key_type_t type, psa_algorithm_t algorithm, psa_key_usage_t usage, const unsigned char* data,
                    std::size_t size, psa_key_id_t& id) {
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, type);
    psa_set_key_algorithm(&attributes, algorithm);
    psa_set_key_usage_flags(&attributes, usage);
    return psa_import_key(&attributes, data, size, &id);
}

int psa_counter_mode() {
    psa_key_id_t id = 0;
    psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
    Bytes<32> out;
    std::size_t first = 0, second = 0, last = 0;
    psa_status_t status = import(PSA_KEY_TYPE_AES, PSA_ALG_CTR, PSA_KEY_USAGE_ENCRYPT, aes_key, sizeof aes_key, id);
    if (status == PSA_SUCCESS) status = psa_cipher_encrypt_setup(&operation, id, PSA_ALG_CTR);
    if (status == PSA_SUCCESS) status = psa_cipher_set_iv(&operation, counter, sizeof counter);
    if (status == PSA_SUCCESS) status = psa_cipher_update(&operation, clear, 13, out, sizeof out, &first);
    if (status == PSA_SUCCESS)
        status = psa_cipher_update(&operation, clear + 13, 19, out + first, sizeof out - first, &second);
    if (status == PSA_SUCCESS) status = psa_cipher_finish(&operation, out + first + second, 0, &last);
    psa_cipher_abort(&operation);
    psa_destroy_key(id);
    return status != PSA_SUCCESS ? status : as_error(first + second == sizeof out && same(out, ciphertext));
}

int psa_authenticated() {
    psa_key_id_t id = 0;
    const psa_key_usage_t usage = PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT;
    Bytes<48> sealed;
    Bytes<32> opened;
    std::size_t size = 0, back = 0;
    psa_status_t status = import(PSA_KEY_TYPE_AES, PSA_ALG_GCM, usage, aes_key, sizeof aes_key, id);
    if (status == PSA_SUCCESS)
        status = psa_aead_encrypt(id, PSA_ALG_GCM, counter, 12, message, sizeof message, clear, sizeof clear, sealed,
                                  sizeof sealed, &size);
    if (status == PSA_SUCCESS)
        status = psa_aead_decrypt(id, PSA_ALG_GCM, counter, 12, message, sizeof message, sealed, size, opened,
                                  sizeof opened, &back);
    if (status == PSA_SUCCESS && !same(opened, clear)) status = wrong_result;
    sealed[3] ^= 1;
    if (status == PSA_SUCCESS)
        status = as_error(psa_aead_decrypt(id, PSA_ALG_GCM, counter, 12, message, sizeof message, sealed, size, opened,
                                           sizeof opened, &back) == PSA_ERROR_INVALID_SIGNATURE);
    psa_destroy_key(id);
    return status;
}

constexpr psa_algorithm_t ecdsa = PSA_ALG_ECDSA(PSA_ALG_SHA_256);

int psa_verify() {
    psa_key_id_t id = 0;
    Bytes<64> changed;
    std::memcpy(changed, signature, sizeof changed);
    changed[63] ^= 1;
    psa_status_t status = import(PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1), ecdsa,
                                 PSA_KEY_USAGE_VERIFY_MESSAGE, point, sizeof point, id);
    if (status == PSA_SUCCESS)
        status = psa_verify_message(id, ecdsa, message, sizeof message, signature, sizeof signature);
    if (status == PSA_SUCCESS)
        status = as_error(psa_verify_message(id, ecdsa, message, sizeof message, changed, sizeof changed) ==
                          PSA_ERROR_INVALID_SIGNATURE);
    psa_destroy_key(id);
    return status;
}

psa_status_t generate(psa_algorithm_t algorithm, psa_key_usage_t usage, psa_key_id_t& id) {
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    psa_set_key_algorithm(&attributes, algorithm);
    psa_set_key_usage_flags(&attributes, usage);
    return psa_generate_key(&attributes, &id);
}

int psa_sign() {
    psa_key_id_t id = 0;
    Bytes<64> made;
    std::size_t size = 0;
    psa_status_t status = generate(ecdsa, PSA_KEY_USAGE_SIGN_MESSAGE | PSA_KEY_USAGE_VERIFY_MESSAGE, id);
    if (status == PSA_SUCCESS) status = psa_sign_message(id, ecdsa, message, sizeof message, made, sizeof made, &size);
    if (status == PSA_SUCCESS) status = psa_verify_message(id, ecdsa, message, sizeof message, made, size);
    psa_destroy_key(id);
    return status;
}

int psa_agree() {
    psa_key_id_t ours = 0, theirs = 0;
    Bytes<65> our_point, their_point;
    Bytes<32> our_secret, their_secret;
    std::size_t size = 0;
    psa_status_t status = generate(PSA_ALG_ECDH, PSA_KEY_USAGE_DERIVE, ours);
    if (status == PSA_SUCCESS) status = generate(PSA_ALG_ECDH, PSA_KEY_USAGE_DERIVE, theirs);
    if (status == PSA_SUCCESS) status = psa_export_public_key(ours, our_point, sizeof our_point, &size);
    if (status == PSA_SUCCESS) status = psa_export_public_key(theirs, their_point, sizeof their_point, &size);
    if (status == PSA_SUCCESS)
        status = psa_raw_key_agreement(PSA_ALG_ECDH, ours, their_point, sizeof their_point, our_secret,
                                       sizeof our_secret, &size);
    if (status == PSA_SUCCESS)
        status = psa_raw_key_agreement(PSA_ALG_ECDH, theirs, our_point, sizeof our_point, their_secret,
                                       sizeof their_secret, &size);
    if (status == PSA_SUCCESS && !same(our_secret, their_secret)) status = wrong_result;
    our_point[64] ^= 1; // no point of the curve
    if (status == PSA_SUCCESS)
        status = as_error(psa_raw_key_agreement(PSA_ALG_ECDH, theirs, our_point, sizeof our_point, their_secret,
                                                sizeof their_secret, &size) == PSA_ERROR_INVALID_ARGUMENT);
    psa_destroy_key(ours);
    psa_destroy_key(theirs);
    return status;
}

// RFC 4231, case 2
int psa_hmac() {
    constexpr Bytes<4> jefe = {'J', 'e', 'f', 'e'};
    constexpr char text[] = "what do ya want for nothing?";
    constexpr Bytes<32> expected = {0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04, 0x24,
                                    0x26, 0x08, 0x95, 0x75, 0xc7, 0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27,
                                    0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43};
    psa_key_id_t id = 0;
    Bytes<32> tag;
    std::size_t size = 0;
    const psa_algorithm_t algorithm = PSA_ALG_HMAC(PSA_ALG_SHA_256);
    psa_status_t status = import(PSA_KEY_TYPE_HMAC, algorithm, PSA_KEY_USAGE_SIGN_MESSAGE, jefe, sizeof jefe, id);
    if (status == PSA_SUCCESS)
        status = psa_mac_compute(id, algorithm, reinterpret_cast<const unsigned char*>(text), sizeof text - 1, tag,
                                 sizeof tag, &size);
    psa_destroy_key(id);
    return status != PSA_SUCCESS ? status : as_error(same(tag, expected));
}

int begin_psa() {
    return psa_crypto_init();
}

struct Step {
    std::string_view name;
    int (*action)();
};

constexpr Step steps[] = {
    {"self-test SHA-224", sha224_self_test},
    {"self-test SHA-256", sha256_self_test},
    {"self-test AES", aes_self_test},
    {"self-test GCM", gcm_self_test},
    {"self-test HMAC-DRBG", hmac_drbg_self_test},
    {"self-test MPI", mpi_self_test},
    {"self-test ECP", ecp_self_test},
    {"ECDSA P-256, verify", verify},
    {"ECDSA P-256, RFC 6979", sign_deterministically},
    {"ECDSA P-256, new key", ecdsa_p256},
    {"ECDSA secp256k1, Mbed TLS's own", ecdsa_secp256k1},
    {"ECDH P-256", ecdh_p256},
    {"ECDH Curve25519, Mbed TLS's own", ecdh_x25519},
    {"AES-128-CTR", counter_mode},
    {"HKDF", hkdf},
    {"PSA", begin_psa},
    {"PSA SHA-256", psa_hash},
    {"PSA HMAC", psa_hmac},
    {"PSA AES-128-CTR", psa_counter_mode},
    {"PSA AES-128-GCM", psa_authenticated},
    {"PSA ECDSA, verify", psa_verify},
    {"PSA ECDSA, new key", psa_sign},
    {"PSA ECDH", psa_agree},
};

} // namespace

void demonstrate() {
    Report report;
#if APP_SHARES_CRYPTO
    report.tell("the bootloader's table", outboot_crypto_open());
#else
    print("crypto: Mbed TLS's own\n");
#endif
    report.run("random source", begin_platform);
    for (const Step& step : steps) report.run(step.name, step.action);
    report.end();
}

const Part part{
    .begin = [] {},
    .obey =
        [](std::string_view line) {
            if (line != "crypto") return false;
            demonstrate();
            return true;
        },
    .commands = "crypto",
};

} // namespace example::crypto
