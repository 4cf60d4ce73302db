// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Pipeline;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.Sandbox;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.SpawnTemplateCache;
import io.github.spawn4j.control.Resource;
import io.github.spawn4j.strict.PosixSpawn;
import io.github.spawn4j.strict.StrictPidfdBuilder;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.KeptWarm;
import io.github.spawn4j.testing.Strategies;
import io.github.spawn4j.warm.Warm;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Prints the limits of open files that a child has, for each way to start one. */
final class RaisedLimit {
    private static final String LIMIT = "rlimit.nofile=";

    private RaisedLimit() {}

    /**
     * @param args a folder for files; or none, for one ordinary start only, of whose attributes
     *     nobody has asked before
     */
    public static void main(String[] args) throws Exception {
        if (args.length == 0) {
            print("builder", probe());
            System.out.println("builder has " + probe().attributes());
            return;
        }
        Path folder = Path.of(args[0]);
        for (SpawnStrategy strategy : Strategies.ofTheKernel()) {
            print(strategy.name(), probe().strategy(strategy));
        }
        print("JDK", probe().strategy(SpawnStrategy.JDK));
        print("from", EmptyProcess.from(new ProcessBuilder(Os.program("probe"))));
        print("copy", probe().copy());
        print("sandbox", probe().sandbox(Sandbox.of(folder)));
        print("other attributes", probe().umask(0027).noNewPrivileges());
        print("stage", pipeline(probe()));
        print("stage of builders", pipeline(new ProcessBuilder(Os.program("probe"))));
        templates();
        strict(folder);
        print("limit", probe().limit(Resource.NOFILE, 100, 200));
        print("soft limit", probe().softLimit(Resource.NOFILE, 300));
        print("as the JVM", probe().softLimit(Resource.NOFILE, Resource.UNLIMITED));
        Path file = Path.of(System.getProperty("java.home"), "release").toRealPath();
        try (InputStream open = new FileInputStream(file.toFile())) {
            print("above it", probe().mapFd(Os.descriptorOf(file), 300));
            open.read();
        }
        words();
    }

    private static EmptyProcess probe() {
        return PidfdProcess.builder(Os.program("probe"));
    }

    private static void templates() throws Exception {
        try (SpawnTemplate template = SpawnTemplate.builder(Os.program("probe")).build()) {
            print("template", template.prepare());
        }
        try (SpawnTemplate template = warm(KeptWarm.PATIENT.parked(0))) {
            print("warm", template.prepare());
            System.out.println("cold starts " + template.statistics().coldStarts());
        }
        try (SpawnTemplate template = warm(KeptWarm.PATIENT.parked(1))) {
            int helper = (int) template.statistics().helperPid();
            Eventually.isTrue("a child waits", () -> Os.children().tailSet(helper + 1L).size() > 0);
            print("parked", template.prepare());
            System.out.println("parked starts " + template.statistics().parked());
        }
        try (SpawnTemplateCache cache = SpawnTemplateCache.builder().build()) {
            print("cache", cache.prepare(Os.program("probe")));
        }
    }

    private static SpawnTemplate warm(Warm settings) throws Exception {
        SpawnTemplate template = SpawnTemplate.builder(Os.program("probe")).warm(settings).build();
        KeptWarm.settled(template);
        return template;
    }

    private static void strict(Path folder) throws IOException, InterruptedException {
        Path report = folder.resolve("report");
        PosixSpawn.posix_spawn(
                        Os.program("probe"),
                        null,
                        null,
                        List.of("probe", "--report-file", report.toString()),
                        Map.of())
                .waitFor();
        print("posix_spawn", Files.readString(report));
        try (StrictPidfdBuilder handle =
                StrictPidfdBuilder.pidfd_open(0, StrictPidfdBuilder.PIDFD_EMPTY)) {
            StrictPidfdBuilder.SpawnRunArgs args = new StrictPidfdBuilder.SpawnRunArgs();
            args.path = Os.program("probe");
            args.argv = new String[] {"probe", "--report-file", report.toString()};
            handle.pidfd_spawn_run(args);
            handle.waitid();
        }
        print("pidfd_spawn_run", Files.readString(report));
    }

    private static String pipeline(EmptyProcess first) throws Exception {
        return text(Pipeline.of(first, PidfdProcess.builder("cat")));
    }

    private static String pipeline(ProcessBuilder first) throws Exception {
        return text(Pipeline.from(List.of(first, new ProcessBuilder("cat"))));
    }

    private static String text(Pipeline pipeline) throws Exception {
        return pipeline.run(RunOptions.noTimeout()).stdout().text();
    }

    private static void print(String way, EmptyProcess process)
            throws IOException, InterruptedException {
        PidfdProcess started = process.stdin(Redirect.DISCARD).stderr(Redirect.INHERIT).start();
        print(way, new String(started.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        started.waitFor();
    }

    private static void print(String way, String report) {
        String line =
                report.lines().filter(each -> each.startsWith(LIMIT)).findFirst().orElse(report);
        System.out.println(way + ": " + line.substring(LIMIT.length()));
    }

    private static void words() {
        System.out.println("builder has " + probe().nice(1).attributes());
        System.out.println(
                "from has " + EmptyProcess.from(new ProcessBuilder("true")).attributes());
        System.out.println("JDK has " + probe().strategy(SpawnStrategy.JDK).attributes());
        System.out.println("limit has " + probe().limit(Resource.NOFILE, 100).attributes());
    }
}
