// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.Redirect;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.control.IoClass;
import io.github.spawn4j.control.Resource;
import io.github.spawn4j.control.SchedulingPolicy;
import io.github.spawn4j.tools.NativePrograms;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;

/** What attributes add to a start, as {@code docs/attributes.md} tells: compare percentiles. */
@BenchmarkMode(Mode.SampleTime)
public class AttributesBenchmark extends ProgramBenchmark {
    /** What a child is given. */
    public enum Attributes {
        NONE(builder -> builder),

        /**
         * Each takes the child a system call. It may run on all processors, as it may without: on
         * another one than its starter a start takes twice as long.
         */
        TEN(
                builder ->
                        builder.umask(027)
                                .scheduler(SchedulingPolicy.BATCH, 0)
                                .nice(5)
                                .ioPriority(IoClass.BEST_EFFORT, 7)
                                .cpuAffinity(processors())
                                .timerSlack(Duration.ofMillis(1))
                                .limit(Resource.NOFILE, 256)
                                .limit(Resource.CORE, 0)
                                .limit(Resource.CPU, 60)
                                .noNewPrivileges()),

        /** Opens a file of /proc. */
        OOM_SCORE(builder -> builder.oomScoreAdj(500)),

        /** Opens each path, and those that a program cannot do without. */
        READ_ONLY_EXCEPT(builder -> builder.readOnlyExcept(Path.of("/tmp"))),

        /** The kernel makes a network. Needs root or a user namespace. */
        NO_NETWORK(builder -> builder.noNetwork()),

        /** The memory map is copied. Needs root. */
        USER(builder -> builder.user(65534, 65534));

        private static int[] processors() {
            return IntStream.range(0, Runtime.getRuntime().availableProcessors()).toArray();
        }

        private final UnaryOperator<SpawnTemplate.Builder> given;

        Attributes(UnaryOperator<SpawnTemplate.Builder> given) {
            this.given = given;
        }
    }

    @Param public Attributes attributes;

    private SpawnTemplate template;

    @Override
    void open(NativePrograms programs) throws IOException {
        template =
                attributes
                        .given
                        .apply(SpawnTemplate.builder(noop()))
                        .stdin(Redirect.DISCARD)
                        .stdout(Redirect.DISCARD)
                        .stderr(Redirect.DISCARD)
                        .build();
    }

    @Override
    void close() {
        template.close();
    }

    @Sentence("Start and wait for a child that is given no attribute, ten, or one that is dear.")
    @Benchmark
    public int startAndWait() throws IOException, InterruptedException {
        return template.spawn().waitFor();
    }
}
