#!/bin/sh
# Prints one line about the first thing that is missing for the native build, and nothing if all is there.
# Usage: missing.sh JAVA_HOME
set -eu

first_of() {
    for tool in "$@"; do
        command -v "$tool" && return
    done
    return 1
}

missing() {
    echo "The native build needs $1: apt-get install $2"
    exit
}

first_of cmake > /dev/null || missing "cmake" cmake
cc=$(first_of ${CC:-cc gcc clang}) || missing "a C compiler (${CC:-cc, gcc or clang})" gcc
first_of make > /dev/null || missing "make" make
echo '#include <stdlib.h>' | "$cc" -E - > /dev/null 2>&1 || missing "the C library's headers" libc6-dev
[ -f "$1/include/jni.h" ] || missing "a JDK with include/jni.h, and $1 has none" openjdk-17-jdk-headless
