// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.SpawnTemplate;
import java.io.File;
import java.io.IOException;

/**
 * The main class of a JVM that {@code cold} measures. Prints two numbers for each start: the
 * nanoseconds until it returned, and until the exit was known.
 */
public final class ColdStarts {
    static final int COUNT = 100;

    /*
     * Each way is a class of its own, so that nothing of the library is loaded before the first
     * start: to verify a class, the JVM loads what its methods make and return.
     */

    private static final class OfJdk {
        private static final File NULL = new File("/dev/null");

        static Process start(String program) throws IOException {
            return new ProcessBuilder(program)
                    .redirectInput(NULL)
                    .redirectOutput(NULL)
                    .redirectError(NULL)
                    .start();
        }
    }

    private static final class OfBuilder {
        static Process start(String program) throws IOException {
            return PidfdProcess.builder(program)
                    .stdin(Redirect.DISCARD)
                    .stdout(Redirect.DISCARD)
                    .stderr(Redirect.DISCARD)
                    .start();
        }
    }

    private static final class OfTemplate {
        /** Null before the first start. */
        private static SpawnTemplate template;

        static Process start(String program) throws IOException {
            if (template == null) {
                template =
                        SpawnTemplate.builder(program)
                                .stdin(Redirect.DISCARD)
                                .stdout(Redirect.DISCARD)
                                .stderr(Redirect.DISCARD)
                                .build();
            }
            return template.spawn();
        }
    }

    private ColdStarts() {}

    private static Process start(ColdWay way, String program) throws IOException {
        switch (way) {
            case SPAWN4J_BUILDER:
                return OfBuilder.start(program);
            case SPAWN4J_TEMPLATE:
                return OfTemplate.start(program);
            default:
                return OfJdk.start(program);
        }
    }

    /**
     * @param args the name of a {@link ColdWay}, and a program
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        ColdWay way = ColdWay.valueOf(args[0]);
        long[] startsNs = new long[COUNT];
        long[] totalsNs = new long[COUNT];
        for (int i = 0; i < COUNT; i++) {
            long began = System.nanoTime();
            Process process = start(way, args[1]);
            startsNs[i] = System.nanoTime() - began;
            process.waitFor();
            totalsNs[i] = System.nanoTime() - began;
        }
        for (int i = 0; i < COUNT; i++) {
            System.out.println(startsNs[i] + " " + totalsNs[i]);
        }
    }
}
