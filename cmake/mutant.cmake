# mutant(<patch> <directory> <header>): writes the header that the patch changes to <directory>, changed, and sets
# <header> to its place there. With <directory> before all other include directories, a target is built of it.
find_program(PATCH_PROGRAM patch REQUIRED)

function(mutant patch directory header)
    file(STRINGS ${patch} target_line REGEX "^\\+\\+\\+ b/")
    string(REGEX REPLACE "^\\+\\+\\+ b/" "" name "${target_line}")
    cmake_path(GET name PARENT_PATH folder)
    file(MAKE_DIRECTORY ${directory}/${folder})
    # --fuzz=0: a patch that no longer fits the source is an error, and not a mutant of something else.
    add_custom_command(OUTPUT ${directory}/${name}
        COMMAND ${PATCH_PROGRAM} --quiet --fuzz=0 --reject-file=- --output=${directory}/${name}
                ${CMAKE_SOURCE_DIR}/${name} ${patch}
        DEPENDS ${CMAKE_SOURCE_DIR}/${name} ${patch}
        COMMENT "Mutant ${name}, ${directory}")
    set(${header} ${directory}/${name} PARENT_SCOPE)
endfunction()
