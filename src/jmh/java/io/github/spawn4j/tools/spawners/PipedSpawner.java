// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.spawners;

import java.io.Closeable;
import java.io.IOException;

/** As {@link ProcessSpawner}, for processes whose streams are pipes. */
final class PipedSpawner implements Spawner {
    private final ProcessSpawner.Starter starter;
    private final Closeable resource;
    private final Stopwatch watch = new Stopwatch();

    /**
     * @param resource what the starter needs, closed with this
     */
    PipedSpawner(ProcessSpawner.Starter starter, Closeable resource) {
        this.starter = starter;
        this.resource = resource;
    }

    @Override
    public void spawn(int count, Samples samples) throws IOException, InterruptedException {
        for (int i = 0; i < count; i++) {
            watch.begin();
            Process process = starter.start();
            watch.started();
            watch.ended(process.waitFor(), samples);
            close(process);
        }
    }

    @Override
    public Started start() throws IOException {
        Process process = starter.start();
        return () -> {
            process.waitFor();
            close(process);
        };
    }

    @Override
    public void close() throws IOException {
        resource.close();
    }

    private static void close(Process process) throws IOException {
        process.getOutputStream().close();
        process.getInputStream().close();
        process.getErrorStream().close();
    }
}
