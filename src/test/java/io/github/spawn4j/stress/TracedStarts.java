// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.SpawnTemplate;
import java.io.File;
import java.io.IOException;

/**
 * Starts and awaits the no-op again and again, in a JVM whose system calls are traced. Before and
 * after each of them it looks for a file that says so in the trace.
 *
 * <p>Arguments: the program, and {@code template} or {@code builder}.
 */
final class TracedStarts {
    static final String BEGINS = "/spawn4j-start-begins";
    static final String ENDS = "/spawn4j-wait-ends";
    static final String TEMPLATE = "template";

    /** Of which the first few also load classes and the like. */
    private static final int STARTS = 60;

    private TracedStarts() {}

    public static void main(String[] args) throws Exception {
        try (SpawnTemplate template = SpawnTemplate.builder(args[0]).build()) {
            for (int i = 0; i < STARTS; i++) {
                mark(BEGINS);
                start(
                        args[1].equals(TEMPLATE)
                                ? template.prepare()
                                : PidfdProcess.builder(args[0]));
                mark(ENDS);
            }
        }
    }

    private static void start(EmptyProcess process) throws IOException, InterruptedException {
        process.stdin(Redirect.DISCARD)
                .stdout(Redirect.DISCARD)
                .stderr(Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private static void mark(String path) {
        if (new File(path).exists()) {
            throw new IllegalStateException(path + " exists");
        }
    }
}
