package io.github.spawn4j.tools.spawners;

import java.io.Closeable;
import java.io.IOException;

/** As {@link ProcessSpawner}, for processes whose streams are pipes. */
final class PipedSpawner implements Spawner {
    private final ProcessSpawner.Starter starter;
    private final Closeable resource;

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
            long began = System.nanoTime();
            Process process = starter.start();
            long started = System.nanoTime();
            process.waitFor();
            samples.add(started - began, System.nanoTime() - began);
            process.getOutputStream().close();
            process.getInputStream().close();
            process.getErrorStream().close();
        }
    }

    @Override
    public void close() throws IOException {
        resource.close();
    }
}
