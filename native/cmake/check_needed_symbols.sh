#!/bin/sh
# Fails if the library needs another library than the C library, or a function that glibc 2.17 lacks.
# Usage: check_needed_symbols.sh OBJDUMP LIBRARY
set -eu

NEWEST=2.17

if "$1" -p "$2" | grep -E '^ *(RPATH|RUNPATH) '; then
    echo "$2 looks for libraries in folders of its own"
    exit 1
fi
needed=$("$1" -p "$2" | awk '$1 == "NEEDED" { print $2 }')
for library in $needed; do
    case $library in
        libc.so.6 | libdl.so.2) ;; # under musl both are the one there is
        *) echo "$2 needs $library"; exit 1 ;;
    esac
done

symbols=$("$1" -T "$2" | sed -n 's/.*\*UND\*[[:blank:]]*[0-9a-f]*[[:blank:]]*(\{0,1\}GLIBC_\([0-9.]*\))\{0,1\} /\1 /p')
[ -n "$symbols" ] || { echo "$2 names no version of glibc"; exit 1; }
newer=$(echo "$symbols" | while read -r version name; do
    newest=$(printf '%s\n' "$version" "$NEWEST" | sort -V | tail -n 1)
    [ "$newest" = "$NEWEST" ] || echo "  $name, of glibc $version"
done)
if [ -n "$newer" ]; then
    printf '%s needs what glibc %s lacks:\n%s\n' "$2" "$NEWEST" "$newer"
    exit 1
fi
