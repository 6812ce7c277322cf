# Building for a layout: everything that depends on addresses is emitted by `outboot layout emit`, never written by hand.
set(OUTBOOT_TOOL ${CMAKE_SOURCE_DIR}/build/outboot CACHE FILEPATH "The outboot command, built for the host")

# outboot_layout(<target> <layout.toml> <directory>): an interface library with the emitted headers and linker fragments.
function(outboot_layout target layout directory)
    set(outputs ${directory}/outboot_layout.hpp ${directory}/bootloader_memory.ld ${directory}/app_memory.ld
                ${directory}/app_sections.ld)
    add_custom_command(
        OUTPUT ${outputs}
        COMMAND ${OUTBOOT_TOOL} layout emit --out ${directory} ${layout}
        DEPENDS ${layout} ${layout}.lock ${OUTBOOT_TOOL}
        COMMENT "Emitting ${layout}"
        VERBATIM)
    add_custom_target(${target}_files DEPENDS ${outputs})
    add_library(${target} INTERFACE)
    add_dependencies(${target} ${target}_files)
    target_include_directories(${target} INTERFACE ${directory})
    target_link_options(${target} INTERFACE -L${directory})
endfunction()

# outboot_layout_variables(<layout.toml>): sets OUTBOOT_LAYOUT_... as layout.cmake has them, now, so that the build can be
# made of what the layout asks for. Done again when the layout changes.
macro(outboot_layout_variables layout)
    get_filename_component(layout_name ${layout} NAME_WE)
    set(layout_directory ${CMAKE_BINARY_DIR}/layout_variables/${layout_name})
    execute_process(COMMAND ${OUTBOOT_TOOL} layout emit --out ${layout_directory} ${layout}
                    COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
    include(${layout_directory}/layout.cmake)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${layout})
endmacro()

# outboot_finish(<executable> <directory> <linker script>): link options and the .hex and .map beside the .elf.
function(outboot_finish target directory script)
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${directory} LINK_DEPENDS ${script})
    get_target_property(name ${target} OUTPUT_NAME)
    target_link_options(${target} PRIVATE -T${script} -Wl,-Map=${directory}/${name}.map -Wl,--no-warn-rwx-segments)
    add_custom_command(TARGET ${target} POST_BUILD
        COMMAND ${CMAKE_OBJCOPY} -O ihex $<TARGET_FILE:${target}> ${directory}/${name}.hex
        VERBATIM)
endfunction()
