// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.method.ProcessorTimes;
import io.github.spawn4j.tools.method.Ratio;
import io.github.spawn4j.tools.method.Rounds;
import io.github.spawn4j.tools.spawners.RemoteSpawner;
import io.github.spawn4j.tools.spawners.Samples;
import io.github.spawn4j.tools.spawners.SpawnerType;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Some spawners, each in a process of its own, taking turns in random order. */
final class Comparison implements AutoCloseable {
    /** How many starts a spawner makes before it is the next one's turn, if it makes many. */
    static final int BATCH = 100;

    /** How many rounds there are at least: few batches say nothing about how much they vary. */
    static final int LEAST_ROUNDS = 10;

    /** How many at most, unless it is said how many starts there are. */
    static final int MOST_ROUNDS = 60;

    /**
     * How many starts of each are not measured, unless it is said: after a few hundred, most of the
     * code is still interpreted, or compiled in a hurry.
     */
    static final int WARM_UP = 10_000;

    /** How long the warm-up of one may take, unless it is said how many starts it has. */
    static final int WARM_UP_S = 4;

    /** How long the measured starts of one may take, unless it is said how many there are. */
    static final int COUNT_S = 6;

    /** Of a batch's time: compilers that work less than this are quiet. */
    private static final double QUIET = 0.02;

    private final Map<SpawnerType, RemoteSpawner> spawners = new EnumMap<>(SpawnerType.class);
    private final int processors = Runtime.getRuntime().availableProcessors();

    private final Effort effort;
    private final long seed;
    private final Remarks remarks;
    private boolean pinned;

    /**
     * @param seed of the order of the turns
     */
    Comparison(Effort effort, long seed, Remarks remarks) {
        this.effort = effort;
        this.seed = seed;
        this.remarks = remarks;
    }

    /**
     * What is measured unless it is said otherwise.
     *
     * @param count how many starts of each; null for as many as make the intervals narrow, but
     *     {@link #MOST_ROUNDS} batches and {@link #COUNT_S} seconds of each at most
     * @param warmUp how many starts of each are not measured; null for {@link #WARM_UP}, but {@link
     *     #WARM_UP_S} seconds at most, and then until the compilers are quiet
     */
    static Effort effort(Integer count, Integer warmUp) {
        int batch = count == null ? BATCH : Math.max(1, Math.min(BATCH, count / LEAST_ROUNDS));
        int most = count == null ? MOST_ROUNDS : (count + batch - 1) / batch;
        return new Effort(
                warmUp == null ? WARM_UP : warmUp,
                warmUp == null ? Duration.ofSeconds(WARM_UP_S) : Effort.UNLIMITED,
                warmUp == null,
                batch,
                count == null ? LEAST_ROUNDS : most,
                most,
                count == null ? Duration.ofSeconds(COUNT_S) : Effort.UNLIMITED);
    }

    /** Keeps each of those that are opened on one processor, the same for all. */
    void pin() {
        pinned = true;
    }

    /** Opens and warms up spawners; one that is missing here is left out and named. */
    void open(Collection<SpawnerType> types, String program, Burden burden, NativePrograms programs)
            throws IOException, InterruptedException {
        for (SpawnerType type : types) {
            openOrLeaveOut(type, program, burden, programs);
        }
        try (Progress progress = new Progress("warm-up", (long) effort.warmUp() * types.size())) {
            for (SpawnerType type : List.copyOf(spawners.keySet())) {
                warmUpOrLeaveOut(type, progress);
            }
        }
    }

    private void openOrLeaveOut(
            SpawnerType type, String program, Burden burden, NativePrograms programs)
            throws IOException, InterruptedException {
        try {
            spawners.put(type, open(type, program, burden, programs));
        } catch (IOException e) {
            leaveOut(type, e);
            return;
        }
        if (pinned) {
            Processors.pin(spawners.get(type).pid());
        }
    }

    private static RemoteSpawner open(
            SpawnerType type, String program, Burden burden, NativePrograms programs)
            throws IOException {
        return type.isRemote()
                ? (RemoteSpawner) type.open(program, programs)
                : new RemoteSpawner(
                        Jvms.command(
                                SpawnerWorker.class,
                                type,
                                program,
                                burden.openFiles(),
                                burden.residentMib(),
                                burden.earlyFiles()));
    }

    private void warmUpOrLeaveOut(SpawnerType type, Progress progress) throws IOException {
        try {
            warmUp(spawners.get(type), progress);
        } catch (IOException e) {
            leaveOut(type, e);
            spawners.remove(type).close();
        }
    }

    private void leaveOut(SpawnerType type, IOException reason) throws IOException {
        if (!type.maybeMissing()) {
            throw reason;
        }
        remarks.leftOut(type, reason.getMessage());
    }

    private void warmUp(RemoteSpawner spawner, Progress progress) throws IOException {
        Samples discarded = new Samples();
        long limitNs = effort.warmUpLimit().toNanos();
        int most = effort.warmUp();
        while (discarded.size() < most && discarded.sumNs() < limitNs) {
            int batch = Math.min(effort.batch(), most - discarded.size());
            spawner.spawn(batch, discarded);
            progress.add(batch);
        }
        boolean quiet = !effort.untilQuiet();
        while (!quiet && discarded.sumNs() < 2 * limitNs) {
            long beforeNs = discarded.sumNs();
            long beforeMs = spawner.compiledMs();
            spawner.spawn(BATCH, discarded);
            long compiledNs = TimeUnit.MILLISECONDS.toNanos(spawner.compiledMs() - beforeMs);
            quiet = compiledNs < QUIET * (discarded.sumNs() - beforeNs);
        }
    }

    /** Has every spawner make starts. */
    Map<SpawnerType, Measurement> measure() throws IOException {
        Map<SpawnerType, Measurement> results = new EnumMap<>(SpawnerType.class);
        spawners.keySet().forEach(type -> results.put(type, new Measurement()));
        Rounds rounds =
                new Rounds(
                        effort.least(),
                        effort.most(),
                        effort.limit().multipliedBy(spawners.size()),
                        seed);
        long turns = (long) effort.most() * spawners.size();
        try (Progress progress = new Progress("compare", turns)) {
            do {
                for (SpawnerType type : rounds.next(spawners.keySet())) {
                    results.get(type).add(batch(spawners.get(type), effort.batch()));
                    progress.add(1);
                }
            } while (!rounds.isOver(ratios(results)));
        }
        return results;
    }

    private Batch batch(RemoteSpawner spawner, int count) throws IOException {
        ProcessorTimes before = ProcessorTimes.now();
        long beganNs = System.nanoTime();
        Samples samples = new Samples();
        spawner.spawn(count, samples);
        double others =
                ProcessorTimes.now()
                        .othersSince(
                                before, samples.cpuNs(), System.nanoTime() - beganNs, processors);
        return new Batch(samples, samples.cpuNs() == 0 ? 0 : others);
    }

    /** Those that are to become narrow: of the totals, to the first one's. */
    private static List<Ratio> ratios(Map<SpawnerType, Measurement> results) {
        Measurement first = results.values().iterator().next();
        List<Ratio> ratios = new ArrayList<>();
        Set<SpawnerType> others = EnumSet.copyOf(results.keySet());
        others.remove(results.keySet().iterator().next());
        for (SpawnerType type : others) {
            results.get(type).ratio(first, Figure.TOTAL).ifPresent(ratios::add);
        }
        return ratios;
    }

    @Override
    public void close() {
        spawners.values().forEach(RemoteSpawner::close);
    }
}
