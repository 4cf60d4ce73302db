#!/bin/sh
# Builds native/ for Maven and lays the library where the jar is made from.
# Usage: build.sh BUILD_DIR HEADERS_DIR JAVA_HOME CLASSES_DIR
set -eu

build=$1 headers=$2 java_home=$3 classes=$4

cmake -S "$(dirname "$0")" -B "$build" -DCMAKE_BUILD_TYPE=Release \
    -DJAVA_HOME="$java_home" -DHEADERS_DIR="$headers"
cmake --build "$build" --parallel 2

jar_folder=$classes/META-INF/native/linux-$(uname -m)
mkdir -p "$jar_folder"
cp "$build/libspawn4j.so" "$jar_folder/"
