# Where third-party sources come from: a path given by the user, else what scripts/setup put under build/deps, else a
# tagged release fetched by CMake.
set(OUTBOOT_DEPS ${CMAKE_SOURCE_DIR}/build/deps CACHE PATH "What scripts/setup fetched")
set(OUTBOOT_MBEDTLS_DIR "" CACHE PATH "Mbed TLS 3.6 source tree (has 3rdparty/p256-m)")

if(NOT OUTBOOT_MBEDTLS_DIR AND EXISTS ${OUTBOOT_DEPS}/mbedtls/3rdparty/p256-m/p256-m/p256-m.c)
    set(OUTBOOT_MBEDTLS_DIR ${OUTBOOT_DEPS}/mbedtls)
endif()
if(NOT OUTBOOT_MBEDTLS_DIR)
    include(FetchContent)
    FetchContent_Declare(mbedtls GIT_REPOSITORY https://github.com/Mbed-TLS/mbedtls.git GIT_TAG mbedtls-3.6.6 GIT_SHALLOW ON)
    FetchContent_GetProperties(mbedtls)
    if(NOT mbedtls_POPULATED)
        FetchContent_Populate(mbedtls) # sources only: nothing of Mbed TLS's own build is used
    endif()
    set(OUTBOOT_MBEDTLS_DIR ${mbedtls_SOURCE_DIR})
endif()
set(OUTBOOT_P256M_DIR ${OUTBOOT_MBEDTLS_DIR}/3rdparty/p256-m/p256-m)
