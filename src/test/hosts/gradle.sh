#!/bin/sh
# 200 exec tasks of Gradle, with the agent in its daemon and without: rows of a table, medians, milliseconds for each.
# Needs `gradle`, as Debian has it. Usage: gradle.sh [ROUNDS]
. "$(dirname "$0")/common.sh"
rounds=${1:-3}
command -v gradle >/dev/null || { echo "gradle is missing: apt-get install gradle" >&2; exit 1; }
project=$work/project
mkdir "$project"
cat >"$project/build.gradle" <<'EOF'
task starts {
    doLast {
        20.times { exec { commandLine 'true' } }
        long started = System.nanoTime()
        200.times { exec { commandLine 'true' } }
        println "each " + (System.nanoTime() - started) / 200e6
        println "by " + new ProcessBuilder('true').start().class.name
    }
}
EOF

run() {
    (cd "$project" && gradle --offline --no-daemon -q -Dorg.gradle.jvmargs="$2" starts) >"$work/log" 2>&1 ||
        { cat "$work/log" >&2; exit 1; }
    sed -n 's/^each //p' "$work/log" >>"$work/$1"
    grep "^by " "$work/log"
}

for round in $(seq "$rounds"); do
    run JDK -Xmx512m
    run agent "-Xmx512m -javaagent:$jar"
done
printf '| Gradle, one exec | %.1f ms | %.1f ms |\n' "$(median <"$work/JDK")" "$(median <"$work/agent")"
