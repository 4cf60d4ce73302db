// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.spawners;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.tools.NativePrograms;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.util.Locale;

/** The ways to start programs on many threads at once, in the order in which they are shown. */
public enum Contender {
    JDK {
        @Override
        public Spawner open(String program, Streams streams, NativePrograms programs) {
            ProcessBuilder builder = new ProcessBuilder(program);
            if (streams == Streams.DISCARDED) {
                builder.redirectInput(ProcessBuilder.Redirect.from(NULL))
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD);
            }
            return spawner(streams, builder::start, NOTHING);
        }
    },

    SPAWN4J_BUILDER {
        @Override
        public Spawner open(String program, Streams streams, NativePrograms programs) {
            return spawner(
                    streams, () -> lead(streams, PidfdProcess.builder(program)).start(), NOTHING);
        }
    },

    SPAWN4J_TEMPLATE {
        @Override
        public Spawner open(String program, Streams streams, NativePrograms programs)
                throws IOException {
            SpawnTemplate template = SpawnTemplate.builder(program).build();
            return spawner(
                    streams, () -> lead(streams, template.prepare()).start(), template::close);
        }
    },

    /** A process per thread, each of which starts one program at a time. */
    FLOOR {
        @Override
        public Spawner open(String program, Streams streams, NativePrograms programs)
                throws IOException {
            return SpawnerType.FLOOR.open(program, programs);
        }

        @Override
        public boolean knows(Streams streams) {
            return streams == Streams.DISCARDED;
        }

        @Override
        public int portion(int threads) {
            return Math.max(1, FLOOR_PORTION / threads);
        }
    };

    /** So that the time between an answer and the next order does not count. */
    private static final int FLOOR_PORTION = 32;

    private static final File NULL = new File("/dev/null");
    private static final Closeable NOTHING = () -> {};

    /**
     * A spawner for one thread, to be closed by the caller.
     *
     * @param program a path
     * @param programs where the floor's own program is found
     */
    public abstract Spawner open(String program, Streams streams, NativePrograms programs)
            throws IOException;

    /** Whether it can start programs with such streams. */
    public boolean knows(Streams streams) {
        return true;
    }

    /**
     * How many starts a thread orders at a time. The more threads there are, the longer each takes,
     * and the sooner all are to be done when the time is over.
     */
    public int portion(int threads) {
        return 1;
    }

    private static EmptyProcess lead(Streams streams, EmptyProcess process) {
        return streams == Streams.PIPES
                ? process
                : process.stdin(Redirect.DISCARD).stdout(Redirect.DISCARD).stderr(Redirect.DISCARD);
    }

    private static Spawner spawner(
            Streams streams, ProcessSpawner.Starter starter, Closeable resource) {
        return streams == Streams.PIPES
                ? new PipedSpawner(starter, resource)
                : new ProcessSpawner(starter, resource);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
