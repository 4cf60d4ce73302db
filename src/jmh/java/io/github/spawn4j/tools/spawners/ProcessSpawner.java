// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.spawners;

import java.io.Closeable;
import java.io.IOException;

/** Whatever gives a {@link Process}: the JDK and this library. */
final class ProcessSpawner implements Spawner {
    /** One start. */
    interface Starter {
        Process start() throws IOException;
    }

    private final Starter starter;
    private final Closeable resource;
    private final Stopwatch watch = new Stopwatch();

    ProcessSpawner(Starter starter) {
        this(starter, () -> {});
    }

    /**
     * @param resource what the starter needs, closed with this
     */
    ProcessSpawner(Starter starter, Closeable resource) {
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
        }
    }

    @Override
    public Started start() throws IOException {
        return starter.start()::waitFor;
    }

    @Override
    public void close() throws IOException {
        resource.close();
    }
}
