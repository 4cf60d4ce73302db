#!/bin/sh
# What a start of `true` takes in Ant, commons-exec and zt-exec: without spawn4j, with the class of docs/hosts.md where the host has a
# place for one, and with the agent; with few and with many open files. Rows of a table, milliseconds, medians of JVMs that take turns.
# Usage: libraries.sh [ROUNDS [FILES]]
. "$(dirname "$0")/common.sh"
rounds=${1:-5}
files=${2:-10000}
class_path=$(class_path)
ulimit -n $((files + 1000))

# run FILES WAY [OPTION OF THE JVM [ARGUMENT]]
run() {
    "$java" $native_access ${3:-} -cp "$class_path" io.github.spawn4j.hosts.HostCost "$1" ${4:-} | sed "s/^/$1 $2 /" >>"$work/figures"
}

# figure FILES WAY HOST: the median, or a dash where the host has no place for a class
figure() {
    grep "^$1 $2 $3 " "$work/figures" | cut -d' ' -f4 | median | grep . || echo "–"
}

for round in $(seq "$rounds"); do
    for open in 0 "$files"; do
        run "$open" JDK
        run "$open" class "" class
        run "$open" agent "-javaagent:$jar"
    done
done
for host in Ant commons-exec zt-exec ProcessBuilder; do
    for open in 0 "$files"; do
        echo "| $host | $open | $(figure "$open" JDK $host) | $(figure "$open" class $host) | $(figure "$open" agent $host) |"
    done
done
