# Writes natives.h, from the headers that `javac -h` made: these headers, and all native methods as the array `natives`, with a line
# {"Io", {"close0", "(I)I", function}}, for each.

function(write_natives headers_dir output)
    set(package io_github_spawn4j_internal_os_)
    set(includes "")
    set(entries "")
    file(GLOB headers CONFIGURE_DEPENDS ${headers_dir}/${package}*.h)
    foreach(header IN LISTS headers)
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${header})
        get_filename_component(class ${header} NAME_WE)
        string(REPLACE ${package} "" class ${class})
        file(READ ${header} text)
        # In a list of CMake's both mean something else.
        string(REPLACE ";" "@semicolon@" text "${text}")
        string(REPLACE "[" "@bracket@" text "${text}")
        string(REGEX MATCHALL "Method:    [^ \n]+\n \\* Signature: [^\n]+\n \\*/\nJNIEXPORT [a-zA-Z]+ JNICALL [A-Za-z0-9_]+" methods "${text}")
        foreach(method IN LISTS methods)
            string(REGEX REPLACE "Method:    ([^ \n]+)\n \\* Signature: ([^\n]+)\n.* ([A-Za-z0-9_]+)$"
                "{\"${class}\", {(char *)\"\\1\", (char *)\"\\2\", (void *)\\3}}," entry "${method}")
            string(APPEND entries "    ${entry}\n")
        endforeach()
        string(APPEND includes "#include <${package}${class}.h>\n")
    endforeach()
    string(REPLACE "@semicolon@" ";" entries "${entries}")
    string(REPLACE "@bracket@" "[" entries "${entries}")
    file(GENERATE OUTPUT ${output} CONTENT "${includes}\nstatic const struct native natives[] = {\n${entries}};\n")
endfunction()
