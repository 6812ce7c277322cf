/* Everything that app/mbedtls replaces, on good and on bad input, with the same random numbers each time. A line whose
   answer may differ from Mbed TLS's own begins with "own:". */
#define MBEDTLS_ALLOW_PRIVATE_ACCESS
#include <mbedtls/aes.h>
#include <mbedtls/ecdh.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/sha256.h>
#include <p256-m.h>
#include <psa/crypto.h>
#include <stdio.h>
#include <string.h>

static uint32_t state = 12345, psa_state = 1;
static int draws; /* from any random source that isn't the nonce's */
static int psa_is_broken;

static uint32_t next_word(uint32_t* from) {
    *from ^= *from << 13;
    *from ^= *from >> 17;
    return *from ^= *from << 5;
}

static void fill(unsigned char* bytes, size_t size) {
    while (size-- != 0) *bytes++ = (unsigned char) next_word(&state);
}

static int seeded(void* seed, unsigned char* bytes, size_t size) {
    ++draws;
    while (size-- != 0) *bytes++ = (unsigned char) next_word(seed);
    return 0;
}

static int failing(void* context, unsigned char* bytes, size_t size) {
    (void) bytes;
    (void) size;
    return *(const int*) context;
}

psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t* context, uint8_t* output,
                                             size_t size, size_t* length) {
    (void) context;
    ++draws;
    if (psa_is_broken) return PSA_ERROR_INSUFFICIENT_ENTROPY;
    for (size_t i = 0; i < size; ++i) output[i] = (unsigned char) next_word(&psa_state);
    *length = size;
    return PSA_SUCCESS;
}

static void say_bytes(const char* what, const unsigned char* bytes, size_t size) {
    printf("%s ", what);
    while (size-- != 0) printf("%02x", *bytes++);
    puts("");
}

static void say_number(const char* what, const mbedtls_mpi* number) {
    unsigned char bytes[40] = {0};
    if (mbedtls_mpi_write_binary(number, bytes, sizeof bytes) != 0) printf("too long: ");
    say_bytes(what, bytes, sizeof bytes);
}

static void counter_mode_in_pieces(int round) {
    unsigned char key[32], in[100], out[100], counter[16], stream[16] = {0}, iv[16];
    fill(key, sizeof key);
    fill(in, sizeof in);
    fill(counter, sizeof counter);
    fill(iv, sizeof iv);
    if (round % 3 == 0) memset(counter + 1, 0xff, 15);
    mbedtls_aes_context aes;
    mbedtls_aes_init(&aes);
    const unsigned bits = round & 1 ? 256 : 128;
    printf("setkey %d\n", mbedtls_aes_setkey_enc(&aes, key, bits));
    const int in_place = round & 2;
    memcpy(out, in, sizeof out);
    size_t offset = 0;
    for (size_t at = 0, piece; at < sizeof in; at += piece) {
        piece = next_word(&state) % 50;
        if (piece > sizeof in - at) piece = sizeof in - at;
        printf("ctr %d, ",
               mbedtls_aes_crypt_ctr(&aes, piece, &offset, counter, stream, (in_place ? out : in) + at, out + at));
        printf("offset %zu\n", offset);
        if (offset != 0) say_bytes("stream", stream + offset, sizeof stream - offset);
    }
    say_bytes("ctr", out, sizeof out);
    say_bytes("counter", counter, sizeof counter);
    offset = 16;
    printf("ctr from 16: %d\n", mbedtls_aes_crypt_ctr(&aes, 3, &offset, counter, stream, in, out));
    printf("setkey_dec %d\n", mbedtls_aes_setkey_dec(&aes, key, bits));
    printf("cbc %d\n", mbedtls_aes_crypt_cbc(&aes, MBEDTLS_AES_DECRYPT, 96, iv, in, out));
    say_bytes("cbc", out, 96);
    mbedtls_aes_free(&aes);
    mbedtls_aes_xts_context xts;
    mbedtls_aes_xts_init(&xts);
    unsigned char long_key[64];
    fill(long_key, sizeof long_key);
    printf("xts %d\n", mbedtls_aes_xts_setkey_dec(&xts, long_key, 2 * bits));
    printf("xts %d\n", mbedtls_aes_crypt_xts(&xts, MBEDTLS_AES_DECRYPT, 77, iv, in, out));
    say_bytes("xts", out, 77);
    mbedtls_aes_xts_free(&xts);
}

