// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.CommandException;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.Teardown;
import io.github.spawn4j.tools.spawners.Library;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How many threads each library has for a program that lives and whose output it takes. */
final class LibraryThreads {
    private static final int PROGRAMS = 20;

    /** Longer than the worker, which waits for four things, a minute each at most. */
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private LibraryThreads() {}

    /** Counts them, in a JVM for each; libraries that do not work here are left out and named. */
    static Map<Library, Double> count(Remarks remarks) throws IOException, InterruptedException {
        Map<Library, Double> threads = new EnumMap<>(Library.class);
        for (Library library : Library.values()) {
            List<String> command = Jvms.command(LibraryWorker.class, library.name(), PROGRAMS);
            try {
                String line =
                        PidfdProcess.builder(command)
                                .teardown(Teardown.DEFAULT.ofGroup()) // its programs too
                                .run(RunOptions.timeout(LIMIT).expectExit(0))
                                .stdout()
                                .text();
                threads.put(library, Double.parseDouble(line.strip()));
            } catch (CommandException e) {
                remarks.leftOut(library, e.result().stderr().text().lines().findFirst().orElse(""));
            }
        }
        return threads;
    }
}
