// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.warm;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.tools.spawners.CpuClock;
import io.github.spawn4j.tools.spawners.Times;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;

/** Some starts, so many of them in flight at any time. One thread. */
final class Batch {
    private static final long NS_PER_US = 1_000;

    private final Starter starter;
    private final Times blocked;
    private final Times total;
    private final Queue<Running> inFlight = new ArrayDeque<>();

    /** A process, and when its start began. */
    private record Running(PidfdProcess process, long beganNs) {}

    /**
     * @param blocked takes how long each start has held up its caller
     * @param total takes how long it was from there to the end of output and process
     */
    Batch(Starter starter, Times blocked, Times total) {
        this.starter = starter;
        this.blocked = blocked;
        this.total = total;
    }

    /**
     * Makes the starts. Returns the microseconds of processor time of each, on average: of the
     * children, of helpers, and of all threads of this JVM.
     */
    double run(int count, int width) throws IOException, InterruptedException {
        long childrenNs = CpuClock.childrenNs();
        long jvmNs = CpuClock.jvmNs(); // last, as to ask for the children's takes some itself
        for (int i = 0; i < count; i++) {
            if (inFlight.size() == width) {
                finish(inFlight.remove());
            }
            long beganNs = System.nanoTime();
            Running running = new Running(starter.start(), beganNs);
            blocked.add(System.nanoTime() - beganNs);
            inFlight.add(running);
        }
        while (!inFlight.isEmpty()) {
            finish(inFlight.remove());
        }
        jvmNs = CpuClock.jvmNs() - jvmNs;
        childrenNs = CpuClock.childrenNs() - childrenNs;
        return (double) (jvmNs + childrenNs) / count / NS_PER_US;
    }

    private void finish(Running running) throws IOException, InterruptedException {
        PidfdProcess process = running.process;
        process.getInputStream().readAllBytes();
        int code = process.waitFor();
        total.add(System.nanoTime() - running.beganNs);
        if (code != 0) {
            throw new IOException(process + " has exited with " + code);
        }
        process.getInputStream().close();
    }
}
