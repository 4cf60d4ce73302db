// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The progress of tasks of which it is known how long they take: a bar that moves every second, and
 * that knows the time left. Where standard error is no terminal, a line for each task.
 */
final class TimedProgress implements AutoCloseable {
    private final List<ReportSection> tasks;
    private final PrintWriter err;
    private final Progress bar;
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        Thread thread = new Thread(task, "progress");
                        thread.setDaemon(true);
                        return thread;
                    });
    private int begun;

    /** Of the task that runs. */
    private int secondsLeft;

    TimedProgress(List<ReportSection> tasks, PrintWriter err) {
        this.tasks = tasks;
        this.err = err;
        bar = new Progress("report", seconds(0)).cover();
        clock.scheduleAtFixedRate(this::tick, 1, 1, TimeUnit.SECONDS);
    }

    private int seconds(int from) {
        return tasks.stream().skip(from).mapToInt(ReportSection::seconds).sum();
    }

    private synchronized void tick() {
        if (secondsLeft > 0) {
            secondsLeft--;
            bar.add(1);
        }
    }

    /** The next task begins; the one before has ended. */
    synchronized void next() {
        bar.add(secondsLeft);
        ReportSection task = tasks.get(begun);
        secondsLeft = task.seconds();
        if (!bar.isShown()) {
            err.printf(
                    "%d of %d: %s; about %d s left%n",
                    begun + 1, tasks.size(), task.name(), seconds(begun));
        }
        begun++;
    }

    @Override
    public void close() {
        clock.shutdownNow();
        bar.close();
    }
}
