// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.hosts;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Talks to the server of the Model Context Protocol that its arguments start, and prints how long
 * that takes. For src/test/hosts/mcp.sh.
 */
public final class McpSession {
    private static final int CALLS = 200;
    private static final String INITIALIZE =
            "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
                    + "\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{\"name\":\"host\","
                    + "\"version\":\"1\"}}}";
    private static final String INITIALIZED =
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";

    private McpSession() {}

    public static void main(String[] args) throws Exception {
        BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        long startNs = System.nanoTime();
        StdioTransport transport =
                new StdioTransport(List.of(args), Duration.ofSeconds(5), messages::add);
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
            transport.close();
            print("`close()`", endNs, 1);
        }
        System.out.printf("end|exit %d%n", transport.server().exitValue());
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
