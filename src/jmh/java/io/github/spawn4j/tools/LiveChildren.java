// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.spawners.CpuClock;
import io.github.spawn4j.tools.spawners.Times;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/** Many children at once that only live: what they cost, and how soon their ends are known. */
final class LiveChildren implements AutoCloseable {
    private static final List<String> COMMAND = List.of("sleep", "600");
    private static final int WARM_UP = 50;
    private static final double NS_PER_US = 1e3;
    private static final double US_PER_MS = 1e3;
    private static final long LIMIT_S = 60;

    private final Starter starter;
    private final NativePrograms programs;

    /** All that were started, dead ones too. */
    private final List<Process> children = new ArrayList<>();

    LiveChildren(Starter starter, NativePrograms programs) {
        this.starter = starter;
        this.programs = programs;
    }

    LiveRound measure(int count) throws IOException, InterruptedException {
        int threads = OsThreads.count();
        warmUp();
        long heap = usedHeap();
        long resident = Surroundings.residentMemory();
        long startNs = System.nanoTime();
        long cpuNs = CpuClock.ns();
        List<Process> live = start(count);
        startNs = System.nanoTime() - startNs;
        cpuNs = CpuClock.ns() - cpuNs;
        threads = OsThreads.count() - threads;
        heap = usedHeap() - heap;
        resident = Surroundings.residentMemory() - resident;
        kill(start(WARM_UP));
        cpuNs -= CpuClock.ns();
        Times notices = kill(live);
        cpuNs += CpuClock.ns();
        return new LiveRound(
                startNs / NS_PER_US / count,
                (double) threads / count,
                (double) heap / count,
                (double) resident / count,
                cpuNs / NS_PER_US / count,
                millis(notices, Percentiles.MEDIAN),
                millis(notices, Percentiles.TAIL),
                millis(notices, Percentiles.ALL));
    }

    private static double millis(Times times, double share) {
        return times.micros(share) / US_PER_MS;
    }

    /** Without callbacks: what runs those is not what living children need. */
    private void warmUp() throws IOException, InterruptedException {
        for (Process child : start(WARM_UP)) {
            child.destroyForcibly().waitFor();
        }
    }

    private List<Process> start(int count) throws IOException {
        List<Process> started = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Process child = starter.start(COMMAND);
            children.add(child);
            started.add(child);
        }
        return started;
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Kills them all, and returns how long after each death we were told of it. */
    private Times kill(List<Process> live) throws IOException, InterruptedException {
        CountDownLatch missing = new CountDownLatch(live.size());
        AtomicLongArray toldNs = new AtomicLongArray(live.size());
        try (Witness witness = new Witness(programs, live)) {
            for (int i = 0; i < live.size(); i++) {
                int child = i;
                live.get(i)
                        .onExit()
                        .thenRun(
                                () -> {
                                    toldNs.set(child, System.nanoTime());
                                    missing.countDown();
                                });
            }
            long killNs = System.nanoTime();
            live.forEach(Process::destroyForcibly);
            if (!missing.await(LIMIT_S, TimeUnit.SECONDS)) {
                throw new IOException(
                        missing.getCount() + " exits were not noticed within " + LIMIT_S + " s");
            }
            Map<Long, Long> deathsNs = witness.deaths(live.size());
            Times notices = new Times();
            for (int i = 0; i < live.size(); i++) {
                long deathNs = deathsNs.get(live.get(i).pid());
                if (deathNs < killNs || deathNs > System.nanoTime()) {
                    throw new IOException("System.nanoTime() is not CLOCK_MONOTONIC here");
                }
                notices.add(toldNs.get(i) - deathNs);
            }
            return notices;
        }
    }

    /** Kills what a failure has left; nothing happens to those that have ended. */
    @Override
    public void close() {
        children.forEach(Process::destroyForcibly);
    }
}
