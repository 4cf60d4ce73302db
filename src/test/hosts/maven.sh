#!/bin/sh
# A Maven build with a forked compiler and a JVM for each of 20 test classes, with the agent in .mvn/jvm.config and without:
# rows of a table, medians. The agent counts what Maven has started. Usage: maven.sh [ROUNDS]
. "$(dirname "$0")/common.sh"
rounds=${1:-3}
project=$work/project
mkdir -p "$project/.mvn" "$project/src/test/java" "$project/src/main/java"
cp "$(dirname "$0")/maven-project.xml" "$project/pom.xml"
echo 'public class Main { }' >"$project/src/main/java/Main.java"
for i in $(seq 20); do
    cat >"$project/src/test/java/Some${i}Test.java" <<EOF
import org.junit.jupiter.api.Test;

class Some${i}Test {
    @Test
    void runs() {}
}
EOF
done

build() {
    (cd "$project" && mvn -o -B clean test)
}

(cd "$project" && mvn -q -B test >"$work/log" 2>&1) || { cat "$work/log"; exit 1; } # fetches what is not there
for round in $(seq "$rounds"); do
    rm -f "$project/.mvn/jvm.config"
    milliseconds build >>"$work/JDK"
    echo "-javaagent:$jar=report $native_access" >"$project/.mvn/jvm.config"
    milliseconds build >>"$work/agent"
    grep -q "Tests run: 20, Failures: 0, Errors: 0, Skipped: 0" "$work/log"
    grep "^spawn4j: " "$work/log"
done
echo "| Maven, 20 test JVMs, the whole build | $(median <"$work/JDK") ms | $(median <"$work/agent") ms |"
