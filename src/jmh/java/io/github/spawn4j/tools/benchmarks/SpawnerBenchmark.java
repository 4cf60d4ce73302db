// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.tools.NativePrograms;
import io.github.spawn4j.tools.spawners.Samples;
import io.github.spawn4j.tools.spawners.Spawner;
import io.github.spawn4j.tools.spawners.SpawnerType;
import java.io.IOException;

/** One that has a spawner start one program again and again. */
public abstract class SpawnerBenchmark extends ProgramBenchmark {
    private Spawner spawner;

    /** Whose starts they are. */
    abstract SpawnerType type();

    /** The path of the program. */
    String program() throws IOException {
        return noop();
    }

    @Override
    void open(NativePrograms programs) throws IOException {
        spawner = type().open(program(), programs);
    }

    @Override
    void close() throws IOException {
        spawner.close();
    }

    final Spawner spawner() {
        return spawner;
    }

    final Samples startAndWait(int count) throws IOException, InterruptedException {
        Samples samples = new Samples();
        spawner.spawn(count, samples);
        return samples;
    }
}
