# What a product's CMake project calls, in this tree and behind find_package(outboot). Everything that depends on
# addresses is emitted by `outboot layout emit`, never written by hand.
#
#   outboot_add_layout(<layout> FILE <layout.toml> [DIRECTORY <directory>])
#       An interface library with the emitted headers and linker fragments. DIRECTORY is where they are written.
#   outboot_add_bootloader(<target> LAYOUT <layout> [DIRECTORY <directory>])
#       The bootloader for a layout, as <target>.elf, .hex and .map.
#   outboot_use_layout(<application> LAYOUT <layout> [LINKER_SCRIPT <script>] [DIRECTORY <directory>])
#       Links an application for a layout. The script may INCLUDE app_memory.ld and app_sections.ld.
#   outboot_add_image(<application> KEY <key> VERSION <version> [LAYOUT ... as above] [ENCRYPT_FOR <device's public key>]
#                     [SECURITY_COUNTER <number>] [OUTPUT <file>] [OPTIONS <more of outboot sign>...])
#       Signs the application whenever it has been linked: <application>.img beside it. With LAYOUT also links it for it.
#
# <layout> is a layout file or the target made by outboot_add_layout.

if(NOT DEFINED OUTBOOT_TOOL)
    set(OUTBOOT_TOOL ${CMAKE_SOURCE_DIR}/build/outboot CACHE FILEPATH "The outboot command, built for the host")
endif()

# Stops on what a caller has misspelt or left out.
macro(outboot_check_arguments function)
    if(ARG_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "${function}: unknown argument '${ARG_UNPARSED_ARGUMENTS}'")
    endif()
    if(ARG_KEYWORDS_MISSING_VALUES)
        message(FATAL_ERROR "${function}: nothing behind ${ARG_KEYWORDS_MISSING_VALUES}")
    endif()
    foreach(argument ${ARGN})
        if(NOT DEFINED ARG_${argument})
            message(FATAL_ERROR "${function}: ${argument} is missing")
        endif()
    endforeach()
endmacro()

function(outboot_add_layout target)
    cmake_parse_arguments(PARSE_ARGV 1 ARG "" "FILE;DIRECTORY" "")
    outboot_check_arguments(outboot_add_layout FILE)
    get_filename_component(file ${ARG_FILE} ABSOLUTE)
    if(NOT ARG_DIRECTORY)
        set(ARG_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/${target})
    endif()
    if(NOT EXISTS ${OUTBOOT_TOOL})
        message(FATAL_ERROR "The outboot command isn't at ${OUTBOOT_TOOL}: build it for the host first, or say with "
                            "-DOUTBOOT_TOOL=... where it is")
    endif()
    # Now, because the build itself is made of what the layout asks for; and whenever file or tool have changed.
    execute_process(COMMAND ${OUTBOOT_TOOL} layout emit --out ${ARG_DIRECTORY} ${file} RESULT_VARIABLE result)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "${file} can't be used, see above")
    endif()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file} ${file}.lock)
    set(outputs ${ARG_DIRECTORY}/outboot_layout.hpp ${ARG_DIRECTORY}/outboot_layout.h
                ${ARG_DIRECTORY}/bootloader_memory.ld ${ARG_DIRECTORY}/app_memory.ld ${ARG_DIRECTORY}/app_sections.ld)
    add_custom_command(
        OUTPUT ${outputs}
        COMMAND ${OUTBOOT_TOOL} layout emit --out ${ARG_DIRECTORY} ${file}
        DEPENDS ${file} ${file}.lock ${OUTBOOT_TOOL}
        COMMENT "Emitting ${file}"
        VERBATIM)
    add_custom_target(${target}_files DEPENDS ${outputs})
    add_library(${target} INTERFACE)
    add_dependencies(${target} ${target}_files)
    target_include_directories(${target} INTERFACE ${ARG_DIRECTORY})
    target_link_options(${target} INTERFACE -L${ARG_DIRECTORY})
    set_target_properties(${target} PROPERTIES
        OUTBOOT_FILE ${file}
        OUTBOOT_DIRECTORY ${ARG_DIRECTORY}
        INTERFACE_LINK_DEPENDS "${ARG_DIRECTORY}/app_memory.ld;${ARG_DIRECTORY}/app_sections.ld;${ARG_DIRECTORY}/bootloader_memory.ld")
endfunction()

# The layout's target in `result`; made here, once, if `layout` is a file.
function(outboot_layout_target layout result)
    set(target ${layout})
    if(NOT TARGET ${layout})
        get_filename_component(file ${layout} ABSOLUTE)
        if(NOT EXISTS ${file})
            message(FATAL_ERROR "LAYOUT ${layout}: neither a target of outboot_add_layout nor a file")
        endif()
        get_filename_component(stem ${file} NAME_WE)
        string(SHA256 hash ${file})
        string(SUBSTRING ${hash} 0 8 hash)
        set(target ${stem}_${hash})
        if(NOT TARGET ${target})
            outboot_add_layout(${target} FILE ${file})
        endif()
    endif()
    set(${result} ${target} PARENT_SCOPE)
endfunction()

