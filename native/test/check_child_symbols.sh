#!/bin/sh
# Fails if the child's objects refer to a symbol that none of them defines: between clone and exec nothing else may run.
# Usage: check_child_symbols.sh NM OBJECT...
set -eu

nm=$1
shift
symbols=$("$nm" -A "$@")
foreign=$(echo "$symbols" | awk '
    { sub(/:$/, "", $1) }
    $(NF - 1) ~ /^[Uwv]$/ { user[$NF] = $1; next }
    $(NF - 1) ~ /^[A-Z]$/ { defined[$NF] = 1 }
    END { for (s in user) if (!(s in defined)) print "  " s " (in " user[s] ")" }')
if [ -n "$foreign" ]; then
    printf 'the child may not use these:\n%s\n' "$foreign"
    exit 1
fi
