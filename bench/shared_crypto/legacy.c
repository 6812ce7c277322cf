/* One function for each primitive, as an application would call Mbed TLS's legacy functions. All answer 0 if good. */
#include <mbedtls/aes.h>
#include <mbedtls/ecdh.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/ecp.h>
#include <mbedtls/sha256.h>

int bench_random(void* state, unsigned char* bytes, size_t size);

int bench_sha256(unsigned char digest[32], const unsigned char* data, size_t size) {
    return mbedtls_sha256(data, size, digest, 0);
}

int bench_aes_ctr(const unsigned char key[16], unsigned char* data, size_t size) {
    mbedtls_aes_context aes;
    unsigned char counter[16] = {0}, stream[16];
    size_t offset = 0;
    mbedtls_aes_init(&aes);
    int error = mbedtls_aes_setkey_enc(&aes, key, 128);
    if (error == 0) error = mbedtls_aes_crypt_ctr(&aes, size, &offset, counter, stream, data, data);
    mbedtls_aes_free(&aes);
    return error;
}

/* `point`: 04 X Y; `signature`: r s. */
int bench_verify(const unsigned char point[65], const unsigned char hash[32], const unsigned char signature[64]) {
    mbedtls_ecp_group group;
    mbedtls_ecp_point key;
    mbedtls_mpi r, s;
    mbedtls_ecp_group_init(&group);
    mbedtls_ecp_point_init(&key);
    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&s);
    int error = mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1);
    if (error == 0) error = mbedtls_ecp_point_read_binary(&group, &key, point, 65);
    if (error == 0) error = mbedtls_mpi_read_binary(&r, signature, 32);
    if (error == 0) error = mbedtls_mpi_read_binary(&s, signature + 32, 32);
    if (error == 0) error = mbedtls_ecdsa_verify(&group, hash, 32, &key, &r, &s);
    mbedtls_mpi_free(&s);
    mbedtls_mpi_free(&r);
    mbedtls_ecp_point_free(&key);
    mbedtls_ecp_group_free(&group);
    return error;
}

int bench_ecdh(unsigned char secret[32], const unsigned char key[32], const unsigned char peer[65]) {
    mbedtls_ecp_group group;
    mbedtls_ecp_point point;
    mbedtls_mpi d, z;
    mbedtls_ecp_group_init(&group);
    mbedtls_ecp_point_init(&point);
    mbedtls_mpi_init(&d);
    mbedtls_mpi_init(&z);
    int error = mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1);
    if (error == 0) error = mbedtls_mpi_read_binary(&d, key, 32);
    if (error == 0) error = mbedtls_ecp_point_read_binary(&group, &point, peer, 65);
    if (error == 0) error = mbedtls_ecdh_compute_shared(&group, &z, &point, &d, bench_random, 0);
    if (error == 0) error = mbedtls_mpi_write_binary(&z, secret, 32);
    mbedtls_mpi_free(&z);
    mbedtls_mpi_free(&d);
    mbedtls_ecp_point_free(&point);
    mbedtls_ecp_group_free(&group);
    return error;
}
