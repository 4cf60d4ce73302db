// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What only shows after a while; in the profile {@code soak} only. The property {@code
 * soak.minutes} says how long, {@code soak.starts} how many.
 */
@Tag("soak")
class SoakTest {
    private static final long MINUTES = Long.getLong("soak.minutes", 10);
    private static final int STARTS = Integer.getInteger("soak.starts", 200_000);

    private static final long FEW_S = 1;
    private static final long LIMIT_MINUTES = 5;

    @TempDir Path folder;

    @Test
    void leavesNoMoreBehindAfterManyStartsThanAfterTheFirstThousand() throws Exception {
        String output =
                SecondJvm.startedBy()
                        .limitMinutes(120)
                        .run(MixedStarts.class, Integer.toString(STARTS));

        System.out.println(output);
        assertThat(output).endsWith("OK");
    }

    @Test
    void tellsEveryExitAlthoughMemoryThreadsAndDescriptorsRunOutAgainAndAgain() throws Exception {
        assumeTrue(new File("/usr/bin/prlimit").canExecute(), "no prlimit, to limit another JVM");
        // Root has no limit on threads.
        SecondJvm jvm = OtherUser.jvm().option("-Xmx64m");
        // Not a pipe, which the JVM's own warnings would fill while nobody reads.
        Path output = folder.resolve("output");
        Process process = jvm.start(OtherUser.readableClassPath(folder), Wants.class, output);
        try {
            while (!Files.readString(output).contains("READY")) {
                assertThat(process.waitFor(100, TimeUnit.MILLISECONDS))
                        .as("ended: " + Files.readString(output))
                        .isFalse();
            }
            limitAgainAndAgain(process);
            process.getOutputStream().close();

            assertThat(process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)).as("has ended").isTrue();
            String said = Files.readString(output).strip();
            System.out.println(said);
            assertThat(said).endsWith("OK");
        } finally {
            process.destroyForcibly();
        }
    }

    private static void limitAgainAndAgain(Process process) throws Exception {
        long endNs = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
        String pid = Long.toString(process.pid());
        while (process.isAlive() && System.nanoTime() < endNs) {
            limitFor(process, pid, "--nproc", "1");
            limitFor(process, pid, "--nofile", "5");
        }
    }

    private static void limitFor(Process process, String pid, String limit, String few)
            throws Exception {
        String before = prlimit(pid, limit, "--noheadings", "--raw", "--output", "SOFT");
        prlimit(pid, limit + "=" + few + ":");
        process.waitFor(FEW_S, TimeUnit.SECONDS);
        prlimit(pid, limit + "=" + before + ":");
        process.waitFor(FEW_S, TimeUnit.SECONDS);
    }

    /** As the user, as root may not where it lacks CAP_SYS_RESOURCE. */
    private static String prlimit(String pid, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("prlimit", "--pid", pid));
        command.addAll(List.of(arguments));
        return text(OtherUser.command(command.toArray(String[]::new)));
    }

    private static String text(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes()).strip();
        assertThat(process.waitFor()).as(List.of(command) + ": " + output).isZero();
        return output;
    }
}
