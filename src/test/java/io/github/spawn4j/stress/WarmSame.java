// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.stress.WarmCommands.Command;
import io.github.spawn4j.testing.KeptWarm;
import io.github.spawn4j.warm.StartKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Starts commands warm, parked and cold, and compares all that comes of them. For a JVM of its own,
 * which may be another user's. Prints how many starts there were, and OK or what was different.
 *
 * <p>Each command is started twice cold, too: what differs between these is no fault of warmth, and
 * is replaced by {@link WarmCommands#normalised}.
 */
final class WarmSame {
    /** How the output begins where no helper can be made for anything. */
    static final String REFUSED = "no helper can be made: ";

    /** What came of a start. */
    private record Outcome(long pid, String stdout, String stderr, String exit) {
        boolean isLike(Outcome other) {
            return beside(other).equals(other.beside(this));
        }

        /** Without the other's pid, too, as a program may print that number for another reason. */
        private List<String> beside(Outcome other) {
            return List.of(
                    WarmCommands.withoutPid(stdout, other.pid),
                    WarmCommands.withoutPid(stderr, other.pid),
                    exit);
        }
    }

    private final Path folder = Path.of("/");
    private final Map<StartKind, Integer> starts = new EnumMap<>(StartKind.class);
    private final List<String> faults = new ArrayList<>();
    private int commands;

    private WarmSame() {}

    /**
     * Compares.
     *
     * @param args nothing for the most telling commands with one environment, or the folder of the
     *     programs that were made for this, for all commands with all environments
     */
    public static void main(String[] args) throws Exception {
        if (!canBeWarm()) {
            return;
        }
        WarmSame same = new WarmSame();
        Map<String, Map<String, String>> environments = WarmCommands.environments();
        if (args.length == 0) {
            environments.keySet().removeIf(name -> !name.equals("odd"));
        }
        List<Command> commands =
                args.length == 0 ? WarmCommands.some() : WarmCommands.all(Path.of(args[0]));
        for (Command command : commands) {
            if (command.isInstalled()) {
                same.commands++;
                same.compare(command, environments);
            } else {
                System.out.println("not installed: " + command.program());
            }
        }
        same.faults.forEach(System.out::println);
        System.out.printf(
                "%d commands, %d environments, starts %s%n%s%n",
                same.commands,
                environments.size(),
                same.starts,
                same.faults.isEmpty() ? "OK" : same.faults.size() + " differ");
    }

    private static boolean canBeWarm() throws Exception {
        try (SpawnTemplate cat = SpawnTemplate.builder("cat").warm(KeptWarm.PATIENT).build()) {
            KeptWarm.settled(cat)
                    .refusal()
                    .ifPresent(reason -> System.out.println(REFUSED + reason));
            return cat.statistics().refusal().isEmpty();
        }
    }

    private void compare(Command command, Map<String, Map<String, String>> environments)
            throws Exception {
        for (var environment : environments.entrySet()) {
            String what = command + ", environment " + environment.getKey() + ": ";
            Outcome cold = startCold(what, command, environment.getValue());
            Outcome again = startCold(what, command, environment.getValue());
            require(cold.isLike(again), what + "two cold ones: " + difference(cold, again));
            for (int parked = 0; parked < 2; parked++) {
                try (SpawnTemplate template =
                        SpawnTemplate.builder(command.program())
                                .environment(environment.getValue())
                                .warm(KeptWarm.PATIENT.parked(2 * parked))
                                .build()) {
                    KeptWarm.settled(template);
                    require(
                            command.isWarm() == template.statistics().refusal().isEmpty(),
                            what + template.statistics());
                    // The first finds the child that has shown that there can be one.
                    for (int i = 0; i < 2; i++) {
                        Outcome warm =
                                outcome(
                                        what,
                                        template.prepare(),
                                        command,
                                        environment.getValue(),
                                        !command.isWarm());
                        require(cold.isLike(warm), what + difference(cold, warm));
                    }
                }
            }
        }
    }

    private Outcome startCold(String what, Command command, Map<String, String> environment)
            throws Exception {
        return outcome(what, PidfdProcess.builder(command.program()), command, environment, true);
    }

    private Outcome outcome(
            String what,
            EmptyProcess process,
            Command command,
            Map<String, String> environment,
            boolean isCold)
            throws Exception {
        EmptyProcess toStart =
                process.args(command.words().subList(1, command.words().size()))
                        .environment(environment)
                        .directory(folder);
        try (PidfdProcess started = toStart.start()) {
            started.getOutputStream().close();
            String stdout = text(started.getInputStream(), started.pid());
            String stderr = text(started.getErrorStream(), started.pid());
            started.waitFor();
            starts.merge(started.startedAs(), 1, Integer::sum);
            require(
                    isCold == (started.startedAs() == StartKind.COLD),
                    what + "started " + started.startedAs());
            return new Outcome(started.pid(), stdout, stderr, started.exitStatus().toString());
        }
    }

    private static String text(InputStream stream, long pid) throws IOException {
        String text = new String(stream.readAllBytes(), StandardCharsets.ISO_8859_1);
        return WarmCommands.normalised(text, pid);
    }

    private void require(boolean holds, String what) {
        if (!holds) {
            faults.add(what);
        }
    }

    private static String difference(Outcome one, Outcome other) {
        return Objects.equals(one.exit, other.exit)
                ? firstDifference(one.stdout + one.stderr, other.stdout + other.stderr)
                : one.exit + ", but " + other.exit;
    }

    private static String firstDifference(String one, String other) {
        String[] lines = one.split("\n", -1);
        String[] others = other.split("\n", -1);
        int i = 0;
        while (i < lines.length && i < others.length && lines[i].equals(others[i])) {
            i++;
        }
        return "line " + (i + 1) + " <" + at(lines, i) + ">, but <" + at(others, i) + ">";
    }

    private static String at(String[] lines, int i) {
        return i < lines.length ? lines[i] : "(end)";
    }
}
