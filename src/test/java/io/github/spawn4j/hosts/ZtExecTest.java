// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.testing.agent.AgentJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.zeroturnaround.exec.InvalidExitValueException;
import org.zeroturnaround.exec.ProcessExecutor;
import org.zeroturnaround.exec.ProcessInitException;
import org.zeroturnaround.exec.StartedProcess;

/** zt-exec, which has no place for another way to start: under the agent. */
@Timeout(60)
class ZtExecTest {
    /** Uses zt-exec, and prints what comes of it. */
    public static final class Uses {
        private Uses() {}

        public static void main(String[] args) throws Exception {
            String output =
                    new ProcessExecutor("sh", "-c", "echo $NAME; echo err >&2")
                            .environment(Map.of("NAME", "value"))
                            .readOutput(true)
                            .exitValueNormal()
                            .execute()
                            .outputUTF8();
            System.out.println("output " + output.strip().replace('\n', ' '));
            try {
                new ProcessExecutor("sh", "-c", "exit 3").exitValueNormal().execute();
            } catch (InvalidExitValueException e) {
                System.out.println("exit " + e.getExitValue());
            }
            try {
                new ProcessExecutor("no-such-program").execute();
            } catch (ProcessInitException e) {
                System.out.println("error " + e.getErrorCode());
            }
            long startNs = System.nanoTime();
            try {
                new ProcessExecutor("sleep", "600").timeout(100, TimeUnit.MILLISECONDS).execute();
            } catch (TimeoutException e) {
                boolean isSoon = System.nanoTime() - startNs < Duration.ofSeconds(30).toNanos();
                System.out.println("timeout " + isSoon);
            }
            StartedProcess started = new ProcessExecutor("true").start();
            System.out.println("class " + started.getProcess().getClass().getName());
            started.getFuture().get();
        }
    }

    @TempDir Path folder;

    @Test
    void ztExecFindsWhatItKnowsUnderTheAgent() throws Exception {
        Path jar = AgentJvm.makeJar(folder.resolve("spawn4j.jar"));

        String printed = AgentJvm.with(jar, "report").withAllOfTheTests().run(Uses.class);

        assertThat(printed)
                .contains("output value err", "exit 3", "error 2", "timeout true")
                .contains("class io.github.spawn4j.PidfdProcess")
                .endsWith("spawn4j: 4 starts, 0 more left to the JDK");
    }
}
