// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.spawn4j.testing.ForEachWay;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Timeout;

/** Exits as statuses: waited for, and as a future. */
@Timeout(60)
class ExitedTest {
    private static final long LIMIT_S = 20;

    private static PidfdProcess sh(SpawnStrategy strategy, String script) throws Exception {
        return PidfdProcess.builder("sh", "-c", script).strategy(strategy).start();
    }

    @ForEachWay
    void awaitsAStatus(SpawnStrategy strategy) throws Exception {
        assertThat(sh(strategy, "exit 41").awaitExit()).isEqualTo(new ExitStatus.Exited(41));
    }

    @ForEachWay
    void awaitsAStatusForSomeTime(SpawnStrategy strategy) throws Exception {
        PidfdProcess cat = sh(strategy, "exec cat");

        assertThat(cat.awaitExit(Duration.ofMillis(1))).isEmpty();
        assertThat(cat.awaitExit(Duration.ZERO)).isEmpty();
        assertThat(cat.awaitExit(Duration.ofDays(-1))).isEmpty();
        cat.getOutputStream().close();

        assertThat(cat.awaitExit(Duration.ofSeconds(Long.MAX_VALUE)))
                .contains(new ExitStatus.Exited(0));
        assertThat(cat.awaitExit(Duration.ZERO)).contains(new ExitStatus.Exited(0));
    }

    @ForEachWay
    void tellsAFutureOfTheStatus(SpawnStrategy strategy) throws Exception {
        PidfdProcess sleep = sh(strategy, "exec sleep 600");
        CompletableFuture<ExitStatus> exited = sleep.exited();
        sleep.exited().cancel(true);
        assertThat(exited).isNotDone();

        sleep.signal(Signal.KILL);

        ExitStatus killed = new ExitStatus.Killed(Signal.KILL, false);
        assertThat(exited.get(LIMIT_S, SECONDS)).isEqualTo(killed);
        assertThat(sleep.exited().get(LIMIT_S, SECONDS)).isEqualTo(killed);
    }

    @ForEachWay
    void anInterruptEndsTheWait(SpawnStrategy strategy) throws Exception {
        PidfdProcess sleep = sh(strategy, "exec sleep 600");
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(InterruptedException.class).isThrownBy(sleep::awaitExit);

        assertThat(sleep.isAlive()).isTrue();
        sleep.destroyForcibly().waitFor();
    }
}
