// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.agent;

import com.zaxxer.nuprocess.NuAbstractProcessHandler;
import com.zaxxer.nuprocess.NuProcess;
import com.zaxxer.nuprocess.NuProcessBuilder;
import io.github.spawn4j.tools.spawners.NuProcesses;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Starts calls with NuProcess, which reads all output itself. */
final class NuLauncher implements Launcher {
    private final Place place;

    NuLauncher(Place place) {
        this.place = place;
    }

    @Override
    public Process start(Call call) throws IOException {
        Called called = new Called();
        NuProcessBuilder builder = new NuProcessBuilder(place.command(call), place.environment());
        builder.setProcessListener(called);
        builder.setCwd(place.directory());
        called.nuProcess = NuProcesses.start(builder);
        return called.process;
    }

    /** What NuProcess tells of a call. Its methods are called one after the other. */
    private static final class Called extends NuAbstractProcessHandler {
        private final ByteArrayOutputStream output = new ByteArrayOutputStream();
        private final CompletableFuture<Process> exit = new CompletableFuture<>();
        private final AsProcess process = new AsProcess(this);
        private volatile NuProcess nuProcess;
        private volatile int exitCode;

        @Override
        public void onStart(NuProcess process) {
            process.closeStdin(true);
        }

        @Override
        public void onStdout(ByteBuffer buffer, boolean closed) {
            add(buffer);
        }

        @Override
        public void onStderr(ByteBuffer buffer, boolean closed) {
            add(buffer);
        }

        private void add(ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            output.writeBytes(bytes);
        }

        @Override
        public void onExit(int code) {
            exitCode = code;
            exit.complete(process);
        }
    }

    /** As much of a process as {@link Running} needs. */
    private static final class AsProcess extends Process {
        private final Called called;

        AsProcess(Called called) {
            this.called = called;
        }

        /** Once it has ended; NuProcess has then read everything. */
        @Override
        public InputStream getInputStream() {
            called.exit.join();
            return new ByteArrayInputStream(called.output.toByteArray());
        }

        @Override
        public InputStream getErrorStream() {
            return InputStream.nullInputStream();
        }

        @Override
        public OutputStream getOutputStream() {
            return OutputStream.nullOutputStream();
        }

        @Override
        public CompletableFuture<Process> onExit() {
            return called.exit;
        }

        @Override
        public int waitFor() throws InterruptedException {
            try {
                called.exit.get();
                return called.exitCode;
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public int exitValue() {
            if (!called.exit.isDone()) {
                throw new IllegalThreadStateException();
            }
            return called.exitCode;
        }

        @Override
        public void destroy() {
            called.nuProcess.destroy(true);
        }
    }
}