static void refused_keys(void) {
    unsigned char key[64] = {1}, block[16] = {0};
    mbedtls_aes_context aes;
    mbedtls_aes_init(&aes);
    for (unsigned bits = 0; bits <= 512; bits += 64) {
        if (bits == 128 || bits == 256) continue;
        mbedtls_aes_setkey_enc(&aes, key, 128);
        const int status = mbedtls_aes_setkey_enc(&aes, key, bits);
        printf("%ssetkey of %u bits %d\n", bits == 192 ? "own: " : "", bits, status);
        printf("own: encrypt after a key of %u bits %d\n", bits,
               mbedtls_aes_crypt_ecb(&aes, MBEDTLS_AES_ENCRYPT, block, block));
    }
    mbedtls_aes_free(&aes);
}

static void hashes(int round) {
    unsigned char message[100], digest[33];
    fill(message, sizeof message);
    memset(digest, 0xee, sizeof digest);
    mbedtls_sha256_context hash, copy;
    mbedtls_sha256_init(&hash);
    mbedtls_sha256_init(&copy);
    printf("sha starts %d, %d\n", mbedtls_sha256_starts(&hash, 2) != 0, mbedtls_sha256_starts(&hash, round & 1));
    mbedtls_sha256_update(&hash, message, next_word(&state) % 100);
    mbedtls_sha256_update(&hash, NULL, 0);
    mbedtls_sha256_clone(&copy, &hash);
    mbedtls_sha256_update(&hash, message, sizeof message);
    printf("sha %d\n", mbedtls_sha256_finish(&hash, digest));
    say_bytes("sha", digest, sizeof digest);
    printf("sha %d\n", mbedtls_sha256_finish(&copy, digest));
    say_bytes("sha", digest, sizeof digest);
    mbedtls_sha256_free(&hash);
    mbedtls_sha256_free(&copy);
}

/* What is refused in other words is refused all the same. */
static int refused(int status) {
    return status != 0;
}

struct Numbers {
    mbedtls_ecp_group group;
    mbedtls_mpi d, r, s, z, e;
    mbedtls_ecp_point Q, P;
    unsigned char hash[70];
    size_t hash_size;
    uint32_t seed;
};

static void bad_signatures(struct Numbers* n) {
    mbedtls_ecp_group* const group = &n->group;
#define VERIFY(r, s) refused(mbedtls_ecdsa_verify(group, n->hash, n->hash_size, &n->Q, r, s))
    mbedtls_mpi_add_int(&n->z, &n->s, 1);
    printf("verify s+1 %d\n", VERIFY(&n->r, &n->z));
    mbedtls_mpi_add_mpi(&n->z, &n->s, &group->N);
    printf("verify s+n %d\n", VERIFY(&n->r, &n->z));
    mbedtls_mpi_add_mpi(&n->z, &n->r, &group->N);
    printf("verify r+n %d\n", VERIFY(&n->z, &n->s));
    for (int number = 0; number >= -5; number -= 5) {
        mbedtls_mpi_lset(&n->z, number);
        printf("verify %d: %d %d %d\n", number, VERIFY(&n->z, &n->s), VERIFY(&n->r, &n->z), VERIFY(&n->z, &n->z));
    }
#undef VERIFY
}

static void bad_points(struct Numbers* n) {
#define REFUSE(what)                                                                                                   \
    printf("%s: %d %d\n", what,                                                                                        \
           refused(mbedtls_ecdh_compute_shared(&n->group, &n->z, &n->P, &n->d, seeded, &n->seed)),                     \
           refused(mbedtls_ecdsa_verify(&n->group, n->hash, n->hash_size, &n->P, &n->r, &n->s)))
    mbedtls_mpi_add_int(&n->P.Y, &n->P.Y, 1);
    REFUSE("off the curve");
    mbedtls_mpi_sub_int(&n->P.Y, &n->P.Y, 1);
    mbedtls_mpi_add_mpi(&n->P.X, &n->P.X, &n->group.P);
    REFUSE("x + p");
    mbedtls_ecp_set_zero(&n->P);
    REFUSE("infinity");
#undef REFUSE
}

