#!/bin/sh
# Builds the libraries once more, from a copy of native/ in another folder, and fails unless they are the same bytes as those that `mvn package`
# has laid down. By hand before a release, and after a change of the build: the same compilers are taken for granted.
# Usage: check_reproducible.sh HEADERS_DIR JAVA_HOME CLASSES_DIR
set -eu

headers=$1 java_home=$2 classes=$3
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
# A signal by itself ends dash without the above.
trap 'exit 130' INT
trap 'exit 143' TERM

cp -R "$(dirname "$0")" "$copy/sources"
NATIVE_TARGET=spawn4j sh "$copy/sources/build.sh" "$copy/build" "$headers" "$java_home" "$copy/classes" > /dev/null
(cd "$copy/classes" && find . -name '*.so') | while read -r library; do
    cmp "$copy/classes/$library" "$classes/$library"
    echo "the same: $(sha256sum "$copy/classes/$library" | cut -d ' ' -f 1) $library"
done
