// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.loop.Workers;
import io.github.spawn4j.internal.os.Log;
import java.io.IOException;
import java.lang.ref.WeakReference;

/**
 * The standard input that a user writes to, as a teardown ends it: behind what is buffered.
 * Thread-safe.
 */
final class UserInput implements Child.Input {
    private static final Log LOG = Log.of(UserInput.class);

    private final StandardStreams streams;

    /** Weak, as a teardown at the JVM's end must not keep a process that nobody refers to. */
    private final WeakReference<PidfdProcess> process;

    UserInput(StandardStreams streams, PidfdProcess process) {
        this.streams = streams;
        this.process = new WeakReference<>(process);
    }

    @Override
    public void end() throws IOException {
        PidfdProcess writer = process.get();
        if (writer == null || !streams.hasBuffers()) {
            streams.endInput();
            return;
        }
        // The child may read slowly or not at all; close() then ends the wait.
        Workers.execute(() -> flushAndEnd(writer));
    }

    private void flushAndEnd(PidfdProcess writer) {
        try {
            writer.flushInput();
        } catch (IOException | RuntimeException e) {
            LOG.debug("what was buffered for {} is lost", writer, e);
        }
        try {
            streams.endInput();
        } catch (IOException e) {
            LOG.debug("the end of the input is not wanted", e);
        }
    }

    @Override
    public void close() throws IOException {
        streams.closeInput();
    }
}
