// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.hosts;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.Signal;
import io.github.spawn4j.Teardown;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * A server of the Model Context Protocol over its standard streams: a message is a line. It ends as
 * the specification has it: its input is closed, then it is waited for, then there is SIGTERM, then
 * SIGKILL; and with it ends all that it has started, as {@code npx} and the like are only wrappers.
 */
final class StdioTransport implements AutoCloseable {
    private final PidfdProcess server;
    private final BufferedWriter out;

    /** Starts the server. Each message of it goes to {@code messages}, on one thread. */
    StdioTransport(List<String> command, Duration grace, Consumer<String> messages)
            throws IOException {
        server =
                PidfdProcess.builder(command.get(0))
                        .args(command.subList(1, command.size()))
                        .stderr(Redirect.INHERIT) // its log
                        .teardown(
                                Teardown.closeInput(grace)
                                        .then(Signal.TERM, grace)
                                        .then(Signal.KILL, grace)
                                        .ofGroup()
                                        .atShutdown())
                        .start();
        out = server.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(() -> read(messages), "mcp-" + server.pid());
        reader.setDaemon(true);
        reader.start();
    }

    private void read(Consumer<String> messages) {
        try (BufferedReader in = server.inputReader(StandardCharsets.UTF_8)) {
            in.lines().forEach(messages);
        } catch (IOException | UncheckedIOException e) {
            // closed by us: there is nobody left who would say something
        }
    }

    /** Sends a message, which is one line. */
    synchronized void send(String message) throws IOException {
        out.write(message);
        out.newLine();
        out.flush();
    }

    PidfdProcess server() {
        return server;
    }

    /** Ends the server, and waits for that. */
    @Override
    public void close() throws IOException {
        server.close();
    }
}
