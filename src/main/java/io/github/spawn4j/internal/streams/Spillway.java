// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.streams;

import io.github.spawn4j.internal.loop.Reactor;
import io.github.spawn4j.internal.os.Log;
import java.io.IOException;
import java.util.List;

/**
 * Keeps a child that is being ended from waiting for room in its outputs, while they stay open:
 * what fills them and nobody reads is dropped, by the reactor. Thread-safe.
 *
 * <p>To close them would kill, with SIGPIPE, a child that only wants to say good-bye.
 */
public final class Spillway {
    /** How long a pipe may be full before somebody is taken for not reading it. */
    private static final long PAUSE_NS = 20_000_000;

    private static final Log LOG = Log.of(Spillway.class);

    private final List<PipeInput> outputs;
    private volatile boolean closed;

    private Spillway(List<PipeInput> outputs) {
        this.outputs = outputs;
    }

    /** One for these outputs, to be closed before they are. */
    public static Spillway open(List<PipeInput> outputs) {
        Spillway spillway = new Spillway(outputs);
        spillway.lookLater(PAUSE_NS);
        return spillway;
    }

    private void lookLater(long delayNs) {
        try {
            Reactor.schedule(delayNs, this::look);
        } catch (IOException e) {
            LOG.debug("a child may have to wait for room in its output", e);
        }
    }

    private void look() {
        if (closed) {
            return;
        }
        boolean isFlowing = false;
        for (PipeInput output : outputs) {
            try {
                isFlowing |= output.spill(Reactor.buffer());
            } catch (IOException e) {
                LOG.debug("a child may have to wait for room in its output", e);
            }
        }
        lookLater(isFlowing ? 0 : PAUSE_NS);
    }

    /** Drops nothing more. */
    public void close() {
        closed = true;
    }
}
