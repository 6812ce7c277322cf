# Our own code is built with these; third-party sources aren't.
option(OUTBOOT_SANITIZE "Build for the host with address and undefined-behaviour sanitizers" OFF)

add_library(outboot_warnings INTERFACE)
target_compile_options(outboot_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)

if(OUTBOOT_SANITIZE)
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
endif()

option(OUTBOOT_FUZZ "Build the fuzzers, and nothing else; needs clang" OFF)
if(OUTBOOT_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
endif()
