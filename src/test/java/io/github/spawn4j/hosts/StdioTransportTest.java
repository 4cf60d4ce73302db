// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.ExitStatus;
import io.github.spawn4j.Signal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server over its standard streams; src/test/hosts/mcp.sh has a real one. */
@Timeout(60)
class StdioTransportTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(100);

    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

    private StdioTransport start(Duration grace, String script) throws Exception {
        StdioTransport transport =
                new StdioTransport(List.of("sh", "-c", script), grace, messages::add);
        assertThat(message()).isEqualTo("ready");
        return transport;
    }

    private String message() throws Exception {
        return messages.poll(30, TimeUnit.SECONDS);
    }

    private static ExitStatus end(StdioTransport transport) throws Exception {
        transport.close();
        return transport.server().exitStatus();
    }

    @Test
    void aMessageIsALine() throws Exception {
        try (StdioTransport transport =
                start(LONG, "echo ready; while read l; do echo \"<$l>\"; done")) {
            transport.send("{\"id\":1}");
            assertThat(message()).isEqualTo("<{\"id\":1}>");
            transport.send("{\"id\":2}");
            assertThat(message()).isEqualTo("<{\"id\":2}>");
        }
    }

    @Test
    void aServerEndsByItselfWhenItsInputIsClosed() throws Exception {
        assertThat(end(start(LONG, "echo ready; cat; exit 3"))).isEqualTo(new ExitStatus.Exited(3));
    }

    @Test
    void oneThatDoesNotIsTerminated() throws Exception {
        assertThat(end(start(SHORT, "echo ready; exec sleep 600")))
                .isInstanceOfSatisfying(
                        ExitStatus.Killed.class,
                        killed -> assertThat(killed.signal()).isEqualTo(Signal.TERM));
    }

    @Test
    void oneThatIgnoresThatIsKilled() throws Exception {
        assertThat(end(start(SHORT, "trap '' TERM; echo ready; while :; do sleep 1; done")))
                .isInstanceOfSatisfying(
                        ExitStatus.Killed.class,
                        killed -> assertThat(killed.signal()).isEqualTo(Signal.KILL));
    }

    @Test
    void theServerBehindAWrapperEndsAsWell() throws Exception {
        StdioTransport wrapper = start(SHORT, "sleep 600 & echo ready; echo $!; wait");
        ProcessHandle behind = ProcessHandle.of(Long.parseLong(message())).orElseThrow();

        wrapper.close();

        behind.onExit().get(30, TimeUnit.SECONDS);
    }
}
