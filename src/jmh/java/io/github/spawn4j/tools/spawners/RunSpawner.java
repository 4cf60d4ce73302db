// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.spawners;

import java.io.IOException;

/** What starts and waits in one call: the start takes as long as the whole. */
final class RunSpawner implements Spawner {
    /** One call, which returns the exit code. */
    interface Runner {
        int run() throws IOException;
    }

    private final Runner runner;
    private final Stopwatch watch = new Stopwatch();

    RunSpawner(Runner runner) {
        this.runner = runner;
    }

    @Override
    public void spawn(int count, Samples samples) throws IOException {
        for (int i = 0; i < count; i++) {
            watch.begin();
            int code = runner.run();
            watch.started();
            watch.ended(code, samples);
        }
    }
}
