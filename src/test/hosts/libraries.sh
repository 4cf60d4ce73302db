#!/bin/sh
# What a start of `true` takes in Ant, commons-exec and zt-exec, with and without the agent, with few and with many open
# files: rows of a table, milliseconds, medians of JVMs that take turns. Usage: libraries.sh [ROUNDS [FILES]]
. "$(dirname "$0")/common.sh"
rounds=${1:-5}
files=${2:-10000}
class_path=$(class_path)
ulimit -n $((files + 1000))

run() {
    "$java" $native_access $3 -cp "$class_path" io.github.spawn4j.hosts.HostCost "$1" | sed "s/^/$1 $2 /" >>"$work/figures"
}

for round in $(seq "$rounds"); do
    for open in 0 "$files"; do
        run "$open" JDK ""
        run "$open" agent "-javaagent:$jar"
    done
done
for host in Ant commons-exec zt-exec ProcessBuilder; do
    for open in 0 "$files"; do
        for way in JDK agent; do
            grep "^$open $way $host " "$work/figures" | cut -d' ' -f4 | median >"$work/$way"
        done
        echo "| $host | $open | $(cat "$work/JDK") | $(cat "$work/agent") |"
    done
done
