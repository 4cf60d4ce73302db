// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.spawners;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import org.zeroturnaround.exec.ProcessExecutor;
import org.zeroturnaround.exec.ProcessResult;
import org.zeroturnaround.exec.StartedProcess;

/** zt-exec, which reads what its children print and throws it away. */
final class ZtExecSpawner implements Spawner {
    private final ProcessExecutor executor;
    private final Stopwatch watch = new Stopwatch();

    ZtExecSpawner(String program) {
        executor = new ProcessExecutor(program);
    }

    @Override
    public void spawn(int count, Samples samples) throws IOException, InterruptedException {
        for (int i = 0; i < count; i++) {
            watch.begin();
            StartedProcess process = executor.start();
            watch.started();
            watch.ended(exitCode(process), samples);
        }
    }

    @Override
    public Started start() throws IOException {
        StartedProcess process = executor.start();
        return () -> exitCode(process);
    }

    private static int exitCode(StartedProcess process) throws IOException, InterruptedException {
        try {
            ProcessResult result = process.getFuture().get();
            return result.getExitValue();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }
}
