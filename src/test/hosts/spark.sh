#!/bin/sh
# Apache Spark with two executors that are processes of their own (local-cluster): RDD.pipe, the same under the agent, and
# mapPartitions with a template of each executor. Fetches Spark by Maven. Usage: spark.sh [PARTITIONS]
. "$(dirname "$0")/common.sh"
here=$(cd "$(dirname "$0")" && pwd)
spark=$target/spark
(cd "$here/spark" && mvn -q -B dependency:copy-dependencies -DoutputDirectory="$spark/jars" >"$work/log" 2>&1) ||
    { cat "$work/log" >&2; exit 1; }
mkdir "$work/classes"
"${JAVA_HOME:+$JAVA_HOME/bin/}javac" -d "$work/classes" -cp "$spark/jars/*:$jar" "$here/spark/SparkHost.java"
cp "$jar" "$work/spawn4j.jar"

# As Spark's own scripts have it.
opens=
for package in java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util java.util.concurrent \
    java.util.concurrent.atomic sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar; do
    opens="$opens --add-opens=java.base/$package=ALL-UNNAMED"
done
SPARK_HOME=$spark SPARK_SCALA_VERSION=2.13 SPARK_LOCAL_IP=127.0.0.1 timeout 900 "$java" $opens -cp "$work/classes:$work/spawn4j.jar:$spark/jars/*" \
    SparkHost "$work" "${1:-400}" 2>"$target/spark/log" || { tail -n 40 "$target/spark/log" >&2; exit 1; }
