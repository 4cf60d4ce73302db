// SPDX-License-Identifier: Apache-2.0
import static java.time.Duration.ofMinutes;

import io.github.spawn4j.CommandResult;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.SpawnTemplate;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** Sends lines through {@code cat} in each partition of an RDD, in three ways, and prints what each takes. */
public final class SparkHost {
    private static final int LINES = 100;
    private static final int ROUNDS = 5;

    private SparkHost() {}

    /** One of each executor, which its tasks share; it lives as long as the executor does. */
    private static final class Tools {
        static final SpawnTemplate CAT = template("cat");

        private static SpawnTemplate template(String program) {
            try {
                return SpawnTemplate.builder(program).build();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** What stands where {@code pipe("cat")} stood. */
    private static Iterator<String> throughCat(Iterator<String> lines) throws Exception {
        StringBuilder input = new StringBuilder();
        lines.forEachRemaining(line -> input.append(line).append('\n'));
        CommandResult result =
                Tools.CAT
                        .prepare()
                        .run(RunOptions.timeout(ofMinutes(5)).stdin(input.toString()).expectExit(0));
        return Arrays.asList(result.stdout().text().split("\n")).iterator();
    }

    /** With the folder of the classes and the jar, and the number of partitions. */
    public static void main(String[] args) {
        int partitions = Integer.parseInt(args[1]);
        try (JavaSparkContext spark = context(args[0], "")) {
            measure(spark, "`RDD.pipe`", partitions, lines -> lines.pipe("cat"));
            measure(
                    spark,
                    "`mapPartitions` with a template",
                    partitions,
                    lines -> lines.mapPartitions(SparkHost::throughCat));
        }
        try (JavaSparkContext spark = context(args[0], "-javaagent:" + args[0] + "/spawn4j.jar")) {
            measure(spark, "`RDD.pipe` under the agent", partitions, lines -> lines.pipe("cat"));
        }
    }

    private static JavaSparkContext context(String folder, String executorOption) {
        return new JavaSparkContext(
                new SparkConf()
                        .setAppName("spawn4j")
                        .setMaster("local-cluster[2,1,1024]")
                        .set("spark.ui.enabled", "false")
                        .set("spark.driver.host", "127.0.0.1")
                        .set("spark.executor.extraClassPath", folder + "/classes:" + folder + "/spawn4j.jar")
                        .set("spark.executor.extraJavaOptions", executorOption));
    }

    private interface Way {
        JavaRDD<String> apply(JavaRDD<String> lines);
    }

    private static void measure(JavaSparkContext spark, String name, int partitions, Way way) {
        List<String> all =
                IntStream.range(0, partitions * LINES).mapToObj(i -> "line " + i).collect(Collectors.toList());
        JavaRDD<String> lines = spark.parallelize(all, partitions);
        double[] ms = new double[ROUNDS];
        for (int round = -1; round < ROUNDS; round++) {
            long startNs = System.nanoTime();
            long count = way.apply(lines).filter(line -> line.startsWith("line ")).count();
            if (count != all.size()) {
                throw new AssertionError(count + " lines of " + all.size());
            }
            if (round >= 0) { // the one before is a warm-up
                ms[round] = (System.nanoTime() - startNs) / 1e6;
            }
        }
        Arrays.sort(ms);
        System.out.printf("| %s | %.0f ms |%n", name, ms[ROUNDS / 2] / partitions);
    }
}
