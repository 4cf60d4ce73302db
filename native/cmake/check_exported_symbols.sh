#!/bin/sh
# Fails if the library exports anything but its JNI functions.
# Usage: check_exported_symbols.sh NM LIBRARY
set -eu

symbols=$("$1" -D --defined-only "$2")
foreign=$(echo "$symbols" | awk 'NF == 3 && $3 !~ /^(Java_|JNI_On(Un)?[Ll]oad$)/ { print "  " $3 }')
if [ -n "$foreign" ]; then
    printf 'exported from %s, but no JNI function:\n%s\n' "$2" "$foreign"
    exit 1
fi
