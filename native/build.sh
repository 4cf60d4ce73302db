#!/bin/sh
# Builds native/ for Maven and lays the libraries where the jar is made from: this machine's, with tests and programs, and that of each
# other architecture for which there is a compiler (Debian's gcc-aarch64-linux-gnu and libc6-dev-arm64-cross, or the other way round).
# NATIVE_TARGET=spawn4j leaves tests and programs out.
# Usage: build.sh BUILD_DIR HEADERS_DIR JAVA_HOME CLASSES_DIR
set -eu

build=$1 headers=$2 java_home=$3 classes=$4
native=$(dirname "$0")

# build DIR TARGET OPTION...
build() {
    dir=$1 target=$2
    shift 2
    cmake -S "$native" -B "$dir" -DCMAKE_BUILD_TYPE=Release -DJAVA_HOME="$java_home" -DHEADERS_DIR="$headers" "$@"
    cmake --build "$dir" --parallel 2 --target "$target"
}

# lay DIR ARCHITECTURE
lay() {
    folder=$classes/io/github/spawn4j/internal/os/linux-$2 # beside NativeLibrary, which loads it
    mkdir -p "$folder"
    cp "$1/libspawn4j.so" "$folder/"
}

# Whether there are a compiler for it and the C library's headers.
can_cross() {
    echo '#include <stdlib.h>' | "$1-linux-gnu-gcc" -E - > /dev/null 2>&1
}

build "$build" "${NATIVE_TARGET:-all}"
lay "$build" "$(uname -m)"
for architecture in x86_64 aarch64; do
    if [ "$architecture" = "$(uname -m)" ]; then
        continue
    elif can_cross "$architecture"; then
        build "$build-$architecture" spawn4j -DCMAKE_TOOLCHAIN_FILE="cmake/$architecture-linux-gnu.cmake"
        lay "$build-$architecture" "$architecture"
    else
        echo "no library for $architecture in the jar: $architecture-linux-gnu-gcc or its headers are not installed"
    fi
done
