#!/bin/sh
# Fails if clang-format would change a C file; exits with 77 (skipped) where there is no clang-format.
# Usage: check_format.sh NATIVE_DIR
# To repair: find native -name '*.[ch]' -exec clang-format -i {} +
set -eu

if ! command -v clang-format > /dev/null; then
    echo "skipped: clang-format is not installed (apt-get install clang-format)"
    exit 77
fi
find "$1" -name '*.[ch]' -exec clang-format --dry-run --Werror {} +
