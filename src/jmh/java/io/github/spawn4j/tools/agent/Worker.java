// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.agent;

import java.io.IOException;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Takes calls from a queue and keeps its share of them in flight: whichever ends makes room for the
 * next. One thread.
 */
final class Worker implements Callable<Void> {
    private final Launcher launcher;
    private final Queue<Call> calls;
    private final int share;
    private final Set<Running> inFlight = new HashSet<>();
    private final BlockingQueue<Running> ended = new LinkedBlockingQueue<>();

    Worker(Launcher launcher, Queue<Call> calls, int share) {
        this.launcher = launcher;
        this.calls = calls;
        this.share = share;
    }

    @Override
    public Void call() throws IOException, InterruptedException {
        try {
            fill();
            while (!inFlight.isEmpty()) {
                Running next = ended.take();
                inFlight.remove(next);
                next.finish();
                fill();
            }
            return null;
        } finally {
            inFlight.forEach(Running::abandon);
        }
    }

    private void fill() throws IOException {
        while (inFlight.size() < share) {
            Call call = calls.poll();
            if (call == null) {
                return;
            }
            Running running = Running.start(launcher, call);
            inFlight.add(running);
            running.whenEnded(ended::add);
        }
    }
}
