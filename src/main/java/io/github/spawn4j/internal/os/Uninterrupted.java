// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Waits that an interrupt does not end, for what goes on anyway and must not be lost. */
public final class Uninterrupted {
    private Uninterrupted() {}

    /**
     * The result of {@code future}; an interrupt meanwhile is the thread's again afterwards.
     *
     * @throws IOException if it has failed with one
     */
    public static <T> T get(Future<T> future) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (OutOfMemoryError e) {
                    // It goes on all the same, with what the caller would give up now.
                    Thread.yield();
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
