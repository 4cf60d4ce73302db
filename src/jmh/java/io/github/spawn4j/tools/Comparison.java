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
        // somebody else.
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
        boolean late = warmUp == null && made.sumNs() > WARM_UP_S * NS_PER_S;
        return late ? 0 : mostWarmUp() - made.size();
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

    /** Has every spawner make {@code count} starts. */
    Map<SpawnerType, Result> measure(int count) throws IOException, InterruptedException {
        Map<SpawnerType, Result> results = new EnumMap<>(SpawnerType.class);
        spawners.keySet().forEach(type -> results.put(type, new Result()));
        try (Progress progress = new Progress("compare", (long) count * spawners.size())) {
            for (int done = 0; done < count; done += BATCH) {
                int batch = Math.min(BATCH, count - done);
                for (Map.Entry<SpawnerType, Spawner> spawner : spawners.entrySet()) {
                    Samples samples = new Samples();
                    spawner.getValue().spawn(batch, samples);
                    results.get(spawner.getKey()).add(samples);
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
