# Faulty cores, each a patch of one header: the explorer must find a violation with every one of them, in the geometries
# that the patch names ("Found in:").
#
# Only what instantiates the core's templates is compiled anew; it comes before the library, so that the library's own is
# not taken. Built by the target `mutants`, which `scripts/test` asks for, and not by default.
include(mutant)
file(GLOB patches CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/mutants/*.patch)
add_custom_target(mutants)
foreach(patch IN LISTS patches)
    cmake_path(GET patch STEM name)
    file(STRINGS ${patch} found_in REGEX "^Found in: ")
    string(REGEX REPLACE "^Found in: " "" geometries "${found_in}")
    string(REPLACE " " ";" geometries "${geometries}")
    set(mutated ${CMAKE_CURRENT_BINARY_DIR}/mutants/${name})
    mutant(${patch} ${mutated} header)
    set(sources scene.cpp application.cpp)
    if(header STREQUAL "${mutated}/core/journal.hpp")
        list(APPEND sources journal_explorer.cpp)
    endif()
    list(TRANSFORM sources PREPEND ${CMAKE_SOURCE_DIR}/explore/)
    add_executable(mutant_${name} EXCLUDE_FROM_ALL mutant_main.cpp ${header} ${sources})
    target_include_directories(mutant_${name} BEFORE PRIVATE ${mutated})
    target_link_libraries(mutant_${name} PRIVATE outboot_explore fmt::fmt)
    add_dependencies(mutants mutant_${name})
    # It is run for seconds and compiled for longer.
    target_compile_options(mutant_${name} PRIVATE -O1 -g0)
    add_test(NAME explore.mutant_is_found/${name} COMMAND mutant_${name} ${geometries})
    set_tests_properties(explore.mutant_is_found/${name} PROPERTIES LABELS explore TIMEOUT 600)
endforeach()
