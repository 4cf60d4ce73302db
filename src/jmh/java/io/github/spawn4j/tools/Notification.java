// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.method.ProcessorTimes;
import io.github.spawn4j.tools.method.Rounds;
import io.github.spawn4j.tools.spawners.CpuClock;
import io.github.spawn4j.tools.spawners.ExitNotifier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The usual exit notifiers, taking turns with a child that says when it ends. */
final class Notification implements AutoCloseable {
    /** How many exits one is told of before it is the next one's turn. */
    static final int BATCH = 50;

    private static final double NS_PER_US = 1e3;

    // Long, as the JVM's compilers take a processor for milliseconds at a time until they are done.
    static final int WARM_UP = 5_000;

    private static final long WARM_UP_NS = 4_000_000_000L;
    private static final int MOST_TRIES = 100;
    private static final long LIMIT_S = 30;

    private final TemporaryDirectory directory = new TemporaryDirectory();
    private final FileChannel file;
    private final List<String> command;
    private final ByteBuffer time = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
    private final List<ExitNotifier> notifiers = new ArrayList<>();
    private final int processors = Runtime.getRuntime().availableProcessors();
    private final Remarks remarks;

    Notification(NativePrograms programs, Remarks remarks) throws IOException {
        this.remarks = remarks;
        Path path = directory.path().resolve("exit_time");
        file =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        command = List.of(programs.path("exit_time"), path.toString());
    }

    /** Warms up the notifiers; one of others that does not work is left out and named. */
    void warmUp() throws IOException, InterruptedException {
        warmUp(WARM_UP);
    }

    /**
     * The same with fewer exits.
     *
     * @param most how many there are of each
     */
    void warmUp(int most) throws IOException, InterruptedException {
        for (ExitNotifier notifier : ExitNotifier.usual()) {
            try {
                long began = System.nanoTime();
                for (int i = 0; i < most && System.nanoTime() - began < WARM_UP_NS; i++) {
                    latencyNs(notifier);
                }
                notifiers.add(notifier);
            } catch (IOException e) {
                if (!notifier.isForeign()) {
                    throw e;
                }
                remarks.leftOut(notifier, e.getMessage());
            }
        }
    }

    /** Has every notifier tell of {@code count} exits, in turns of random order. */
    Map<ExitNotifier, Notices> measure(int count) throws IOException, InterruptedException {
        Map<ExitNotifier, Notices> results = new EnumMap<>(ExitNotifier.class);
        notifiers.forEach(notifier -> results.put(notifier, new Notices()));
        int most = (count + BATCH - 1) / BATCH;
        Rounds rounds = new Rounds(most, most, Duration.ZERO, System.nanoTime());
        try (Progress progress = new Progress("exits", (long) count * notifiers.size())) {
            for (int done = 0; done < count; done += BATCH) {
                int batch = Math.min(BATCH, count - done);
                for (ExitNotifier notifier : rounds.next(notifiers)) {
                    addBatch(notifier, batch, results.get(notifier));
                    progress.add(batch);
                }
            }
        }
        return results;
    }

    private void addBatch(ExitNotifier notifier, int size, Notices notices)
            throws IOException, InterruptedException {
        ProcessorTimes before = ProcessorTimes.now();
        long beganNs = System.nanoTime();
        long cpuNs = CpuClock.ns();
        double[] micros = new double[size];
        for (int i = 0; i < size; i++) {
            micros[i] = latencyNs(notifier) / NS_PER_US;
        }
        long usedNs = CpuClock.ns() - cpuNs;
        long elapsedNs = System.nanoTime() - beganNs;
        notices.add(
                micros,
                usedNs,
                usedNs == 0
                        ? 0
                        : ProcessorTimes.now().othersSince(before, usedNs, elapsedNs, processors));
    }

    /** How long after the end of a child we were told of it. */
    private long latencyNs(ExitNotifier notifier) throws IOException, InterruptedException {
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            OptionalLong latencyNs = tryLatencyNs(notifier);
            if (latencyNs.isPresent()) {
                return latencyNs.getAsLong();
            }
        }
        throw new IOException(
                "the machine is too busy: all children ended while they were started");
    }

    /** The same; empty if the child had ended before we had asked to be told. */
    private OptionalLong tryLatencyNs(ExitNotifier notifier)
            throws IOException, InterruptedException {
        CompletableFuture<Long> told = new CompletableFuture<>();
        long startNs = System.nanoTime();
        notifier.start(command, () -> told.complete(System.nanoTime()));
        long askedNs = System.nanoTime();
        long toldNs;
        try {
            toldNs = told.get(LIMIT_S, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IOException("no word of an exit within " + LIMIT_S + " s", e);
        }
        long endNs = endNs();
        if (endNs < startNs || endNs > toldNs) {
            throw new IOException(
                    "the child ended at "
                            + endNs
                            + ", not between "
                            + startNs
                            + " and "
                            + toldNs
                            + ": System.nanoTime() is not CLOCK_MONOTONIC here");
        }
        return endNs < askedNs ? OptionalLong.empty() : OptionalLong.of(toldNs - endNs);
    }

    private long endNs() throws IOException {
        time.clear();
        if (file.read(time, 0) != Long.BYTES) {
            throw new IOException("the child has not said when it ended");
        }
        return time.getLong(0);
    }

    @Override
    public void close() throws IOException {
        file.close();
        directory.close();
    }
}
