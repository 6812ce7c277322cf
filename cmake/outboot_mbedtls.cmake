# Mbed TLS 3.6 on the bootloader's cryptography, without a change to Mbed TLS.
#
#     target_link_libraries(mbedcrypto PUBLIC <layout target> outboot::mbedtls_shared)
#     target_link_libraries(<application> PRIVATE mbedcrypto outboot::crypto_client)
#
# The first line is for the static library that Mbed TLS's crypto sources are compiled into, by Mbed TLS's own build or by
# yours: it gets the sources in app/mbedtls, and everybody who uses it the same configuration and contexts. What is shared
# follows from the configuration and from what the layout offers (app/mbedtls/outboot_mbedtls_config.h). A configuration
# that has a user file of its own includes that one at its end, and OUTBOOT_MBEDTLS_USER_CONFIG=OFF is set.
include_guard(GLOBAL)
option(OUTBOOT_MBEDTLS_USER_CONFIG "Give Mbed TLS outboot_mbedtls_config.h as MBEDTLS_USER_CONFIG_FILE" ON)

add_library(outboot_mbedtls_shared INTERFACE)
add_library(outboot::mbedtls_shared ALIAS outboot_mbedtls_shared)
set(alt ${OUTBOOT_SOURCE_DIR}/app/mbedtls)
target_include_directories(outboot_mbedtls_shared INTERFACE ${alt} ${OUTBOOT_SOURCE_DIR})
if(OUTBOOT_MBEDTLS_USER_CONFIG)
    target_compile_definitions(outboot_mbedtls_shared INTERFACE MBEDTLS_USER_CONFIG_FILE="outboot_mbedtls_config.h")
endif()
target_link_options(outboot_mbedtls_shared INTERFACE -Wl,-u,outboot_p256m_alt)
set(alt_sources ${alt}/aes_alt.c ${alt}/ecdh_alt.c ${alt}/ecdsa_alt.c ${alt}/p256m_alt.c ${alt}/sha256_alt.c)
target_sources(outboot_mbedtls_shared INTERFACE
    "$<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,STATIC_LIBRARY>:${alt_sources}>") # not what is linked with that library

# outboot_add_mbedtls(<name> CONFIG <file> [SHARED <layout target>]): Mbed TLS's cryptography as a static library, from the
# sources in OUTBOOT_MBEDTLS_DIR. The configuration's name isn't mbedtls_config.h: Mbed TLS finds its own of that name
# first.
function(outboot_add_mbedtls name)
    cmake_parse_arguments(PARSE_ARGV 1 ARG "" "CONFIG;SHARED" "")
    outboot_check_arguments(outboot_add_mbedtls CONFIG)
    set(modules aes asn1parse asn1write bignum bignum_core bignum_mod bignum_mod_raw block_cipher cipher cipher_wrap
        constant_time ctr_drbg ecdh ecdsa ecp ecp_curves ecp_curves_new gcm hkdf hmac_drbg md memory_buffer_alloc oid pk
        pk_ecc pk_wrap pkparse platform platform_util psa_crypto psa_crypto_aead psa_crypto_cipher psa_crypto_client
        psa_crypto_driver_wrappers_no_static psa_crypto_ecp psa_crypto_hash psa_crypto_mac psa_crypto_slot_management
        psa_util sha256)
    list(TRANSFORM modules PREPEND ${OUTBOOT_MBEDTLS_DIR}/library/)
    list(TRANSFORM modules APPEND .c)
    set(p256m ${OUTBOOT_MBEDTLS_DIR}/3rdparty/p256-m)
    add_library(${name} STATIC ${modules} ${p256m}/p256-m_driver_entrypoints.c)
    target_include_directories(${name} SYSTEM PUBLIC ${OUTBOOT_MBEDTLS_DIR}/include ${p256m}
                               PRIVATE ${OUTBOOT_MBEDTLS_DIR}/library)
    get_filename_component(config ${ARG_CONFIG} ABSOLUTE)
    get_filename_component(directory ${config} DIRECTORY)
    get_filename_component(file ${config} NAME)
    target_include_directories(${name} PUBLIC ${directory})
    target_compile_definitions(${name} PUBLIC MBEDTLS_CONFIG_FILE="${file}")
    set_target_properties(${name} PROPERTIES C_STANDARD 11)
    if(ARG_SHARED)
        target_link_libraries(${name} PUBLIC ${ARG_SHARED} outboot::mbedtls_shared)
        set_source_files_properties(${alt_sources} TARGET_DIRECTORY ${name} PROPERTIES
            COMPILE_OPTIONS "-Wall;-Wextra;-Wshadow;-Wconversion;-Werror")
    else()
        target_sources(${name} PRIVATE ${p256m}/p256-m/p256-m.c)
    endif()
endfunction()
