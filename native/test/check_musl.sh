#!/bin/sh
# Fails unless the library, which is linked for glibc, starts a program in a process whose C library is musl (host.c).
# Usage: check_musl.sh LIBRARY HOST OPTION..., with the compiler's options; exits with 77 (skipped) where there is no musl-gcc.
set -eu

if ! command -v musl-gcc > /dev/null; then
    echo "skipped: musl-gcc is not installed (apt-get install musl-tools)"
    exit 77
fi
library=$1 host=$2
shift 2
# The kernel's headers, which musl has not, lie among those of glibc.
musl-gcc "$@" -idirafter /usr/include -idirafter "/usr/include/$(uname -m)-linux-gnu" -o "$host" "$(dirname "$0")/host.c"
"$host" "$library"
