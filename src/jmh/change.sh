#!/usr/bin/env bash
# change.sh BEFORE.jar AFTER.jar [JVM OPTION]...: says whether the starts of two builds of spawn4j-tools.jar differ, in three minutes, and in
# less than five on a busy machine. With twice the same jar and an option it says whether the option is seen, a delay of 5 µs in the start
# path, say; without one, that the two cannot be told apart:
#
#     src/jmh/change.sh target/spawn4j-tools.jar target/spawn4j-tools.jar -Dspawn4j.tools.delayMicros=5
#
# JMH measures the start of a template in a new JVM each time: its median, as the mean tells more about the machine. The two take turns, so that
# what slows the machine down slows both. Of nine pairs the median ratio lies between the second least and the second largest with a certainty
# of 96 %, whatever the times are like. Each is warmed up for three seconds: what the compilers have not done by then, they have done for
# neither, and more pairs tell more than longer ones. All run on one processor: a start takes 60 µs or 105 by where its child comes to run alone,
# which hides any change.
set -euo pipefail
[ $# -ge 2 ] && [ -f "$1" ] && [ -f "$2" ] || { echo "usage: change.sh BEFORE.jar AFTER.jar [JVM OPTION]..." >&2; exit 2; }

before=$1
after=$2
shift 2
pairs=9
processor=$(taskset -cp $$ | sed 's/.*[ ,-]//') # the last one that we may use
csv=$(mktemp)
trap 'rm -f "$csv"' EXIT

# start_micros JAR [JVM OPTION]...
start_micros() {
    local jar=$1
    shift
    taskset -c "$processor" java -jar "$jar" jmh StartAloneBenchmark -p spawner=SPAWN4J_TEMPLATE -bm sample -f 1 -wi 3 -i 4 -w 1 -r 1 -rf csv -rff "$csv" \
        ${*:+-jvmArgsAppend "$*"} > /dev/null
    awk -F, '/:p0.50"/ { print $5 }' "$csv"
}

ratios=()
for ((pair = 1; pair <= pairs; pair++)); do
    # Whoever comes second finds the machine as the first has left it.
    if ((pair % 2)); then
        first=$(start_micros "$before")
        second=$(start_micros "$after" "$@")
    else
        second=$(start_micros "$after" "$@")
        first=$(start_micros "$before")
    fi
    ratios+=("$(awk -v a="$second" -v b="$first" 'BEGIN { printf "%.4f", a / b }')")
    printf '%d of %d: %.1f µs, then %.1f µs: %s\n' $pair $pairs "$first" "$second" "${ratios[-1]}"
done

printf '%s\n' "${ratios[@]}" | sort -n | awk '
    { ratio[NR] = $1 }
    END {
        low = ratio[2]; median = ratio[(NR + 1) / 2]; high = ratio[NR - 1]
        printf "after / before: %.3f (%.3f to %.3f): ", median, low, high
        print (low > 1 ? "slower" : high < 1 ? "faster" : "cannot be told apart")
    }'
printf 'in %d:%02d minutes\n' $((SECONDS / 60)) $((SECONDS % 60))
