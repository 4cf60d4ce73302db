// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.control.Cgroup;
import io.github.spawn4j.testing.LibC;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.TestCgroup;
import java.io.BufferedReader;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who has used up the CPU time of a cgroup is ended. */
@Timeout(60)
class CpuBudgetTest {
    /** Fewer descriptors than any JVM has open. */
    private static final long NONE_LEFT = 10;

    /** Says when it is there, waits for a line, burns, says so, and burns on; deaf to a warning. */
    private static final String SCRIPT =
            "trap '' XCPU; echo; read go; \"$0\" --burn 300; echo; while :; do :; done";

    private interface Step {
        void run() throws Exception;
    }

    private interface Condition {
        void during(Step step) throws Exception;
    }

    /** While nothing can be opened, nobody can look. */
    @Test
    void endsWhoHasUsedItUpWhileNobodyCouldLook() throws Exception {
        assertKilled(Step::run); // also loads all classes, for which files are opened
        assertKilled(CpuBudgetTest::withoutDescriptors);
    }

    private static void assertKilled(Condition condition) throws Exception {
        try (Cgroup cgroup = TestCgroup.own()) {
            PidfdProcess process =
                    PidfdProcess.builder("sh", "-c", SCRIPT, Probe.PROGRAM).cgroup(cgroup).start();
            BufferedReader said = process.inputReader();
            OutputStream input = process.getOutputStream();
            said.readLine();
            new CpuBudget(cgroup, ofMillis(100), () -> !process.isAlive()).watch();

            condition.during(
                    () -> {
                        input.write('\n');
                        input.flush();
                        said.readLine();
                    });

            assertThat(process.awaitExit(ofSeconds(30)))
                    .contains(new ExitStatus.Killed(Signal.KILL, false));
        }
    }

    private static void withoutDescriptors(Step step) throws Exception {
        long[] limit = new long[2];
        LibC.check("getrlimit", LibC.getrlimit(LibC.RLIMIT_NOFILE, limit));
        LibC.check(
                "setrlimit", LibC.setrlimit(LibC.RLIMIT_NOFILE, new long[] {NONE_LEFT, limit[1]}));
        try {
            step.run();
        } finally {
            LibC.check("setrlimit", LibC.setrlimit(LibC.RLIMIT_NOFILE, limit));
        }
    }
}
