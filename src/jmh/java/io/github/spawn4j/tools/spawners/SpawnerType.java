// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.spawners;

import com.pty4j.PtyProcessBuilder;
import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.control.Cgroup;
import io.github.spawn4j.tools.NativePrograms;
import io.github.spawn4j.warm.Warm;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.PumpStreamHandler;

/** The peers, in the order in which they are shown. To add one: a constant and an adapter. */
public enum SpawnerType {
    JDK {
        @Override
        public Spawner open(String program, NativePrograms programs) {
            ProcessBuilder builder =
                    new ProcessBuilder(program)
                            .redirectInput(ProcessBuilder.Redirect.from(NULL))
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD);
            return new ProcessSpawner(builder::start);
        }
    },

    JDK_FORK {
        @Override
        public Spawner open(String program, NativePrograms programs) throws IOException {
            return LaunchMechanism.use("FORK", () -> JDK.open(program, programs));
        }
    },

    JDK_VFORK {
        @Override
        public Spawner open(String program, NativePrograms programs) throws IOException {
            return LaunchMechanism.use("VFORK", () -> JDK.open(program, programs));
        }
    },

    JDK_POSIX_SPAWN {
        @Override
        public Spawner open(String program, NativePrograms programs) throws IOException {
            return LaunchMechanism.use("POSIX_SPAWN", () -> JDK.open(program, programs));
        }
    },

    /** Of another JDK, if this is none such and one is installed. */
    JDK_17 {
        @Override
        public Spawner open(String program, NativePrograms programs) throws IOException {
            return OtherJdk.open(17, program);
        }
    },

    /** Of another JDK, if this is none such and one is installed. */
    JDK_25 {
        @Override
        public Spawner open(String program, NativePrograms programs) throws IOException {
            return OtherJdk.open(25, program);
        }
    },

    NUPROCESS {
        @Override
        public Spawner open(String program, NativePrograms programs) {
            return new NuProcessSpawner(program);
        }
    },

    /** Returns when the exit is known, so that there is no time of the start alone. */
    NUPROCESS_RUN {
        @Override
        public Spawner open(String program, NativePrograms programs) {
            return new RunSpawner(NuProcessSpawner.runner(program));
        }
    },

    ZT_EXEC {
        @Override
        public Spawner open(String program, NativePrograms programs) {
            return new ZtExecSpawner(program);
        }
    },

    /** Returns when the exit is known, so that there is no time of the start alone. */
    COMMONS_EXEC {
        @Override
        public Spawner open(String program, NativePrograms programs) {
            DefaultExecutor executor = DefaultExecutor.builder().get();
            executor.setExitValues(null);
            executor.setStreamHandler(new PumpStreamHandler(null, null, null));
            CommandLine command = new CommandLine(program);
            return new RunSpawner(() -> executor.execute(command));
        }
    },

    /** Its children have a terminal. */
    PTY4J {
        @Override
        public Spawner open(String program, NativePrograms programs) {
            PtyProcessBuilder builder = new PtyProcessBuilder(new String[] {program});
            return new PipedSpawner(builder::start, NOTHING);
        }
    },

    /** Returns when the exit is known, so that there is no time of the start alone. */
    SMALLRYE {
        @Override
        public Spawner open(String program, NativePrograms programs) {
            Path path = Path.of(program);
            return new RunSpawner(
                    () -> {
                        int[] code = new int[1];
                        io.smallrye.common.process.ProcessBuilder.newBuilder(path)
                                .exitCodeChecker(
                                        exitCode -> {
                                            code[0] = exitCode;
                                            return true;
                                        })
                                .input()
                                .empty()
                                .error()
                                .discard()
                                .output()
                                .discard()
                                .run();
                        return code[0];
                    });
        }
    },

    SPAWN4J_FORK {
        @Override
        public Spawner open(String program, NativePrograms programs) throws IOException {
            return strategy(program, SpawnStrategy.FORK);
        }
    },

    SPAWN4J_VFORK {
        @Override
        public Spawner open(String program, NativePrograms programs) throws IOException {
            return strategy(program, SpawnStrategy.VFORK);
        }
    },

    SPAWN4J_POSIX_SPAWN {
        @Override
        public Spawner open(String program, NativePrograms programs) throws IOException {
            return strategy(program, SpawnStrategy.POSIX_SPAWN);
        }
    },

    SPAWN4J_JDK {
        @Override
        public Spawner open(String program, NativePrograms programs) throws IOException {
            return strategy(program, SpawnStrategy.JDK);
        }
    },

    SPAWN4J_CLONE3 {
        @Override
        public Spawner open(String program, NativePrograms programs) throws IOException {
            return strategy(program, SpawnStrategy.CLONE3);
        }
    },

    /** Born in a cgroup. */
    SPAWN4J_CGROUP {
        @Override
        public Spawner open(String program, NativePrograms programs) throws IOException {
            Cgroup cgroup = Cgroup.create();
            return new ProcessSpawner(() -> silent(program).cgroup(cgroup).start(), cgroup::close);
        }
    },

    /** Put there after its start, as who has no clone3(2) does it. */
    SPAWN4J_CGROUP_MOVED {
        @Override
        public Spawner open(String program, NativePrograms programs) throws IOException {
            Cgroup cgroup = Cgroup.create();
            Path members = cgroup.directory().resolve("cgroup.procs");
            return new ProcessSpawner(
                    () -> {
                        PidfdProcess process = silent(program).start();
                        move(process, members);
                        return process;
                    },
                    cgroup::close);
        }
    },

    SPAWN4J_TEMPLATE {
        @Override
        public Spawner open(String program, NativePrograms programs) throws IOException {
            SpawnTemplate template =
                    SpawnTemplate.builder(program)
                            .stdin(Redirect.DISCARD)
                            .stdout(Redirect.DISCARD)
                            .stderr(Redirect.DISCARD)
                            .build();
            return new ProcessSpawner(template::spawn, template::close);
        }
    },

    SPAWN4J_WARM {
        @Override
        public Spawner open(String program, NativePrograms programs) throws IOException {
            return warm(program, Warm.on());
        }
    },

    SPAWN4J_PARKED {
        @Override
        public Spawner open(String program, NativePrograms programs) throws IOException {
            return warm(program, Warm.on().parked(PARKED));
        }
    },

    FLOOR("bare"),
    FLOOR_SIGNALS("signals"),
    FLOOR_DESCRIPTORS("descriptors"),
    FLOOR_PARENT("parent"),
    FLOOR_EQUAL("equal"),
    FLOOR_NATIVE("native");

    private static final int PARKED = 8;

    private static final Set<SpawnerType> FOREIGN =
            EnumSet.of(
                    JDK_FORK,
                    JDK_VFORK,
                    JDK_POSIX_SPAWN,
                    JDK_17,
                    JDK_25,
                    NUPROCESS,
                    NUPROCESS_RUN,
                    PTY4J);

    private static final Closeable NOTHING = () -> {};

    private static final File NULL = new File("/dev/null");

    /** How much a floor does of what the library does; null for the others. */
    private final String piece;

    SpawnerType() {
        this(null);
    }

    SpawnerType(String piece) {
        this.piece = piece;
    }

    /**
     * A spawner of {@code program}, to be closed by the caller.
     *
     * @param program a path
     * @param programs where the floors' own program is found
     */
    public Spawner open(String program, NativePrograms programs) throws IOException {
        return new RemoteSpawner(List.of(programs.path("floor"), piece, program));
    }

    private static Spawner warm(String program, Warm settings) throws IOException {
        SpawnTemplate template =
                WarmTemplates.ready(
                        SpawnTemplate.builder(program)
                                .stdin(Redirect.DISCARD)
                                .stdout(Redirect.DISCARD)
                                .stderr(Redirect.DISCARD)
                                .warm(settings)
                                .build());
        return new ProcessSpawner(template::spawn, template::close);
    }

    private static Spawner strategy(String program, SpawnStrategy strategy) throws IOException {
        if (!strategy.isSupported()) { // which loads the library, before others are busy
            throw new IOException(strategy + " is not supported here");
        }
        return new ProcessSpawner(() -> silent(program).strategy(strategy).start());
    }

    private static EmptyProcess silent(String program) {
        return PidfdProcess.builder(program)
                .stdin(Redirect.DISCARD)
                .stdout(Redirect.DISCARD)
                .stderr(Redirect.DISCARD);
    }

    /** It may have ended already, which costs the same. */
    private static void move(PidfdProcess process, Path members) {
        try {
            Files.write(
                    members,
                    Long.toString(process.pid()).getBytes(StandardCharsets.US_ASCII),
                    StandardOpenOption.WRITE);
        } catch (IOException e) {
            if (process.isAlive()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * Those that are compared unless others are asked for: one for each library, of the floors only
     * the one that does least and the one that does all, and none that needs another program than
     * the default one.
     */
    public static Set<SpawnerType> usual() {
        return EnumSet.complementOf(
                EnumSet.of(
                        JDK_FORK,
                        JDK_VFORK,
                        JDK_POSIX_SPAWN,
                        JDK_17,
                        JDK_25,
                        NUPROCESS_RUN,
                        ZT_EXEC,
                        COMMONS_EXEC,
                        PTY4J,
                        SMALLRYE,
                        SPAWN4J_JDK,
                        SPAWN4J_CGROUP,
                        SPAWN4J_CGROUP_MOVED,
                        SPAWN4J_WARM,
                        SPAWN4J_PARKED,
                        FLOOR_SIGNALS,
                        FLOOR_DESCRIPTORS,
                        FLOOR_PARENT,
                        FLOOR_NATIVE));
    }

    /** Of ProcessBuilder, those that are not what {@link #JDK} is. */
    public static Set<SpawnerType> ofOtherJdks() {
        Set<SpawnerType> others = EnumSet.of(JDK_17, JDK_25);
        others.removeIf(type -> type.name().equals("JDK_" + Runtime.version().feature()));
        return others;
    }

    /** What a start in a cgroup is compared with. */
    public static Set<SpawnerType> ofCgroups() {
        return EnumSet.of(SPAWN4J_CLONE3, SPAWN4J_CGROUP, SPAWN4J_CGROUP_MOVED);
    }

    /**
     * The one with this name, as {@link #toString} gives it.
     *
     * @throws IllegalArgumentException if there is none; it says which there are
     */
    public static SpawnerType of(String name) {
        return Stream.of(values())
                .filter(type -> type.toString().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "'" + name + "' is none of " + Arrays.toString(values())));
    }

    /**
     * Whether it does not work on every system that we support: NuProcess lacks some JVMs, pty4j
     * some processors, JVMs lack some of their own mechanisms, and the floors that do more than the
     * first need what some kernels and filters refuse.
     */
    public boolean maybeMissing() {
        return FOREIGN.contains(this) || compareTo(FLOOR) > 0;
    }

    /** Whether it is a process of its own anyway: a C program, or a JVM of another JDK. */
    public boolean isRemote() {
        return piece != null || this == JDK_17 || this == JDK_25;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
