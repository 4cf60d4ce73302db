// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static io.github.spawn4j.strict.StrictPidfdBuilder.PIDFD_EMPTY;
import static io.github.spawn4j.strict.StrictSpawnTemplate.spawn_template_create;
import static java.time.Duration.ofSeconds;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Pipeline;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.RunningCommand;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.SpawnTemplateCache;
import io.github.spawn4j.Teardown;
import io.github.spawn4j.control.Cgroup;
import io.github.spawn4j.control.MemoryPolicy;
import io.github.spawn4j.internal.os.NativeLibrary;
import io.github.spawn4j.strict.PosixSpawn;
import io.github.spawn4j.strict.PosixSpawn.Attributes;
import io.github.spawn4j.strict.PosixSpawn.FileActions;
import io.github.spawn4j.strict.StrictPidfdBuilder;
import io.github.spawn4j.strict.StrictSpawnTemplate.CreateArgs;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/**
 * Calls all that is public in a JVM that takes its system for one that the library is not made for,
 * by reflection, and starts, builds or runs what comes of it. Each call succeeds or says why it
 * cannot: it refuses an argument, or gives the reason. None fails to link.
 */
final class UnsupportedSweep {
    private static final String ROOM = "io.github.spawn4j.";
    private static final String SUFFIX = ".class";
    private static final int EINVAL = 22;
    private static final RunOptions OPTIONS = RunOptions.timeout(ofSeconds(30)).anyExit();

    /** Where there is no cgroup there is none to start a process in. */
    private static final Set<Class<?>> NOT_TO_BE_HAD = Set.of(Cgroup.class);

    private final List<String> faults = new ArrayList<>();
    private final List<String> refusals = new ArrayList<>();
    private final Samples samples = new Samples();
    private final String reason;

    private UnsupportedSweep(String reason) {
        this.reason = reason;
    }

    /**
     * Prints what was refused, what was wrong, and OK if nothing was.
     *
     * @param args what the system is to be, if it is to be another one
     */
    public static void main(String[] args) throws Exception {
        if (args.length > 0) {
            UnsupportedSystem.pretend(args[0]);
        }
        String reason = SpawnStrategy.CLONE3.unsupported().orElseThrow();
        UnsupportedSweep sweep = new UnsupportedSweep(reason);
        sweep.check(
                "reason",
                reason.equals(NativeLibrary.failure().orElseThrow().getMessage()),
                reason);
        sweep.callAllThatIsStatic();
        sweep.callWithFittingArguments();
        sweep.callAll(EmptyProcess.class, () -> PidfdProcess.builder("true"));
        sweep.callAll(PidfdProcess.class, () -> PidfdProcess.builder("true").start());
        sweep.callAll(RunningCommand.class, () -> PidfdProcess.builder("true").runAsync(OPTIONS));
        sweep.callAll(Pipeline.class, () -> Pipeline.of(builder(), builder()));
        sweep.callAll(SpawnTemplate.class, () -> SpawnTemplate.builder("true").build());
        sweep.callAll(SpawnTemplate.Builder.class, () -> SpawnTemplate.builder("true"));
        sweep.callAll(SpawnTemplateCache.class, () -> SpawnTemplateCache.builder().build());
        sweep.callAll(SpawnTemplateCache.Builder.class, SpawnTemplateCache::builder);
        sweep.refusals.forEach(refusal -> System.out.println("refused " + refusal));
        sweep.faults.forEach(fault -> System.out.println("FAULT " + fault));
        System.out.println(sweep.faults.isEmpty() ? "OK" : "not OK");
    }

    private static EmptyProcess builder() {
        return PidfdProcess.builder("true");
    }

    /** Enumerations and records hold what is given to them. */
    private void callAllThatIsStatic() throws Exception {
        for (Class<?> type : publicTypes()) {
            if (!type.isEnum() && !type.isRecord()) {
                Stream.of(type.getConstructors(), type.getMethods())
                        .flatMap(Arrays::stream)
                        .filter(it -> it.getDeclaringClass() == type)
                        .filter(
                                it ->
                                        it instanceof Constructor
                                                || Modifier.isStatic(it.getModifiers()))
                        .forEach(it -> call(it, () -> null));
            }
        }
    }

