# littlefs 2, by upstream's names, as the library `littlefs`: from a path given by the user, else from what
# scripts/setup put under build/deps, else a tagged release fetched by CMake.
#
# The distribution has it inside micropython's sources, with the prefix "lfs2" instead of "lfs"; here it gets its own
# names back, so that our sources read as any user's do.
include_guard(GLOBAL)
set(OUTBOOT_LITTLEFS_DIR "" CACHE PATH "littlefs 2 source tree (has lfs.c or lfs2.c)")

set(littlefs_sources ${OUTBOOT_LITTLEFS_DIR})
if(NOT littlefs_sources AND EXISTS "${OUTBOOT_DEPS}")
    set(littlefs_sources ${OUTBOOT_DEPS}/micropython/lib/littlefs)
    if(NOT EXISTS ${littlefs_sources}/lfs2.c)
        message(FATAL_ERROR "littlefs isn't under ${OUTBOOT_DEPS}: run scripts/setup, or give its place with "
                            "-DOUTBOOT_LITTLEFS_DIR=...")
    endif()
endif()
if(NOT littlefs_sources)
    include(FetchContent)
    FetchContent_Declare(littlefs GIT_REPOSITORY https://github.com/littlefs-project/littlefs.git
                         GIT_TAG v2.8.2 GIT_SHALLOW ON)
    FetchContent_GetProperties(littlefs)
    if(NOT littlefs_POPULATED)
        FetchContent_Populate(littlefs)
    endif()
    set(littlefs_sources ${littlefs_SOURCE_DIR})
endif()

if(EXISTS ${littlefs_sources}/lfs2.c)
    foreach(file lfs2.c lfs2.h lfs2_util.c lfs2_util.h)
        file(READ ${littlefs_sources}/${file} text)
        string(REPLACE lfs2 lfs text "${text}")
        string(REPLACE LFS2 LFS text "${text}")
        string(REPLACE lfs2 lfs renamed ${file})
        file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/littlefs/${renamed} CONTENT "${text}" @ONLY)
    endforeach()
    set(littlefs_sources ${CMAKE_BINARY_DIR}/littlefs)
elseif(NOT EXISTS ${littlefs_sources}/lfs.c)
    message(FATAL_ERROR "OUTBOOT_LITTLEFS_DIR: no lfs.c and no lfs2.c in ${littlefs_sources}")
endif()

set(OUTBOOT_LITTLEFS_SOURCES ${littlefs_sources})

# No heap, no printf; a broken invariant of its own is a fault, which resets an MCU.
add_library(littlefs STATIC ${littlefs_sources}/lfs.c ${littlefs_sources}/lfs_util.c)
target_include_directories(littlefs SYSTEM PUBLIC ${littlefs_sources})
target_compile_definitions(littlefs PUBLIC LFS_NO_MALLOC LFS_NO_DEBUG LFS_NO_WARN LFS_NO_ERROR)
target_compile_options(littlefs PRIVATE "-DLFS_ASSERT(test)=((test)?(void)0:__builtin_trap())")
