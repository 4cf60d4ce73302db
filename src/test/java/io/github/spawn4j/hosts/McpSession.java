// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.hosts;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Talks to the server of the Model Context Protocol that its arguments start, and prints how long
 * that takes. For src/test/hosts/mcp.sh.
 *
 * <p>The first argument is {@code spawn4j}, or {@code JDK} for what is written without it.
 */
public final class McpSession {
    private static final int CALLS = 200;
    private static final int GRACE_S = 5;
    private static final String INITIALIZE =
            "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
                    + "\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{\"name\":\"host\","
                    + "\"version\":\"1\"}}}";
    private static final String INITIALIZED =
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";

    private McpSession() {}

    private interface Transport {
        void send(String message) throws IOException;

        int end() throws Exception;
    }

    private static Transport spawn4j(List<String> command, Consumer<String> messages)
            throws IOException {
        StdioTransport transport =
                new StdioTransport(command, Duration.ofSeconds(GRACE_S), messages);
        return new Transport() {
            @Override
            public void send(String message) throws IOException {
                transport.send(message);
            }

            @Override
            public int end() throws IOException {
                transport.close();
                return transport.server().exitValue();
            }
        };
    }

    /** The same steps for the process alone: what else it has started, nobody ends. */
    private static Transport jdk(List<String> command, Consumer<String> messages)
            throws IOException {
        Process server =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        BufferedWriter out = server.outputWriter(StandardCharsets.UTF_8);
        BufferedReader in = server.inputReader(StandardCharsets.UTF_8);
        Thread reader = new Thread(() -> in.lines().forEach(messages), "reader");
        reader.setDaemon(true);
        reader.start();
        return new Transport() {
            @Override
            public void send(String message) throws IOException {
                out.write(message);
                out.newLine();
                out.flush();
            }

            @Override
            public int end() throws Exception {
                out.close();
                if (!server.waitFor(GRACE_S, TimeUnit.SECONDS)) {
                    server.destroy();
                    if (!server.waitFor(GRACE_S, TimeUnit.SECONDS)) {
                        server.destroyForcibly();
                    }
                }
                return server.waitFor();
            }
        };
    }

    public static void main(String[] args) throws Exception {
        List<String> command = List.of(args).subList(1, args.length);
        BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        long startNs = System.nanoTime();
        Transport transport =
                args[0].equals("JDK")
                        ? jdk(command, messages::add)
                        : spawn4j(command, messages::add);
        int exit;
        try {
            transport.send(INITIALIZE);
            awaitReply(messages, 0);
            print("start to first reply", startNs, 1);
            transport.send(INITIALIZED);
            long callsNs = System.nanoTime();
            for (int id = 1; id <= CALLS; id++) {
                transport.send(call(id));
                awaitReply(messages, id);
            }
            print("call of a tool", callsNs, CALLS);
        } finally {
            long endNs = System.nanoTime();
            exit = transport.end();
            print("to end it", endNs, 1);
        }
        System.out.printf("end|exit %d%n", exit);
    }

    private static String call(int id) {
        return "{\"jsonrpc\":\"2.0\",\"id\":"
                + id
                + ",\"method\":\"tools/call\",\"params\":{\"name\":\"echo\","
                + "\"arguments\":{\"message\":\"hello\"}}}";
    }

    /** The server says other things meanwhile. */
    private static void awaitReply(BlockingQueue<String> messages, int id) throws Exception {
        while (true) {
            String message = messages.poll(60, TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("no reply to " + id);
            }
            if (message.contains("\"result\"") && message.matches(".*\"id\":" + id + "\\b.*")) {
                return;
            }
        }
    }

    private static void print(String what, long sinceNs, int times) {
        System.out.printf("%s|%.1f ms%n", what, (System.nanoTime() - sinceNs) / 1e6 / times);
    }
}