    private void callAll(Class<?> type, Callable<?> fresh) {
        Arrays.stream(type.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .filter(method -> method.getDeclaringClass().getName().startsWith(ROOM))
                .forEach(method -> call(method, fresh));
    }

    /** Where the samples come no further than to a check of arguments. */
    private void callWithFittingArguments() {
        refuses("pidfd_open", () -> StrictPidfdBuilder.pidfd_open(0, PIDFD_EMPTY));
        refuses("posix_spawn", () -> posixSpawn(new FileActions(), new Attributes()));
        refuses("posix_spawn", () -> posixSpawn(null, null));
        CreateArgs template = new CreateArgs();
        template.execfd = -1;
        template.filename = "/bin/true";
        refuses("spawn_template_create", () -> spawn_template_create(template));
        refuses("cgroup", () -> Cgroup.create(Path.of("/sys/fs/cgroup")));
        refuses("memoryPolicy", () -> builder().memoryPolicy(MemoryPolicy.BIND, 0).start());
        refuses("seccomp", () -> builder().seccomp(new byte[8]).start());
        refuses("tree", () -> builder().teardown(Teardown.DEFAULT.ofGroup()).start().tree());
    }

    private static PidfdProcess posixSpawn(FileActions actions, Attributes attributes)
            throws SpawnException {
        return PosixSpawn.posix_spawn("/bin/true", actions, attributes, List.of("true"), Map.of());
    }

    private void refuses(String name, Callable<?> call) {
        int before = refusals.size() + faults.size();
        try {
            call.call();
        } catch (Exception | LinkageError e) {
            judge(name, e);
        }
        check(name, refusals.size() + faults.size() == before + 1, "was not refused");
    }

    private void check(String name, boolean condition, String fault) {
        if (!condition) {
            faults.add(name + ": " + fault);
        }
    }

    private void call(Executable executable, Callable<?> fresh) {
        if (Arrays.stream(executable.getParameterTypes()).anyMatch(NOT_TO_BE_HAD::contains)) {
            return;
        }
        try {
            Object[] arguments = samples.of(executable);
            finish(
                    executable instanceof Method method
                            ? method.invoke(fresh.call(), arguments)
                            : ((Constructor<?>) executable).newInstance(arguments));
        } catch (InvocationTargetException | ExecutionException e) {
            judge(executable.toString(), e.getCause());
        } catch (Exception | LinkageError e) {
            judge(executable.toString(), e);
        }
    }

    private void finish(Object result) throws Exception {
        if (result instanceof EmptyProcess process) {
            process.start().waitFor();
        } else if (result instanceof SpawnTemplate.Builder builder) {
            finish(builder.build());
        } else if (result instanceof SpawnTemplate template) {
            template.spawn().waitFor();
            template.close();
        } else if (result instanceof SpawnTemplateCache.Builder builder) {
            finish(builder.build());
        } else if (result instanceof SpawnTemplateCache cache) {
            cache.spawn("true").waitFor();
            cache.close();
        } else if (result instanceof Pipeline pipeline) {
            pipeline.run(OPTIONS);
        } else if (result instanceof RunningCommand running) {
            running.get();
        }
    }

    private void judge(String name, Throwable thrown) {
        boolean doubtsArgument =
                thrown instanceof IllegalArgumentException
                        || thrown instanceof IllegalStateException
                        || thrown instanceof SpawnException e && e.errno() == EINVAL;
        boolean givesReason =
                (thrown instanceof IOException || thrown instanceof UnsupportedOperationException)
                        && thrown.getMessage().contains(reason);
        if (givesReason) {
            refusals.add(name + ": " + thrown);
        } else if (!doubtsArgument) {
            faults.add(name + ": " + thrown);
        }
    }

    private static List<Class<?>> publicTypes() throws Exception {
        URI origin = PidfdProcess.class.getProtectionDomain().getCodeSource().getLocation().toURI();
        List<Class<?>> types = new ArrayList<>();
        for (String room : List.of(ROOM, ROOM + "strict.", ROOM + "control.", ROOM + "warm.")) {
            try (Stream<Path> files = Files.list(Path.of(origin).resolve(room.replace('.', '/')))) {
                for (Path file : files.toList()) {
                    String name = file.getFileName().toString();
                    if (name.endsWith(SUFFIX) && !name.startsWith("package-info")) {
                        name = room + name.substring(0, name.length() - SUFFIX.length());
                        types.add(Class.forName(name));
                    }
                }
            }
        }
        types.removeIf(type -> !Modifier.isPublic(type.getModifiers()));
        return types;
    }
}
