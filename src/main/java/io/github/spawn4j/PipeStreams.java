// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.loop.Reactor;
import io.github.spawn4j.internal.loop.Timer;
import io.github.spawn4j.internal.os.Uninterrupted;
import io.github.spawn4j.internal.start.Launched;
import io.github.spawn4j.internal.streams.PipeInput;
import io.github.spawn4j.internal.streams.PipeOutput;
import io.github.spawn4j.internal.streams.Spillway;
import io.github.spawn4j.internal.streams.Terminal;
import io.github.spawn4j.internal.teardown.Escalation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Pipes, and a terminal, that the library has made itself. Thread-safe. */
final class PipeStreams extends StandardStreams {
    /** How long threads that read when the process ends may take to read what is left. */
    private static final long READERS_NS = 100_000_000;

    private static final Child.Stream[] NO_STREAMS = {};

    // Null where there is no pipe.
    private final PipeOutput input;
    private final PipeInput output;
    private final PipeInput error;

    /** Made when first asked for: its buffer would be most of what a running child costs. */
    @GuardedBy("this")
    private OutputStream stdin;

    /**
     * Takes over the pipes and the terminal of what has just been started.
     *
     * @param interruptible whether an interrupt of a thread that uses a stream closes the stream
     */
    PipeStreams(Launched launched, boolean interruptible) {
        Terminal terminal = launched.terminal();
        boolean isRead = launched.hasPipe(1);
        input =
                launched.hasPipe(0)
                        ? new PipeOutput(launched.pipe(0), interruptible)
                        : terminal == null ? null : terminal.output(interruptible);
        output =
                isRead
                        ? new PipeInput(launched.pipe(1), interruptible)
                        : shown(terminal, interruptible);
        error =
                launched.hasPipe(2)
                        ? new PipeInput(launched.pipe(2), interruptible)
                        : isRead ? shown(terminal, interruptible) : null;
    }

    private static PipeInput shown(Terminal terminal, boolean interruptible) {
        return terminal == null ? null : terminal.input(interruptible);
    }

    @Override
    Child.Stream[] ends() {
        if (input == null && output == null && error == null) {
            return NO_STREAMS;
        }
        Child.Stream[] all = {input, output, error};
        int count = 0;
        for (Child.Stream stream : all) {
            if (stream != null) {
                all[count++] = stream;
            }
        }
        return count == all.length ? all : Arrays.copyOf(all, count);
    }

    private List<PipeInput> outputs() {
        List<PipeInput> outputs = new ArrayList<>(2);
        if (output != null) {
            outputs.add(output);
        }
        if (error != null && error != output) {
            outputs.add(error);
        }
        return outputs;
    }

    @Override
    OutputStream stdin() {
        synchronized (this) {
            if (stdin == null) {
                stdin = input == null ? new NoOutput() : input.forUser();
            }
            return stdin;
        }
    }

    @Override
    InputStream stdout() {
        return orEmpty(output);
    }

    @Override
    InputStream stderr() {
        return orEmpty(error);
    }

    /** The stream of an output that is no pipe is empty, and stays so when it is closed. */
    private static InputStream orEmpty(InputStream pipe) {
        return pipe == null ? new ByteArrayInputStream(new byte[0]) : pipe;
    }

    @Override
    boolean hasInput() {
        return input != null;
    }

    @Override
    boolean hasBuffers() {
        synchronized (this) {
            return stdin != null;
        }
    }

    @Override
    void endInput() throws IOException {
        if (input != null) {
            input.end();
        }
    }

    @Override
    void closeInput() throws IOException {
        if (input != null) {
            input.close();
        }
    }

    @Override
    void destroy(boolean hasExited) throws IOException {
        for (PipeInput stream : outputs()) {
            if (hasExited) {
                stream.childExited(); // whoever has found that out may not have got to it yet
            }
            if (!hasExited || stream.isHeld()) {
                stream.closeAfterUse();
            }
        }
        closeInput();
    }

    /** The outputs are closed last: a process that prints as it ends would be killed by SIGPIPE. */
    @Override
    void tearDown(Escalation teardown, boolean closesInput) throws IOException {
        List<PipeInput> outputs = outputs();
        List<PipeInput> beingRead = new ArrayList<>(outputs);
        beingRead.removeIf(it -> !it.isBeingRead());
        Spillway spillway = Spillway.open(outputs);
        try {
            if (!closesInput) {
                closeInput();
            }
            CompletableFuture<Void> gone = teardown.begin();
            Uninterrupted.get(gone);
            List<PipeInput> readers = new ArrayList<>(outputs);
            readers.removeIf(it -> !beingRead.contains(it) && !it.hasJustBeenRead());
            awaitReaders(readers);
        } finally {
            spillway.close();
        }
    }

    /**
     * Lets the threads that were reading read what is left. Only for a moment, as a reader may be
     * slow, or a grandchild keep an output open.
     */
    private static void awaitReaders(List<PipeInput> beingRead) throws IOException {
        if (beingRead.isEmpty()) {
            return;
        }
        CompletableFuture<?>[] ends = new CompletableFuture<?>[beingRead.size()];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = beingRead.get(i).end();
        }
        CompletableFuture<Void> read = CompletableFuture.allOf(ends);
        Timer limit = Reactor.schedule(READERS_NS, () -> read.complete(null));
        Uninterrupted.get(read);
        limit.cancel();
    }

    /** The stream of a standard input that is no pipe, as ProcessBuilder documents it. */
    private static final class NoOutput extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            throw new IOException("Stream closed");
        }
    }
}
