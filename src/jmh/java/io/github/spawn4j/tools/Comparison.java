package io.github.spawn4j.tools;

import io.github.spawn4j.tools.spawners.Samples;
import io.github.spawn4j.tools.spawners.Spawner;
import io.github.spawn4j.tools.spawners.SpawnerType;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Some spawners, taking turns. */
final class Comparison implements AutoCloseable {
    /** How many starts a spawner makes before it is the next one's turn. */
    static final int BATCH = 100;

    /**
     * How many starts of each are not measured, unless it is said: after a few hundred, most of the
     * code is still interpreted, or compiled in a hurry.
     */
    static final int WARM_UP = 10_000;

    /** How long the warm-up of one may take, unless it is said how many starts it has. */
    static final int WARM_UP_S = 4;

    /** How many starts of each are measured, unless it is said. */
    static final int COUNT = 2_000;

    /** How long the measured starts of one may take, unless it is said how many there are. */
    static final int COUNT_S = 3;

    private static final long NS_PER_S = 1_000_000_000;

    private final Map<SpawnerType, Spawner> spawners = new EnumMap<>(SpawnerType.class);

    /** Null if it was not said. */
    private final Integer warmUp;

    private final PrintWriter err;

    /**
     * @param warmUp how many starts of each are not measured; null for {@link #WARM_UP}, but for
     *     {@link #WARM_UP_S} seconds at most
     */
    Comparison(Integer warmUp, PrintWriter err) {
        this.warmUp = warmUp;
        this.err = err;
    }

    /** Opens and warms up spawners; one that is missing here is left out and named. */
    void open(Collection<SpawnerType> types, String program, NativePrograms programs)
            throws IOException, InterruptedException {
        for (SpawnerType type : types) {
            spawners.put(type, type.open(program, programs));
        }
        Map<SpawnerType, Samples> discarded = new EnumMap<>(SpawnerType.class);
        types.forEach(type -> discarded.put(type, new Samples()));
        Set<SpawnerType> cold = EnumSet.copyOf(types);
        // In turns here too, as the compiler bets on what it has seen, and starts anew when it sees
        // another spawner.
        try (Progress progress = new Progress("warm-up", (long) mostWarmUp() * types.size())) {
            while (!cold.isEmpty()) {
                for (SpawnerType type : List.copyOf(cold)) {
                    int left = leftToWarmUp(discarded.get(type));
                    int batch = Math.min(BATCH, left);
                    if (left == 0 || !spawnOrLeaveOut(type, batch, discarded.get(type))) {
                        cold.remove(type);
                    }
                    progress.add(batch);
                }
            }
        }
    }

    private int mostWarmUp() {
        return warmUp == null ? WARM_UP : warmUp;
    }

    private int leftToWarmUp(Samples made) {
        return left(made, mostWarmUp(), warmUp == null ? WARM_UP_S : Long.MAX_VALUE);
    }

    private static int left(Samples made, int most, long mostS) {
        return made.sumNs() / NS_PER_S < mostS ? most - made.size() : 0;
    }

    /** Returns whether it works. */
    private boolean spawnOrLeaveOut(SpawnerType type, int count, Samples samples)
            throws IOException, InterruptedException {
        try {
            spawners.get(type).spawn(count, samples);
            return true;
        } catch (IOException e) {
            if (!type.maybeMissing()) {
                throw e;
            }
            spawners.remove(type).close();
            err.println("left out: " + type + ": " + e.getMessage());
            return false;
        }
    }

    /**
     * Has every spawner make starts.
     *
     * @param count how many; null for {@link #COUNT}, but for {@link #COUNT_S} seconds at most
     */
    Map<SpawnerType, Measurement> measure(Integer count) throws IOException, InterruptedException {
        int most = count == null ? COUNT : count;
        long mostS = count == null ? COUNT_S : Long.MAX_VALUE;
        Map<SpawnerType, Measurement> results = new EnumMap<>(SpawnerType.class);
        spawners.keySet().forEach(type -> results.put(type, new Measurement()));
        Set<SpawnerType> busy = EnumSet.noneOf(SpawnerType.class);
        busy.addAll(spawners.keySet());
        try (Progress progress = new Progress("compare", (long) most * spawners.size())) {
            while (!busy.isEmpty()) {
                for (SpawnerType type : List.copyOf(busy)) {
                    int batch = Math.min(BATCH, left(results.get(type).all(), most, mostS));
                    if (batch == 0) {
                        busy.remove(type);
                        continue;
                    }
                    Samples samples = new Samples();
                    spawners.get(type).spawn(batch, samples);
                    results.get(type).add(samples);
                    progress.add(batch);
                }
            }
        }
        return results;
    }

    @Override
    public void close() throws IOException {
        for (Spawner spawner : spawners.values()) {
            spawner.close();
        }
    }
}
