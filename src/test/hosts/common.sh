# For the scripts beside it: what they all need. They run from anywhere, after `mvn package -DskipTests`.
set -eu
root=$(cd "$(dirname "$0")/../../.." && pwd)
target=$root/target

jar=$(ls "$target"/spawn4j-*.jar | grep -v -e tools -e sources -e javadoc | head -n 1)
[ -f "$jar" ] || { echo "no jar in $target: mvn package -DskipTests" >&2; exit 1; }

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
# From JDK 24 on the JVM prints a warning without it; JDK 17 does not know it for the class path.
native_access=
if "$java" --enable-native-access=ALL-UNNAMED --version >/dev/null 2>&1; then
    native_access=--enable-native-access=ALL-UNNAMED
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A signal by itself ends dash without the above.
trap 'exit 130' INT
trap 'exit 143' TERM

# The class path of the tests: hosts, library, recipes.
class_path() {
    (cd "$root" && mvn -q -B dependency:build-classpath -Dmdep.outputFile="$work/cp" >&2)
    echo "$target/classes:$target/test-classes:$(cat "$work/cp")"
}

# The middle one of the numbers that it reads.
median() {
    sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'
}

# What a command takes, in milliseconds; what it prints goes to $work/log.
milliseconds() {
    started=$(date +%s%N)
    "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
    echo $((($(date +%s%N) - started) / 1000000))
}