# Link options, and the .hex and .map beside the .elf.
function(outboot_finish target directory script)
    set_target_properties(${target} PROPERTIES SUFFIX .elf)
    if(directory)
        set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${directory})
    endif()
    if(script)
        get_filename_component(script ${script} ABSOLUTE)
        set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${script})
        target_link_options(${target} PRIVATE -T${script})
    endif()
    set(base $<TARGET_FILE_DIR:${target}>/$<TARGET_FILE_BASE_NAME:${target}>)
    target_link_options(${target} PRIVATE -Wl,-Map=${base}.map -Wl,--no-warn-rwx-segments)
    add_custom_command(TARGET ${target} POST_BUILD
        COMMAND ${CMAKE_OBJCOPY} -O ihex $<TARGET_FILE:${target}> ${base}.hex
        VERBATIM)
endfunction()

function(outboot_add_bootloader target)
    cmake_parse_arguments(PARSE_ARGV 1 ARG "" "LAYOUT;DIRECTORY" "")
    outboot_check_arguments(outboot_add_bootloader LAYOUT)
    outboot_layout_target(${ARG_LAYOUT} layout)
    get_target_property(emitted ${layout} OUTBOOT_DIRECTORY)
    include(${emitted}/layout.cmake)
    add_executable(${target})
    # A port has its own sources, options and linker script.
    if(OUTBOOT_LAYOUT_MCU MATCHES "^R7FA6M4")
        outboot_ra6m4_bootloader(${target} script)
    else()
        message(FATAL_ERROR "There is no bootloader for ${OUTBOOT_LAYOUT_MCU} yet, only for the RA6M4 (R7FA6M4...)")
    endif()
    set(crypto outboot_crypto)
    if(OUTBOOT_LAYOUT_CRYPTO STREQUAL fast)
        set(crypto outboot_crypto_fast)
    endif()
    if(OUTBOOT_LAYOUT_SERVICES)
        target_sources(${target} PRIVATE ${OUTBOOT_SOURCE_DIR}/crypto/services.cpp)
    endif()
    target_link_libraries(${target} PRIVATE ${layout} outboot_headers ${crypto} outboot_warnings)
    outboot_finish(${target} "${ARG_DIRECTORY}" ${script})
endfunction()

function(outboot_use_layout target)
    cmake_parse_arguments(PARSE_ARGV 1 ARG "" "LAYOUT;LINKER_SCRIPT;DIRECTORY" "")
    outboot_check_arguments(outboot_use_layout LAYOUT)
    outboot_layout_target(${ARG_LAYOUT} layout)
    target_link_libraries(${target} PRIVATE ${layout})
    set_target_properties(${target} PROPERTIES OUTBOOT_LAYOUT ${layout})
    outboot_finish(${target} "${ARG_DIRECTORY}" "${ARG_LINKER_SCRIPT}")
endfunction()

function(outboot_add_image target)
    cmake_parse_arguments(PARSE_ARGV 1 ARG ""
        "LAYOUT;LINKER_SCRIPT;DIRECTORY;KEY;VERSION;ENCRYPT_FOR;SECURITY_COUNTER;OUTPUT" "OPTIONS")
    outboot_check_arguments(outboot_add_image KEY VERSION)
    if(ARG_LAYOUT)
        outboot_use_layout(${target} LAYOUT ${ARG_LAYOUT} LINKER_SCRIPT "${ARG_LINKER_SCRIPT}" DIRECTORY "${ARG_DIRECTORY}")
    endif()
    get_target_property(layout ${target} OUTBOOT_LAYOUT)
    if(NOT layout)
        message(FATAL_ERROR "outboot_add_image: ${target} isn't linked for a layout yet: give LAYOUT, too")
    endif()
    get_target_property(file ${layout} OUTBOOT_FILE)
    if(NOT ARG_OUTPUT)
        get_target_property(directory ${target} RUNTIME_OUTPUT_DIRECTORY)
        if(NOT directory)
            set(directory ${CMAKE_CURRENT_BINARY_DIR})
        endif()
        set(ARG_OUTPUT ${directory}/${target}.img)
    endif()
    get_filename_component(output ${ARG_OUTPUT} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_BINARY_DIR})
    set(arguments --layout ${file} --version ${ARG_VERSION})
    set(inputs ${target} ${file} ${OUTBOOT_TOOL})
    # A key may also be a PKCS#11 URI, which is no file.
    foreach(option KEY ENCRYPT_FOR)
        if(NOT DEFINED ARG_${option})
            continue()
        endif()
        set(key ${ARG_${option}})
        if(NOT key MATCHES "^pkcs11:")
            get_filename_component(key ${key} ABSOLUTE)
            list(APPEND inputs ${key})
        endif()
        if(option STREQUAL KEY)
            list(APPEND arguments --key ${key})
        else()
            list(APPEND arguments --encrypt ${key})
        endif()
    endforeach()
    if(DEFINED ARG_SECURITY_COUNTER)
        list(APPEND arguments --security-counter ${ARG_SECURITY_COUNTER})
    endif()
    add_custom_command(
        OUTPUT ${output}
        COMMAND ${OUTBOOT_TOOL} sign ${arguments} ${ARG_OPTIONS} $<TARGET_FILE:${target}> ${output}
        DEPENDS ${inputs}
        COMMENT "Signing ${target}"
        VERBATIM)
    add_custom_target(${target}_image ALL DEPENDS ${output})
endfunction()
