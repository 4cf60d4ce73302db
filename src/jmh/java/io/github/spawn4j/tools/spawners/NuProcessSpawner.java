// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.spawners;

import com.zaxxer.nuprocess.NuAbstractProcessHandler;
import com.zaxxer.nuprocess.NuProcess;
import com.zaxxer.nuprocess.NuProcessBuilder;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * NuProcess. It cannot redirect, so its children have pipes, of which standard input is closed at
 * once.
 */
final class NuProcessSpawner implements Spawner {
    private final NuProcessBuilder builder;
    private final Stopwatch watch = new Stopwatch();

    NuProcessSpawner(String program) {
        builder = new NuProcessBuilder(new CloseStdin(), program);
    }

    @Override
    public void spawn(int count, Samples samples) throws IOException, InterruptedException {
        for (int i = 0; i < count; i++) {
            watch.begin();
            NuProcess process = NuProcesses.start(builder);
            watch.started();
            watch.ended(process.waitFor(0, TimeUnit.SECONDS), samples);
        }
    }

    @Override
    public Started start() throws IOException {
        NuProcess process = NuProcesses.start(builder);
        return () -> process.waitFor(0, TimeUnit.SECONDS);
    }

    /** Its own way to start and wait in one call. */
    static RunSpawner.Runner runner(String program) {
        return () -> {
            ExitCode exit = new ExitCode();
            NuProcesses.run(new NuProcessBuilder(exit, program));
            return exit.code;
        };
    }

    private static final class ExitCode extends CloseStdin {
        private int code;

        @Override
        public void onExit(int exitCode) {
            code = exitCode;
        }
    }

    static class CloseStdin extends NuAbstractProcessHandler {
        @Override
        public void onStart(NuProcess process) {
            process.closeStdin(true);
        }
    }
}
