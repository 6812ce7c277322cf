# Our own code is built with these; third-party sources aren't.
option(OUTBOOT_SANITIZE "Build for the host with address and undefined-behaviour sanitizers" OFF)

add_library(outboot_warnings INTERFACE)
target_compile_options(outboot_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)

if(OUTBOOT_SANITIZE)
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
endif()
