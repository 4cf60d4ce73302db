// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.internal.os.Kernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The page about the start names each system call with its reason, so that no other comes in
 * unnoticed. With {@code -Dspawn4j.calls=write} the tables are written anew; the reasons of new
 * calls remain to be said.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class SystemCallsTest {
    private static final boolean WRITE = "write".equals(System.getProperty("spawn4j.calls"));

    /** With fewer of them a start takes other calls. */
    private static final long NEEDED =
            Kernel.CLONE3
                    | Kernel.CLOSE_RANGE
                    | Kernel.FACCESSAT2
                    | Kernel.MEMFD_CREATE
                    | Kernel.EXECVE_CHECK;

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({"builder, ### Without a template", "template, ### From a template"})
    void startAndWaitTakeTheCallsThatThePageNames(String how, String heading) throws Exception {
        assumeTrue(Kernel.has(NEEDED), "the page is about Linux 6.14 and newer, without a filter");
        assumeTrue(canTrace(), "strace(1) is not there, or may not trace here");
        Path trace = folder.resolve("trace");
        // In a session of its own, so that nothing is known of a limit that the JVM has raised.
        String output =
                SecondJvm.startedBy("setsid", "strace", "-f", "-qq", "-o", trace.toString())
                        .run(TracedStarts.class, Os.program("noop"), how);
        assertThat(output).isEmpty();
        List<CallTrace.Row> calls = CallTrace.usual(Files.readAllLines(trace));

        if (WRITE) {
            new CallTable(heading).write(calls);
        }
        CallTable table = new CallTable(heading);
        assertThat(table.rows()).as("the rows under \"%s\"", heading).isEqualTo(calls);
        assertThat(table.unreasoned()).as("calls without a reason").isEmpty();
    }

    private boolean canTrace() throws InterruptedException {
        try {
            return new ProcessBuilder("strace", "-f", "-o", "/dev/null", "true")
                            .redirectErrorStream(true)
                            .redirectOutput(folder.resolve("strace").toFile())
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