static void bad_private_keys(struct Numbers* n) {
    for (int which = 0; which < 3; ++which) {
        mbedtls_mpi_lset(&n->e, which == 1 ? -3 : 0);
        if (which == 2) mbedtls_mpi_copy(&n->e, &n->group.N);
        const int ecdh = mbedtls_ecdh_compute_shared(&n->group, &n->z, &n->Q, &n->e, seeded, &n->seed);
        const int sign = mbedtls_ecdsa_sign(&n->group, &n->r, &n->s, &n->e, n->hash, n->hash_size, seeded, &n->seed);
        printf("private key %s: %d %d\n", which == 0 ? "0" : which == 1 ? "-3" : "n", refused(ecdh), refused(sign));
    }
}

static void bad_random_sources(struct Numbers* n) {
    for (int status = -7; status <= 7; status += 14) {
        printf("random source %d: %d", status,
               refused(mbedtls_ecdsa_sign(&n->group, &n->r, &n->s, &n->d, n->hash, n->hash_size, failing, &status)));
        printf(" %d\n", refused(mbedtls_ecdh_gen_public(&n->group, &n->e, &n->P, failing, &status)));
    }
}

static void contexts(struct Numbers* n, mbedtls_ecp_group_id curve) {
    mbedtls_ecdsa_context pair;
    unsigned char der[150];
    size_t size = 0;
    mbedtls_ecdsa_init(&pair);
    printf("genkey %d\n", mbedtls_ecdsa_genkey(&pair, curve, seeded, &n->seed));
    say_number("d", &pair.d);
    printf("write %d\n", mbedtls_ecdsa_write_signature(&pair, MBEDTLS_MD_SHA256, n->hash, n->hash_size, der, sizeof der,
                                                       &size, seeded, &n->seed));
    say_bytes("der", der, size);
    printf("read %d\n", mbedtls_ecdsa_read_signature(&pair, n->hash, n->hash_size, der, size));
    mbedtls_ecdsa_free(&pair);
}

static void curve(mbedtls_ecp_group_id id, int round) {
    struct Numbers n;
    mbedtls_ecp_group_init(&n.group);
    mbedtls_ecp_group_load(&n.group, id);
    mbedtls_mpi* const all[] = {&n.d, &n.r, &n.s, &n.z, &n.e};
    for (size_t i = 0; i < 5; ++i) mbedtls_mpi_init(all[i]);
    mbedtls_ecp_point_init(&n.Q);
    mbedtls_ecp_point_init(&n.P);
    n.seed = (uint32_t) round + 99;
    fill(n.hash, sizeof n.hash);
    n.hash_size = (size_t) (1 + 7 * round) % 70; /* shorter and longer than the curve's numbers */
    if (round == 5) memset(n.hash, 0xff, sizeof n.hash);

    printf("gen_public %d\n", mbedtls_ecdh_gen_public(&n.group, &n.d, &n.Q, seeded, &n.seed));
    say_number("d", &n.d);
    say_number("x", &n.Q.X);
    say_number("y", &n.Q.Y);
    say_number("z", &n.Q.Z);
    n.seed = (uint32_t) round + 7;
    printf("sign %d\n", mbedtls_ecdsa_sign(&n.group, &n.r, &n.s, &n.d, n.hash, n.hash_size, seeded, &n.seed));
    say_number("r", &n.r);
    say_number("s", &n.s);
    printf("verify %d\n", mbedtls_ecdsa_verify(&n.group, n.hash, n.hash_size, &n.Q, &n.r, &n.s));
    bad_signatures(&n);

    draws = 0;
    printf("deterministic %d\n", mbedtls_ecdsa_sign_det_ext(&n.group, &n.r, &n.s, &n.d, n.hash, n.hash_size,
                                                            MBEDTLS_MD_SHA256, seeded, &n.seed));
    printf("%sblinding draws on curve %d: %d\n", id == MBEDTLS_ECP_DP_SECP256R1 ? "own: " : "", (int) id, draws);
    say_number("r", &n.r);
    say_number("s", &n.s);

    n.seed = (uint32_t) round + 1000;
    mbedtls_ecdh_gen_public(&n.group, &n.e, &n.P, seeded, &n.seed);
    printf("ecdh %d\n", mbedtls_ecdh_compute_shared(&n.group, &n.z, &n.P, &n.d, seeded, &n.seed));
    say_number("z", &n.z);
    bad_points(&n);
    bad_private_keys(&n);
    bad_random_sources(&n);
    n.seed = (uint32_t) round + 2000;
    contexts(&n, id);

    unsigned char zeros[32] = {0};
    n.seed = 5;
    mbedtls_ecdsa_sign(&n.group, &n.r, &n.s, &n.d, zeros, sizeof zeros, seeded, &n.seed);
    printf("%sverify of a hash of 0 on curve %d: %d\n", id == MBEDTLS_ECP_DP_SECP256R1 ? "own: " : "", (int) id,
           refused(mbedtls_ecdsa_verify(&n.group, zeros, sizeof zeros, &n.Q, &n.r, &n.s)));

    for (size_t i = 0; i < 5; ++i) mbedtls_mpi_free(all[i]);
    mbedtls_ecp_point_free(&n.Q);
    mbedtls_ecp_point_free(&n.P);
    mbedtls_ecp_group_free(&n.group);
}

