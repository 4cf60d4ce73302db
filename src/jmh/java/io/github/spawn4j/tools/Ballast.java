// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What makes a JVM heavy to fork: open files, and memory in use. Held until close. */
final class Ballast implements AutoCloseable {
    /** For what the spawners themselves open. */
    private static final int SPARE_FILES = 100;

    private static final long MIB = 1 << 20;
    private static final int CHUNK_MIB = 64;

    private final Burden burden;
    private final List<FileInputStream> files = new ArrayList<>();
    private final List<ByteBuffer> memory = new ArrayList<>();

    /**
     * Checks that so much is possible, and opens the early files.
     *
     * @throws IOException if it is not
     */
    Ballast(Burden burden) throws IOException {
        this.burden = burden;
        check(burden, 1);
        open(burden.earlyFiles());
    }

    /**
     * Checks that so much is possible.
     *
     * @param jvms how many JVMs like this one are to carry it
     * @throws IOException if it is not
     */
    static void check(Burden burden, int jvms) throws IOException {
        long openFiles = (long) burden.openFiles() + burden.earlyFiles();
        int residentMib = burden.residentMib();
        long limit = Surroundings.maxOpenFiles();
        if (openFiles > 0 && openFiles > limit - Surroundings.openFiles() - SPARE_FILES) {
            throw new IOException(
                    openFiles
                            + " files cannot be opened: this process may have "
                            + limit
                            + " open (ulimit -n), and needs some itself");
        }
        // Off the heap, where no collector moves it; the JVM sets the same limit there.
        long heapMib = Runtime.getRuntime().maxMemory() / MIB;
        if (residentMib > heapMib - CHUNK_MIB) {
            throw new IOException(
                    residentMib + " MiB do not fit: this JVM may use " + heapMib + " (java -Xmx)");
        }
        long freeMib = Surroundings.availableMemory() / MIB;
        if ((long) jvms * residentMib > freeMib) {
            throw new IOException(
                    String.format(
                            "%d MiB in each of %d JVMs do not fit: the machine has %d MiB to spare"
                                    + " (--spawners)",
                            residentMib, jvms, freeMib));
        }
    }

    void load() throws IOException {
        open(burden.openFiles());
        for (int left = burden.residentMib(); left > 0; left -= CHUNK_MIB) {
            // Resident at once, as it is zeroed.
            memory.add(ByteBuffer.allocateDirect((int) (Math.min(left, CHUNK_MIB) * MIB)));
        }
    }

    private void open(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            files.add(new FileInputStream("/dev/null"));
        }
    }

    @Override
    public void close() throws IOException {
        memory.clear();
        for (FileInputStream file : files) {
            file.close();
        }
    }
}
