# find_package(outboot): the functions of outboot_functions.cmake, and the libraries
#   outboot::app           what an application links: staging, request, confirm, status, and the layout's fingerprint
#   outboot::app_c         the same for C programs, with outboot_update.h
#   outboot::ra6m4         bare-metal flash drivers for an application on the RA6M4
#   littlefs               after include(littlefs): the file system that the example uses
#   outboot::crypto_client what calls the bootloader's cryptography; outboot::crypto_client_fallback, with its own behind it
#   outboot::mbedtls_shared after include(outboot_mbedtls): Mbed TLS 3.6 on the bootloader's cryptography
#   outboot::crypto        the cryptography, built for size; outboot::crypto_fast, built for speed
# All of it is source, compiled by the project that asks for it, with that project's compiler and options. The bootloader
# wants those of arm-none-eabi.cmake beside this file: configure with --toolchain, or have options of the same effect.
include_guard(GLOBAL)
get_filename_component(OUTBOOT_SOURCE_DIR ${CMAKE_CURRENT_LIST_DIR}/.. ABSOLUTE)
set(OUTBOOT_SOURCE_DIR ${OUTBOOT_SOURCE_DIR} CACHE INTERNAL "outboot's installed sources")
set(OUTBOOT_P256M_DIR ${OUTBOOT_SOURCE_DIR}/third_party/p256-m CACHE INTERNAL "")
set(OUTBOOT_LITTLEFS_DIR ${OUTBOOT_SOURCE_DIR}/third_party/littlefs CACHE PATH "littlefs 2 source tree (has lfs.c or lfs2.c)")
list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})

get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
foreach(language C CXX)
    if(NOT language IN_LIST languages)
        set(outboot_FOUND FALSE)
        set(outboot_NOT_FOUND_MESSAGE "outboot needs project(... LANGUAGES C CXX)")
        return()
    endif()
endforeach()
if(NOT CMAKE_CROSSCOMPILING)
    set(outboot_FOUND FALSE)
    set(outboot_NOT_FOUND_MESSAGE
        "outboot's libraries are for an MCU: configure with --toolchain ${CMAKE_CURRENT_LIST_DIR}/arm-none-eabi.cmake")
    return()
endif()

# Where the tool was installed, seen from here. Another one can be named with -DOUTBOOT_TOOL=...
get_filename_component(OUTBOOT_PREFIX ${CMAKE_CURRENT_LIST_DIR}/../../.. ABSOLUTE)
set(OUTBOOT_TOOL ${OUTBOOT_PREFIX}/bin/outboot CACHE FILEPATH "The outboot command")

add_library(outboot_headers INTERFACE)
target_include_directories(outboot_headers INTERFACE ${OUTBOOT_SOURCE_DIR})
target_compile_features(outboot_headers INTERFACE cxx_std_20)
add_library(outboot_warnings INTERFACE) # the tree's own; a product chooses its own
foreach(part crypto app ports/ra6m4)
    add_subdirectory(${OUTBOOT_SOURCE_DIR}/${part} ${CMAKE_BINARY_DIR}/outboot/${part} EXCLUDE_FROM_ALL)
endforeach()
include(${CMAKE_CURRENT_LIST_DIR}/outboot_functions.cmake)
list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR}) # include(littlefs)
