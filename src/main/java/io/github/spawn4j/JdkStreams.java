// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.loop.Workers;
import io.github.spawn4j.internal.os.Log;
import io.github.spawn4j.internal.os.Uninterrupted;
import io.github.spawn4j.internal.teardown.Escalation;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The streams of a process that the JDK has started, which are the JDK's own. Thread-safe. */
final class JdkStreams extends StandardStreams {
    private static final Log LOG = Log.of(JdkStreams.class);

    private final Process process;
    private final boolean hasInput;

    JdkStreams(Process process, boolean hasInput) {
        this.process = process;
        this.hasInput = hasInput;
    }

    @Override
    Child.Stream[] ends() {
        return new Child.Stream[] {
            new End(process.getOutputStream()),
            new End(process.getInputStream()),
            new End(process.getErrorStream())
        };
    }

    /** A stream that the JDK looks after when the process ends. */
    private record End(Closeable stream) implements Child.Stream {
        @Override
        public void childExited() {
            // The JDK has been told before.
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }

    @Override
    OutputStream stdin() {
        return process.getOutputStream();
    }

    @Override
    InputStream stdout() {
        return process.getInputStream();
    }

    @Override
    InputStream stderr() {
        return process.getErrorStream();
    }

    @Override
    boolean hasInput() {
        return hasInput;
    }

    @Override
    boolean hasBuffers() {
        return hasInput;
    }

    /** By a worker, as the JDK writes first what is buffered, and waits for room. */
    @Override
    void endInput() {
        Workers.execute(this::closeInputHere);
    }

    @Override
    void closeInput() {
        endInput();
    }

    private void closeInputHere() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            LOG.debug("the end of the input is not wanted", e);
        }
    }

    @Override
    void destroy(boolean hasExited) throws IOException {
        if (!hasExited) {
            endInput();
            process.getInputStream().close();
            process.getErrorStream().close();
        }
    }

    @Override
    void tearDown(Escalation teardown, boolean closesInput) throws IOException {
        if (!closesInput) {
            endInput();
        }
        Uninterrupted.get(teardown.begin());
    }
}
