// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.ExitStatus;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.strict.SpawnAction;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A second JVM that is started with signals blocked and ignored, and starts a probe with each
 * strategy; this is what it has written down.
 *
 * @param reports what the probes have seen
 * @param before the signal sets of its main thread at first
 * @param after the same in the end
 * @param complaints what went wrong, a line each
 */
public record OddJvm(
        Map<SpawnStrategy, ProbeReport> reports,
        Map<String, String> before,
        Map<String, String> after,
        List<String> complaints) {
    private static final int ENOTDIR = 20;

    /** Runs it. It uses {@code folder} for its notes. */
    public static OddJvm run(
            Path folder, Set<SpawnStrategy> strategies, List<Signal> blocked, List<Signal> ignored)
            throws Exception {
        List<String> command = new ArrayList<>();
        for (Signal signal : ignored) {
            command.addAll(List.of("--ignore", Integer.toString(signal.number())));
        }
        command.add("--exec");
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx64m"));
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add("-Dspawn4j.native.bin=" + Probe.FILE.getParent());
        command.add(OddJvm.class.getName());
        command.add(folder.toString());
        strategies.forEach(strategy -> command.add(strategy.name()));

        Path log = folder.resolve("log");
        PidfdProcess jvm =
                PidfdProcess.builder(Probe.PROGRAM)
                        .args(command)
                        .stdin(Redirect.DISCARD)
                        .stdout(Redirect.to(log))
                        .stderr(Redirect.STDOUT)
                        .action(SpawnAction.sigmask(blocked))
                        .start();
        jvm.waitFor();
        assertThat(jvm.exitStatus()).as(Files.readString(log)).isEqualTo(new ExitStatus.Exited(0));

        Map<SpawnStrategy, ProbeReport> reports = new EnumMap<>(SpawnStrategy.class);
        for (SpawnStrategy strategy : strategies) {
            byte[] report = Files.readAllBytes(folder.resolve(strategy.name()));
            reports.put(strategy, new ProbeReport(report));
        }
        return new OddJvm(
                reports,
                signals(folder.resolve("before")),
                signals(folder.resolve("after")),
                Files.readAllLines(folder.resolve("complaints")));
    }

    private static Map<String, String> signals(Path status) {
        Map<String, String> signals = ProcStatus.of(status);
        signals.keySet().retainAll(List.of("SigBlk", "SigIgn", "SigCgt"));
        return signals;
    }

    /** In the second JVM: starts the probes. Arguments: the folder, the strategies. */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        Set<SpawnStrategy> strategies = EnumSet.noneOf(SpawnStrategy.class);
        for (String name : List.of(args).subList(1, args.length)) {
            strategies.add(SpawnStrategy.valueOf(name));
        }
        List<String> complaints = new ArrayList<>();
        note(folder.resolve("before"));
        for (SpawnStrategy strategy : strategies) {
            succeed(strategy, folder.resolve(strategy.name()), complaints);
            fail(strategy, complaints);
        }
        note(folder.resolve("after"));
        ProcessHandle.current().children().forEach(child -> complaints.add("left: " + child));
        Files.write(folder.resolve("complaints"), complaints);
    }

    private static void note(Path file) throws Exception {
        Files.write(file, Files.readAllBytes(Path.of("/proc/thread-self/status")));
    }

    private static void succeed(SpawnStrategy strategy, Path report, List<String> complaints)
            throws Exception {
        PidfdProcess process =
                Probe.with(strategy, "--cat", "--report-file", report.toString(), "--exit", "7")
                        .start();
        try (OutputStream input = process.getOutputStream()) {
            input.write("input".getBytes(StandardCharsets.US_ASCII));
        }
        byte[] output = process.getInputStream().readAllBytes();
        if (!new String(output, StandardCharsets.US_ASCII).equals("input")) {
            complaints.add(strategy + ": " + output.length + " bytes of output");
        }
        process.waitFor();
        if (!process.exitStatus().equals(new ExitStatus.Exited(7))) {
            complaints.add(strategy + ": " + process.exitStatus());
        }
    }

    /** A child that fails before exec must not be mistaken for one that has run. */
    private static void fail(SpawnStrategy strategy, List<String> complaints) {
        try {
            Probe.with(strategy).action(SpawnAction.fchdir(0)).start();
            complaints.add(strategy + ": fchdir to a pipe has not failed");
        } catch (SpawnException e) {
            if (e.errno() != ENOTDIR) {
                complaints.add(strategy + ": " + e);
            }
        }
    }
}
