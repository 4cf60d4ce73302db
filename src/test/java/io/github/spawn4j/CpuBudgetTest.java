// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.control.Cgroup;
import io.github.spawn4j.internal.os.Faults;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.NoDescriptors;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.TestCgroup;
import java.io.BufferedReader;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who has used up the CPU time of a cgroup is ended. */
@Timeout(60)
class CpuBudgetTest {
    private static final int FAILURES = 5;

    /** Says when it is there, waits for a line, burns, says so, and burns on; deaf to a warning. */
    private static final String SCRIPT =
            "trap '' XCPU; echo; read go; \"$0\" --burn 300; echo; while :; do :; done";

    private interface Condition {
        void during(NoDescriptors.Step step) throws Exception;
    }

    /** While nothing can be opened, nobody can look. */
    @Test
    void endsWhoHasUsedItUpWhileNobodyCouldLook() throws Exception {
        assertKilled(NoDescriptors.Step::run); // also loads all classes, for which files are opened
        assertKilled(NoDescriptors::during);
    }

    @Test
    void endsWhoHasUsedItUpAlthoughStepsFindNoMemory() throws Exception {
        NoMemory noMemory = new NoMemory();
        try {
            assertKilled(
                    step -> {
                        Faults.plan(noMemory);
                        step.run();
                        Eventually.isTrue(
                                () -> "steps have failed, not only " + noMemory.failures,
                                () -> noMemory.failures.get() >= FAILURES);
                    });
        } finally {
            Faults.plan(null);
        }
    }

    /** Of what the steps need, which workers take: a timer for the next one, and pidfds. */
    private static final class NoMemory implements Faults.Plan {
        private final AtomicInteger failures = new AtomicInteger();

        @Override
        public void call(String name) {
            if (name.equals("pidfd_open")) {
                fail();
            }
        }

        @Override
        public void resource(String what) {
            if (what.equals("timer")) {
                fail();
            }
        }

        private void fail() {
            boolean isWorker = Thread.currentThread().getName().startsWith("spawn4j-worker");
            if (isWorker && failures.get() < FAILURES) {
                throw new OutOfMemoryError("failure " + failures.incrementAndGet());
            }
        }
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
}
