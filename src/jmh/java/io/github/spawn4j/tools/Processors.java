// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;
import java.io.IOException;
import java.time.Duration;

/** The processors that this JVM runs on. */
final class Processors {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private Processors() {}

    /**
     * Keeps all threads of this JVM, and what they start from now on, on one processor, and returns
     * its number. Not by starting anew under taskset(1): what the JVM was given it would have to be
     * given again.
     *
     * @throws IOException if there is no taskset
     */
    static int pin() throws IOException, InterruptedException {
        return pin(ProcessHandle.current().pid());
    }

    /**
     * The same for another process, and what it starts from now on.
     *
     * @throws IOException if there is no taskset
     */
    static int pin(long pid) throws IOException, InterruptedException {
        int processor = Surroundings.lastProcessor(); // the first one serves more interrupts
        PidfdProcess.builder("taskset", "-a", "-c", "-p")
                .args(Integer.toString(processor), Long.toString(pid))
                .run(RunOptions.timeout(LIMIT).expectExit(0));
        return processor;
    }
}
