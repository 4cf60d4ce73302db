// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.spawners.Contender;
import io.github.spawn4j.tools.spawners.Samples;
import io.github.spawn4j.tools.spawners.Spawner;
import io.github.spawn4j.tools.spawners.Streams;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Threads that start one program at once, each with a spawner of its own; and what they have
 * measured so far. One thread at a time.
 */
final class Crowd {
    private static final double NS_PER_S = 1e9;

    private final Contender contender;
    private final String program;
    private final Streams streams;
    private final int threads;
    private final Samples samples = new Samples();
    private long elapsedNs;

    Crowd(Contender contender, String program, Streams streams, int threads) {
        this.contender = contender;
        this.program = program;
        this.streams = streams;
        this.threads = threads;
    }

    Contender contender() {
        return contender;
    }

    String program() {
        return program;
    }

    Streams streams() {
        return streams;
    }

    int threads() {
        return threads;
    }

    Samples samples() {
        return samples;
    }

    /** Starts in a second, of all threads together. */
    double perSecond() {
        return samples.size() * NS_PER_S / elapsedNs;
    }

    /** Has all threads make starts for so long. */
    void burst(int durationMs, NativePrograms programs) throws IOException, InterruptedException {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        List<Spawner> spawners = new ArrayList<>();
        try {
            CyclicBarrier begin = new CyclicBarrier(threads);
            List<Callable<Part>> tasks = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                Spawner spawner = contender.open(program, streams, programs);
                spawners.add(spawner);
                tasks.add(() -> part(spawner, durationMs, begin));
            }
            add(executor.invokeAll(tasks));
        } finally {
            executor.shutdown();
            for (Spawner spawner : spawners) {
                spawner.close();
            }
        }
    }

    private Part part(Spawner spawner, int durationMs, CyclicBarrier begin) throws Exception {
        Samples samples = new Samples();
        int portion = contender.portion(threads);
        begin.await();
        long beganNs = System.nanoTime();
        long now = beganNs;
        while (now - beganNs < TimeUnit.MILLISECONDS.toNanos(durationMs)) {
            spawner.spawn(portion, samples);
            now = System.nanoTime();
        }
        return new Part(samples, beganNs, now);
    }

    private void add(List<Future<Part>> parts) throws IOException, InterruptedException {
        long beganNs = Long.MAX_VALUE;
        long endedNs = Long.MIN_VALUE;
        for (Future<Part> future : parts) {
            Part part = get(future);
            samples.addAll(part.samples);
            beganNs = Math.min(beganNs, part.beganNs);
            endedNs = Math.max(endedNs, part.endedNs);
        }
        elapsedNs += endedNs - beganNs;
    }

    private static Part get(Future<Part> future) throws IOException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
    }

    /** What one thread has measured. */
    private record Part(Samples samples, long beganNs, long endedNs) {}
}
