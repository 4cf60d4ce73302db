#!/bin/sh
# A Maven build with a forked compiler and a JVM for each of 20 test classes (or CLASSES), with the agent in .mvn/jvm.config and without:
# rows of a table, medians. The agent counts what Maven has started. Usage: maven.sh [ROUNDS [CLASSES]]
. "$(dirname "$0")/common.sh"
rounds=${1:-3}
classes=${2:-20}
project=$work/project
mkdir -p "$project/.mvn" "$project/src/test/java" "$project/src/main/java"
cp "$(dirname "$0")/maven-project.xml" "$project/pom.xml"
echo 'public class Main { }' >"$project/src/main/java/Main.java"
for i in $(seq "$classes"); do
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
    grep -q "Tests run: $classes, Failures: 0, Errors: 0, Skipped: 0" "$work/log"
    grep -o "spawn4j: .* starts, .*" "$work/log" >"$work/starts" # behind what Maven does to colours
done
starts=$(sed 's/^spawn4j: //; s/, 0 more left/, none left/; s/ more left/ left/' "$work/starts")
echo "| a build with $classes test classes | $(median <"$work/JDK") ms | $(median <"$work/agent") ms, $starts |"
