package io.github.spawn4j.tools;

import io.github.spawn4j.tools.spawners.Samples;
import io.github.spawn4j.tools.spawners.Spawner;
import io.github.spawn4j.tools.spawners.SpawnerType;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.Map;

/** All spawners, taking turns. */
final class Comparison implements AutoCloseable {
    /** How many starts a spawner makes before it is the next one's turn. */
    static final int BATCH = 100;

    private static final int WARM_UP = 200;
    private static final long WARM_UP_NS = 1_000_000_000;

    private final Map<SpawnerType, Spawner> spawners = new EnumMap<>(SpawnerType.class);
    private final PrintWriter err;

    Comparison(PrintWriter err) {
        this.err = err;
    }

    /** Opens and warms up all spawners; one of others that does not work is left out and named. */
    void open(String program, NativePrograms programs) throws IOException, InterruptedException {
        for (SpawnerType type : SpawnerType.values()) {
            Spawner spawner = type.open(program, programs);
            spawners.put(type, spawner);
            try {
                warmUp(spawner);
            } catch (IOException e) {
                if (!type.isForeign()) {
                    throw e;
                }
                spawners.remove(type).close();
                err.println("left out: " + type + ": " + e.getMessage());
            }
        }
    }

    private static void warmUp(Spawner spawner) throws IOException, InterruptedException {
        Samples discarded = new Samples();
        long began = System.nanoTime();
        while (discarded.size() < WARM_UP && System.nanoTime() - began < WARM_UP_NS) {
            spawner.spawn(BATCH, discarded);
        }
    }

    /** Has every spawner make {@code count} starts. */
    Map<SpawnerType, Samples> measure(int count) throws IOException, InterruptedException {
        Map<SpawnerType, Samples> results = new EnumMap<>(SpawnerType.class);
        spawners.keySet().forEach(type -> results.put(type, new Samples()));
        try (Progress progress = new Progress("compare", (long) count * spawners.size())) {
            for (int done = 0; done < count; done += BATCH) {
                int batch = Math.min(BATCH, count - done);
                for (Map.Entry<SpawnerType, Spawner> spawner : spawners.entrySet()) {
                    spawner.getValue().spawn(batch, results.get(spawner.getKey()));
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
