// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.cgroup;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** Ends what is in a cgroup, and removes it with all below. */
public final class CgroupRemoval {
    private static final int SIGKILL = 9;

    /** How long killed processes may take until they are gone. */
    private static final long DYING_NS = 10_000_000_000L;

    private static final long FIRST_LOOK_NS = 200_000;
    private static final long LAST_LOOK_NS = 20_000_000;

    private CgroupRemoval() {}

    /**
     * Kills all and waits until they are gone; an interrupt does not end that.
     *
     * @throws IOException if somebody is left
     */
    public static void empty(CgroupMembers members) throws IOException {
        if (members.isEmpty()) {
            return;
        }
        members.signal(SIGKILL);
        long beganNs = System.nanoTime();
        long pauseNs = FIRST_LOOK_NS;
        while (!members.isEmpty()) {
            if (System.nanoTime() - beganNs > DYING_NS) {
                throw new IOException(members + " still has " + members.members());
            }
            pause(pauseNs);
            pauseNs = Math.min(2 * pauseNs, LAST_LOOK_NS);
        }
    }

    /** Also where the thread is interrupted, for which parkNanos() would not wait. */
    private static void pause(long pauseNs) {
        boolean interrupted = Thread.interrupted();
        LockSupport.parkNanos(pauseNs);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Removes it and all below, which must be empty; it may have been removed already. */
    public static void remove(Path directory) throws IOException {
        try (DirectoryStream<Path> below =
                Files.newDirectoryStream(directory, Files::isDirectory)) {
            for (Path child : below) {
                remove(child);
            }
        } catch (NoSuchFileException e) {
            return; // by somebody else
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        Files.deleteIfExists(directory);
    }
}
