// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.CommandResult;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.SpawnTemplateCache;
import io.github.spawn4j.internal.loop.Errand;
import io.github.spawn4j.internal.os.Log;
import java.io.File;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.ILoggerFactory;
import org.slf4j.helpers.NOP_FallbackServiceProvider;

/** What SLF4J is asked for, in JVMs of their own. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class LoggingTest {
    /** Starts processes in each way and prints how many have succeeded. */
    static final class Starts {
        private Starts() {}

        public static void main(String[] args) throws Exception {
            int succeeded = 0;
            PidfdProcess process = PidfdProcess.builder("true").start();
            succeeded += process.waitFor() == 0 ? 1 : 0;
            CommandResult result =
                    PidfdProcess.builder("cat")
                            .run(RunOptions.timeout(Duration.ofSeconds(30)).stdin("text"));
            succeeded += result.stdout().text().equals("text") ? 1 : 0;
            try (SpawnTemplateCache cache = SpawnTemplateCache.builder().maximumSize(1).build()) {
                for (String program : new String[] {"true", "true", "echo", "true"}) {
                    succeeded += cache.spawn(program).waitFor() == 0 ? 1 : 0;
                }
            }
            System.out.println(succeeded);
        }
    }

    /** Says something at each level. */
    static final class Talk {
        private Talk() {}

        public static void main(String[] args) {
            Log log = Log.of(Talk.class);
            log.debug("a {}", "debug");
            log.warn("a {}", "warning");
            log.error("an {}", "error");
            log.error(
                    "again, {}",
                    new Object() {
                        @Override
                        public String toString() {
                            throw new IllegalStateException("no text");
                        }
                    });
            System.out.println("unharmed");
        }
    }

    /** Has a worker do something that fails at first. */
    static final class FailingErrand {
        private FailingErrand() {}

        public static void main(String[] args) throws Exception {
            CountDownLatch open = new CountDownLatch(2); // the second attempt, and what it says
            System.setErr(
                    new PrintStream(System.err, true) {
                        @Override
                        public void println(Object thrown) {
                            super.println(thrown);
                            open.countDown();
                        }
                    });
            AtomicBoolean failed = new AtomicBoolean();
            new Errand(
                            () -> {
                                if (failed.compareAndSet(false, true)) {
                                    throw new IllegalStateException("the first attempt");
                                }
                                open.countDown();
                            })
                    .run();
            open.await();
        }
    }

    /** A backend that cannot do its work. */
    public static final class FailingBackend extends NOP_FallbackServiceProvider {
        @Override
        public ILoggerFactory getLoggerFactory() {
            return name -> {
                throw new OutOfMemoryError("not even for " + name);
            };
        }
    }

    @Test
    void nothingIsPrintedWithoutABackend() throws Exception {
        assertThat(SecondJvm.startedBy().runOnClassPath(withoutBackend(), Starts.class))
                .isEqualTo("6");
    }

    @Test
    void aWarningLetsSlf4jTellThatThereIsNoBackend() throws Exception {
        assertThat(SecondJvm.startedBy().runOnClassPath(withoutBackend(), Talk.class))
                .contains("No SLF4J providers were found", "unharmed");
    }

    @Test
    void messagesReachABackend() throws Exception {
        assertThat(
                        SecondJvm.startedBy()
                                .option("-Dorg.slf4j.simpleLogger.defaultLogLevel=debug")
                                .run(Talk.class))
                .contains("a debug", "a warning", "an error", "again", "unharmed");
    }

    @Test
    void whatIsDoneAgainSaysWhy() throws Exception {
        assertThat(SecondJvm.startedBy().run(FailingErrand.class))
                .contains("ERROR", "has failed and is tried again", "the first attempt");
    }

    @Test
    void aBackendThatFailsHarmsNobody() throws Exception {
        assertThat(
                        SecondJvm.startedBy()
                                .option("-Dslf4j.provider=" + FailingBackend.class.getName())
                                .run(Talk.class))
                .endsWith("unharmed");
    }

    private static String withoutBackend() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("slf4j-simple"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
