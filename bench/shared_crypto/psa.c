/* The same functions as legacy.c has, through PSA. */
#include <psa/crypto.h>

int bench_random(void* state, unsigned char* bytes, size_t size);

psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t* context, uint8_t* output,
                                             size_t output_size, size_t* output_length) {
    (void) context;
    *output_length = output_size;
    return bench_random(0, output, output_size) == 0 ? PSA_SUCCESS : PSA_ERROR_INSUFFICIENT_ENTROPY;
}

static psa_status_t import(psa_key_type_t type, psa_algorithm_t algorithm, psa_key_usage_t usage, const uint8_t* data,
                           size_t size, psa_key_id_t* id) {
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    const psa_status_t status = psa_crypto_init();
    if (status != PSA_SUCCESS) return status;
    psa_set_key_type(&attributes, type);
    psa_set_key_algorithm(&attributes, algorithm);
    psa_set_key_usage_flags(&attributes, usage);
    return psa_import_key(&attributes, data, size, id);
}

int bench_sha256(unsigned char digest[32], const unsigned char* data, size_t size) {
    size_t length = 0;
    psa_status_t status = psa_crypto_init();
    if (status == PSA_SUCCESS) status = psa_hash_compute(PSA_ALG_SHA_256, data, size, digest, 32, &length);
    return status;
}

int bench_aes_ctr(const unsigned char key[16], unsigned char* data, size_t size) {
    psa_key_id_t id = 0;
    psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
    const uint8_t counter[16] = {0};
    size_t length = 0;
    psa_status_t status = import(PSA_KEY_TYPE_AES, PSA_ALG_CTR, PSA_KEY_USAGE_ENCRYPT, key, 16, &id);
    if (status == PSA_SUCCESS) status = psa_cipher_encrypt_setup(&operation, id, PSA_ALG_CTR);
    if (status == PSA_SUCCESS) status = psa_cipher_set_iv(&operation, counter, sizeof counter);
    if (status == PSA_SUCCESS) status = psa_cipher_update(&operation, data, size, data, size, &length);
    psa_cipher_abort(&operation);
    psa_destroy_key(id);
    return status;
}

int bench_verify(const unsigned char point[65], const unsigned char hash[32], const unsigned char signature[64]) {
    psa_key_id_t id = 0;
    psa_status_t status = import(PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1), PSA_ALG_ECDSA(PSA_ALG_SHA_256),
                                 PSA_KEY_USAGE_VERIFY_HASH, point, 65, &id);
    if (status == PSA_SUCCESS)
        status = psa_verify_hash(id, PSA_ALG_ECDSA(PSA_ALG_SHA_256), hash, 32, signature, 64);
    psa_destroy_key(id);
    return status;
}

int bench_ecdh(unsigned char secret[32], const unsigned char key[32], const unsigned char peer[65]) {
    psa_key_id_t id = 0;
    size_t length = 0;
    psa_status_t status = import(PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), PSA_ALG_ECDH, PSA_KEY_USAGE_DERIVE,
                                 key, 32, &id);
    if (status == PSA_SUCCESS) status = psa_raw_key_agreement(PSA_ALG_ECDH, id, peer, 65, secret, 32, &length);
    psa_destroy_key(id);
    return status;
}
