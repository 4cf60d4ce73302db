// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.Pipe;
import java.nio.channels.SocketChannel;
import java.util.SortedMap;

/**
 * A pipe and a socket that nobody but the test may close: what closes a number twice closes what
 * has got it meanwhile. To be opened while nobody else opens any.
 */
public final class Bystanders implements Closeable {
    private static final int COUNT = 3;

    private final Pipe pipe;
    private final SocketChannel socket;

    /** By number. */
    private final SortedMap<Integer, String> targets;

    public Bystanders() throws IOException {
        SortedMap<Integer, String> before = OpenFile.descriptors();
        pipe = Pipe.open();
        socket = SocketChannel.open();
        targets = OpenFile.descriptors();
        targets.entrySet().removeAll(before.entrySet());
        targets.values().removeIf(target -> !target.matches("(pipe|socket):.*"));
        assertThat(targets).hasSize(COUNT);
    }

    /** Demands that all are open at the same numbers. */
    public void assertOpen(Object what) throws IOException {
        assertThat(OpenFile.descriptors()).as("open after " + what).containsAllEntriesOf(targets);
    }

    @Override
    public void close() throws IOException {
        pipe.sink().close();
        pipe.source().close();
        socket.close();
    }
}
