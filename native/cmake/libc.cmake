# What libspawn4j.so is linked with instead of this machine's C library, whose newest versions it would ask for: two libraries that are
# nothing but names. Each name stands in glibc 2.17, with the version that it has there, and in musl, which knows no versions and takes
# itself for both libraries. A function that is not listed does not link; one that is newer, or that musl lacks, is looked up when it
# is called (src/libc.h).

set(LIBC_2.2.5 __errno_location calloc environ fclose fgets fopen free getgrnam_r getgrouplist getpwnam_r madvise
    malloc memchr memcmp memmem memmove memset mmap mprotect munmap personality posix_spawn_file_actions_addclose
    posix_spawn_file_actions_adddup2 posix_spawn_file_actions_addopen posix_spawn_file_actions_destroy
    posix_spawn_file_actions_init posix_spawnattr_destroy posix_spawnattr_init posix_spawnattr_setflags
    posix_spawnattr_setpgroup posix_spawnattr_setschedparam posix_spawnattr_setschedpolicy posix_spawnattr_setsigdefault
    posix_spawnattr_setsigmask pthread_mutex_lock pthread_mutex_unlock sigemptyset snprintf stpcpy strchr strcmp strcspn
    strdup strlen strncmp strrchr strspn strstr sysconf)
set(LIBC_2.14 memcpy)
set(LIBC_2.15 posix_spawn)
set(LIBC_2.16 getauxval)
set(LIBC_2.17 clock_gettime)
set(LIBDL_2.2.5 dladdr dlsym)

# Adds the library `target`, which calls itself `soname` and has the names in the lists `prefix`_VERSION.
function(add_names target soname prefix)
    set(source "")
    set(script "")
    foreach(version 2.2.5 2.14 2.15 2.16 2.17)
        set(names ${${prefix}_${version}})
        foreach(name IN LISTS names)
            string(APPEND source ".global ${name}\n.type ${name}, %function\n${name}:\n")
        endforeach()
        if(names)
            # glibc came to aarch64 with 2.17.
            set(node GLIBC_${version})
            if(ARCH STREQUAL "aarch64")
                set(node GLIBC_2.17)
            endif()
            string(JOIN "; " names ${names})
            set(nodes_${node} "${nodes_${node}} ${names};")
            list(APPEND nodes ${node})
        endif()
    endforeach()
    list(REMOVE_DUPLICATES nodes)
    foreach(node IN LISTS nodes)
        string(APPEND script "${node} {${nodes_${node}} };\n")
    endforeach()
    # Not file(CONFIGURE), by which cmake 3.18 loses the ends of lines.
    file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/generated/${target}.S CONTENT "${source}")
    file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/generated/${target}.map CONTENT "${script}")
    add_library(${target} SHARED ${CMAKE_BINARY_DIR}/generated/${target}.S)
    target_link_options(${target} PRIVATE -nostdlib -Wl,-soname,${soname}
        -Wl,--version-script=${CMAKE_BINARY_DIR}/generated/${target}.map)
    set_target_properties(${target} PROPERTIES
        LINKER_LANGUAGE C NO_SONAME ON LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/generated)
endfunction()

# Links `target` with nothing else. It never finds these two when it is loaded: it has no path to them.
function(link_with_names target)
    add_names(names_of_libc libc.so.6 LIBC)
    add_names(names_of_libdl libdl.so.2 LIBDL)
    target_link_libraries(${target} PRIVATE names_of_libc names_of_libdl gcc)
    target_link_options(${target} PRIVATE -nostdlib)
    set_target_properties(${target} PROPERTIES SKIP_BUILD_RPATH ON)
endfunction()
