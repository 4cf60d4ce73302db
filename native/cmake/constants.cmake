# Writes constants.h: the numbers that Java and C share, from the headers that `javac -h` made for @Native fields. Those headers include
# <jni.h>, which only src/jni may know; so the definitions are taken over alone, under shorter names.

function(write_constants headers_dir output)
    set(text "/* Made by constants.cmake from the @Native fields of these classes. */\n")
    # class, prefix
    foreach(pair "launch_RequestLayout=REQUEST" "os_Kernel=KERNEL" "os_Confinement=CONFINEMENT" "os_Exit=EXIT" "os_WarmSpawn=WARM_SPAWN")
        string(REPLACE "=" ";" pair ${pair})
        list(GET pair 0 class)
        list(GET pair 1 prefix)
        set(name io_github_spawn4j_internal_${class})
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${headers_dir}/${name}.h)
        file(STRINGS ${headers_dir}/${name}.h lines REGEX "^#define ${name}_")
        foreach(line IN LISTS lines)
            string(REPLACE "#define ${name}_" "#define ${prefix}_" line ${line})
            string(APPEND text "${line}\n")
        endforeach()
    endforeach()
    file(GENERATE OUTPUT ${output} CONTENT "#pragma once\n${text}")
endfunction()
