// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.hosts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.ExecuteException;
import org.apache.commons.exec.ExecuteWatchdog;
import org.apache.commons.exec.PumpStreamHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Apache commons-exec, whose executor has one method to override. */
@Timeout(60)
class CommonsExecTest {
    @Test
    void commonsExecRunsACommand() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        ByteArrayInputStream in = new ByteArrayInputStream("input\n".getBytes());
        Executor executor = new Executor();
        executor.setStreamHandler(new PumpStreamHandler(out, err, in));
        executor.setExitValue(3);
        CommandLine command =
                new CommandLine("sh")
                        .addArgument("-c")
                        .addArgument("read line; echo \"$line $NAME\"; echo no >&2; exit 3", false);

        int exit = executor.execute(command, Map.of("NAME", "gr\u00fcn"));

        assertThat(exit).isEqualTo(3);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("input gr\u00fcn\n");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("no\n");
    }

    @Test
    void commonsExecTellsOfFailures() {
        Executor executor = new Executor();

        assertThatThrownBy(() -> executor.execute(new CommandLine("false")))
                .isInstanceOfSatisfying(
                        ExecuteException.class, e -> assertThat(e.getExitValue()).isEqualTo(1));
        assertThatThrownBy(() -> executor.execute(new CommandLine("no-such-program")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("error=2, No such file or directory");
    }

    @Test
    void commonsExecsWatchdogEndsAProcess() throws Exception {
        Executor executor = new Executor();
        ExecuteWatchdog watchdog =
                ExecuteWatchdog.builder().setTimeout(Duration.ofMillis(300)).get();
        executor.setWatchdog(watchdog);
        executor.setExitValues(null);

        executor.execute(new CommandLine("sleep").addArgument("600"));

        assertThat(watchdog.killedProcess()).isTrue();
    }
}
