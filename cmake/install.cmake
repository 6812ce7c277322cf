# cmake --install: the command, and beside it the sources that products build from, for find_package(outboot).
include(CMakePackageConfigHelpers)
set(share share/outboot)

# The command finds the private Unicorn of scripts/setup in the prefix; a system's own is found anyway.
set_target_properties(outboot PROPERTIES INSTALL_RPATH "$ORIGIN/../lib/outboot")
install(TARGETS outboot RUNTIME DESTINATION bin)
if(OUTBOOT_UNICORN_LIBRARY MATCHES "^${OUTBOOT_DEPS}/")
    file(REAL_PATH ${OUTBOOT_UNICORN_LIBRARY} library)
    install(PROGRAMS ${library} DESTINATION lib/outboot RENAME libunicorn.so.2)
endif()

install(DIRECTORY format core crypto app ports DESTINATION ${share})
install(DIRECTORY examples DESTINATION ${share})
install(FILES README.md DESIGN.md FORMAT.md SECURITY.md LICENSE DESTINATION share/doc/outboot)
install(FILES ${OUTBOOT_P256M_DIR}/p256-m.c ${OUTBOOT_P256M_DIR}/p256-m.h DESTINATION ${share}/third_party/p256-m)
install(FILES ${OUTBOOT_MBEDTLS_DIR}/LICENSE DESTINATION ${share}/third_party/p256-m)
foreach(file lfs.c lfs.h lfs_util.c lfs_util.h) # for the example; their licence (BSD-3-Clause) is named in each
    install(FILES ${OUTBOOT_LITTLEFS_SOURCES}/${file} DESTINATION ${share}/third_party/littlefs)
endforeach()

write_basic_package_version_file(${CMAKE_BINARY_DIR}/outboot-config-version.cmake
    VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES cmake/outboot-config.cmake ${CMAKE_BINARY_DIR}/outboot-config-version.cmake
              cmake/outboot_functions.cmake cmake/arm-none-eabi.cmake cmake/littlefs.cmake
              cmake/outboot_mbedtls.cmake
        DESTINATION ${share}/cmake)