static const uint8_t order[32] = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
                                  0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
                                  0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};

static void private_keys_of_the_driver(void) {
    uint8_t key[32];
    for (int difference = -1; difference <= 1; ++difference) {
        memcpy(key, order, sizeof key);
        key[31] = (uint8_t) (key[31] + difference);
        printf("n%+d %d\n", difference, p256_validate_privkey(key));
    }
    memset(key, 0, sizeof key);
    printf("0 %d\n", p256_validate_privkey(key));
    key[31] = 1;
    printf("1 %d\n", p256_validate_privkey(key));
    for (int i = 0; i < 500; ++i) {
        memcpy(key, order, sizeof key);
        key[next_word(&state) % 32] = (uint8_t) next_word(&state);
        printf("%d", p256_validate_privkey(key));
    }
    puts("");
}

static void driver(int round) {
    uint8_t key[32], point[64], again[64], signature[64], hash[80], peer_key[32], peer[64], secret[32], zeros[32] = {0};
    fill(hash, sizeof hash);
    const size_t size = (size_t) (1 + 7 * round);
    psa_state = (uint32_t) round + 77;
    printf("gen_keypair %d\n", p256_gen_keypair(key, point));
    printf("public_from_private %d\n", p256_public_from_private(again, key));
    say_bytes("point", again, sizeof again);
    printf("sign %d\n", p256_ecdsa_sign(signature, key, hash, size));
    say_bytes("signature", signature, sizeof signature);
    printf("verify %d\n", p256_ecdsa_verify(signature, point, hash, size));
    signature[round] ^= 1;
    printf("verify, wrong %d\n", p256_ecdsa_verify(signature, point, hash, size));
    p256_gen_keypair(peer_key, peer);
    printf("ecdh %d\n", p256_ecdh_shared_secret(secret, key, peer));
    say_bytes("secret", secret, sizeof secret);
    peer[5] ^= 1;
    printf("off the curve: %d %d\n", p256_validate_pubkey(peer), refused(p256_ecdh_shared_secret(secret, key, peer)));
    memset(peer, round & 1 ? 0xff : 0, sizeof peer);
    printf("no point: %d %d\n", p256_validate_pubkey(peer), refused(p256_ecdh_shared_secret(secret, key, peer)));
    printf("key 0: %d %d %d\n", refused(p256_public_from_private(again, zeros)),
           refused(p256_ecdsa_sign(signature, zeros, hash, size)),
           refused(p256_ecdh_shared_secret(secret, zeros, point)));
    psa_is_broken = 1;
    printf("no random number to sign with %d\n", p256_ecdsa_sign(signature, key, hash, size));
    printf("no random number for a key %d\n", p256_gen_keypair(key, point));
    psa_is_broken = 0;
}

int main(void) {
    printf("psa %d\n", (int) psa_crypto_init());
    for (int round = 0; round < 60; ++round) counter_mode_in_pieces(round);
    refused_keys();
    for (int round = 0; round < 30; ++round) hashes(round);
    for (int round = 0; round < 10; ++round) {
        curve(MBEDTLS_ECP_DP_SECP256R1, round);
        curve(MBEDTLS_ECP_DP_SECP256K1, round);
    }
    private_keys_of_the_driver();
    for (int round = 0; round < 10; ++round) driver(round);
    return 0;
}
