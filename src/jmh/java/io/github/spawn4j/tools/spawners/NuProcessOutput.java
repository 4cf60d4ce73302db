// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.spawners;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Keeps what one process of NuProcess prints, which comes on NuProcess's thread, until its exit.
 */
final class NuProcessOutput extends NuProcessSpawner.CloseStdin {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();

    @Override
    public void onStdout(ByteBuffer buffer, boolean closed) {
        byte[] piece = new byte[buffer.remaining()];
        buffer.get(piece);
        bytes.writeBytes(piece);
    }

    @Override
    public void onExit(int exitCode) {
        exit.complete(exitCode);
    }

    /** Waits for the exit, and returns all of it. */
    byte[] await() throws IOException, InterruptedException, ExecutionException {
        int code = exit.get();
        if (code != 0) {
            throw new IOException("NuProcess has told of exit code " + code);
        }
        return bytes.toByteArray();
    }
}
