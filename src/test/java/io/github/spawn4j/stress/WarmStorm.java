// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.CommandException;
import io.github.spawn4j.CommandResult;
import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.ExitStatus;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.warm.StartKind;
import io.github.spawn4j.warm.Warm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Warm starts of all kinds, sixteen at a time, from several templates: with parked children and
 * without, that work, fail, are killed or take too long. Each of them has a token, which the
 * process leaves behind: at the end each token was seen exactly once, or its start has thrown; and
 * nothing is left. For a JVM of its own. Prints OK, or what was wrong.
 *
 * <p>With an assailant, helpers and waiting children are killed, stopped and frozen meanwhile. A
 * process that was killed by somebody else may have left its token, or not.
 */
final class WarmStorm implements AutoCloseable {
    private static final int THREADS = 16;
    private static final int KINDS = 10;
    private static final int ENOENT = 2;

    /** What the compiler and the collector may move by. */
    private static final long HEAP_MARGIN = 1 << 20;

    /**
     * By how much the JVM, and a helper, may grow: its allocators keep what was free in between.
     */
    private static final long RSS_MARGIN_KIB = 24 * 1024;

    private static final long HELPER_MARGIN_KIB = 64;

    private final boolean isAttacked;
    private final Path folder = Files.createTempDirectory("spawn4j-storm");
    private final Path tokens = Files.createFile(folder.resolve("tokens"));
    private final Path input = Files.writeString(folder.resolve("input"), "a\nb\nc\n");
    private final SpawnTemplate cat;
    private final SpawnTemplate sh;
    private final SpawnTemplate shCloned;
    private final SpawnTemplate grep;

    private final Set<String> expected = ConcurrentHashMap.newKeySet();

    /** Of processes that were killed by somebody else. */
    private final Set<String> possible = ConcurrentHashMap.newKeySet();

    private final AtomicLong killed = new AtomicLong();

    private WarmStorm(boolean isAttacked) throws IOException {
        this.isAttacked = isAttacked;
        Warm warm = Warm.on();
        if (isAttacked) {
            warm = warm.deadline(Duration.ofMillis(60));
        }
        cat = SpawnTemplate.builder("cat").warm(warm.parked(6).renewAfter(1 << 30)).build();
        // Not a divisor of its starts, of which there are half as many as of all: a helper that is
        // renewed by the last start is still there when what is left is counted.
        sh = SpawnTemplate.builder("sh").warm(warm.parked(8).renewAfter(300)).build();
        shCloned = SpawnTemplate.builder("bash").warm(warm.renewAfter(1 << 30)).build();
        grep = SpawnTemplate.builder("grep").warm(warm.parked(1)).build();
    }

    /** What the JVM and a helper have when nothing runs. */
    private record Footprint(int descriptors, long heap, long jvmKib, long catKib, long bashKib) {}

    /**
     * Starts them.
     *
     * @param args how many, and "attacked" if they are
     */
    public static void main(String[] args) throws Exception {
        boolean isAttacked = args.length > 1;
        int count = Integer.parseInt(args[0]);
        int first = Math.min(2000, count / 4);
        // What library and JDK open when they need it for the first time, and keep.
        try (WarmStorm storm = new WarmStorm(isAttacked)) {
            storm.start(0, 2 * THREADS);
        }
        Os.awaitIdle();
        Set<Integer> none = Os.descriptors().keySet();
        try (WarmStorm storm = new WarmStorm(isAttacked)) {
            if (!storm.canBeWarm()) {
                return;
            }
            storm.start(0, first);
            Footprint before = storm.footprint();
            try (WarmAssailant assailant =
                    isAttacked ? new WarmAssailant(storm.templates()) : null) {
                storm.start(first, count);
                if (assailant != null) {
                    System.out.println(assailant);
                }
            }
            Footprint after = storm.footprint();
            System.out.println(before + " -> " + after);
            storm.printStarts();
            storm.requireEachTokenOnce();
            storm.requireFlat(before, after);
        }
        Os.await("all children have ended", () -> Os.children().isEmpty());
        Os.awaitIdle();
        Map<Integer, String> left = Os.descriptors();
        left.keySet().removeAll(none);
        require("descriptors left: " + left, left.isEmpty());
        System.out.println("OK");
    }

    private List<SpawnTemplate> templates() {
        return List.of(cat, sh, shCloned, grep);
    }

    private boolean canBeWarm() {
        Os.await(
                "there are helpers, or reasons against them",
                () ->
                        templates().stream()
                                .map(SpawnTemplate::statistics)
                                .allMatch(
                                        now -> now.helperPid() != 0 || now.refusal().isPresent()));
        cat.statistics().refusal().ifPresent(reason -> System.out.println("refused " + reason));
        return cat.statistics().refusal().isEmpty();
    }

    private void start(int from, int to) throws Exception {
        Crowd.run(THREADS, from, to, this::one);
    }

    private void one(int number) throws Exception {
        String token = "token-" + number;
        switch (number % KINDS) {
            case 0 -> {
                CommandResult result = cat.prepare().run(limited().stdin(token));
                seen(token, result, 0, token);
            }
            case 1 -> append(sh, token);
            case 2 -> append(shCloned, token);
            case 3 -> failAtDirectory(token);
            case 4 -> {
                int code = number / KINDS % 200 + 1;
                CommandResult result = sh.run(limited(), "-c", "echo $0; exit " + code, token);
                seen(token, result, code, token + "\n");
            }
            case 5 -> kill(token);
            case 6 -> takeTooLong();
            case 7 -> {
                CommandResult result =
                        shCloned.prepare()
                                .args("-c", "echo $TOKEN; pwd; echo $# >&2", "name", "", "x y")
                                .env("TOKEN", token)
                                .directory(folder)
                                .run(limited());
                seen(token, result, 0, token + "\n" + folder + "\n");
            }
            case 8 -> {
                CommandResult result =
                        grep.prepare().args("-c", ".").stdin(Redirect.from(input)).run(limited());
                seen(token, result, 0, "3\n");
            }
            default -> {
                CommandResult result =
                        sh.prepare()
                                .args("-c", "cat <&7; echo $0 >&2", token)
                                .stderr(Redirect.STDOUT)
                                .action(SpawnAction.dup2(0, 7))
                                .run(limited().stdin("in "));
                seen(token, result, 0, "in " + token + "\n");
            }
        }
    }

    private static RunOptions limited() {
        return RunOptions.timeout(Duration.ofMinutes(2)).anyExit();
    }

    /** The token goes to a file that all share. */
    private void append(SpawnTemplate shell, String token) throws Exception {
        expected.add(token);
        EmptyProcess process =
                shell.prepare()
                        .args("-c", "echo $0", token)
                        .stdin(Redirect.DISCARD)
                        .stdout(Redirect.appendTo(tokens))
                        .stderr(Redirect.DISCARD);
        try (PidfdProcess started = process.start()) {
            started.waitFor();
            if (!wasKilled(token, started.exitStatus())) {
                require(token + ": " + started.exitStatus(), started.exitValue() == 0);
            }
        }
    }

    /** Whether somebody else has killed it. */
    private boolean wasKilled(String token, ExitStatus status) {
        boolean was =
                isAttacked
                        && status instanceof ExitStatus.Killed killer
                        && killer.signal().equals(Signal.KILL);
        if (was) {
            possible.add(token);
            killed.incrementAndGet();
        }
        return was;
    }

    private void seen(String token, CommandResult result, int code, String output) {
        if (wasKilled(token, result.exitStatus())) {
            return;
        }
        String text = result.stdout().text();
        require(
                token + ": " + result.exitStatus() + " and <" + text + ">",
                result.exitValue() == code && text.equals(output));
    }

    private void failAtDirectory(String token) throws Exception {
        try {
            sh.prepare()
                    .args("-c", "echo $0", token)
                    .directory(folder.resolve("missing"))
                    .stdin(Redirect.DISCARD)
                    .stdout(Redirect.appendTo(tokens))
                    .start();
        } catch (SpawnException e) {
            require(token + ": " + e, e.errno() == ENOENT);
            return;
        }
        require(token + " was started in a directory that is not there", false);
    }

    private void kill(String token) throws Exception {
        try (PidfdProcess started = sh.spawn("-c", "echo $0; exec sleep 600", token)) {
            BufferedReader output =
                    new BufferedReader(
                            new InputStreamReader(
                                    started.getInputStream(), StandardCharsets.US_ASCII));
            String line = output.readLine();
            started.destroyForcibly();
            started.waitFor();
            require(token + ": " + started.exitStatus(), started.exitValue() == 137);
            require(token + " said " + line, token.equals(line) || isAttacked && line == null);
        }
    }

    private void takeTooLong() throws Exception {
        try {
            CommandResult result =
                    sh.run(RunOptions.timeout(Duration.ofMillis(5)), "-c", "exec sleep 600");
            require("no time limit: " + result, isAttacked && result.exitValue() == 137);
        } catch (CommandException e) {
            require("reason: " + e, e.reason() == CommandException.Reason.TIMEOUT);
        }
    }

    private void requireEachTokenOnce() throws IOException {
        Map<String, Integer> counts = new HashMap<>();
        Files.readAllLines(tokens).forEach(token -> counts.merge(token, 1, Integer::sum));
        counts.forEach(
                (token, count) ->
                        require(
                                token + " was seen " + count + " times",
                                count == 1 && expected.contains(token)));
        Set<String> lost = new HashSet<>(expected);
        lost.removeAll(counts.keySet());
        lost.removeAll(possible);
        require("lost " + lost, lost.isEmpty());
        System.out.printf(
                "%d tokens in the file, %d processes killed by others%n",
                counts.size(), killed.get());
    }

    private Footprint footprint() throws Exception {
        Os.await("no start is left", () -> Os.children().stream().allMatch(WarmStorm::isWaiting));
        if (!isAttacked) {
            Os.await("every template has its helper", this::hasAllHelpers);
        }
        return new Footprint(
                Os.descriptors().size(),
                Os.usedHeap(),
                rssKib("self"),
                rssKib(Long.toString(cat.statistics().helperPid())),
                rssKib(Long.toString(shCloned.statistics().helperPid())));
    }

    private boolean hasAllHelpers() {
        return templates().stream().allMatch(template -> template.statistics().helperPid() > 0);
    }

    static boolean isWaiting(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline"))
                    .startsWith("spawn4j-warm: ");
        } catch (IOException e) {
            return false;
        }
    }

    private static long rssKib(String pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("RssAnon:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
        } catch (IOException e) {
            return 0; // there is none now
        }
    }

    private void requireFlat(Footprint before, Footprint after) throws Exception {
        require("heap", after.heap <= before.heap + HEAP_MARGIN + 200L * expected.size());
        require("JVM", after.jvmKib <= before.jvmKib + RSS_MARGIN_KIB);
        require("helper of cat", isAttacked || after.catKib <= before.catKib + HELPER_MARGIN_KIB);
        require(
                "helper of bash",
                isAttacked || after.bashKib <= before.bashKib + HELPER_MARGIN_KIB);
        // As many as helpers need: those of one that was renewed are closed a little later, and
        // under attack there may be none, or two, of one program.
        Eventually.isTrue(
                "no more descriptors than before",
                () -> isAttacked || Os.descriptors().size() <= before.descriptors);
    }

    private void printStarts() {
        Map<StartKind, Long> sums = new HashMap<>();
        for (SpawnTemplate template : templates()) {
            SpawnTemplate.Statistics statistics = template.statistics();
            sums.merge(StartKind.WARM, statistics.warm(), Long::sum);
            sums.merge(StartKind.PARKED, statistics.parked(), Long::sum);
            sums.merge(StartKind.COLD, statistics.cold(), Long::sum);
            System.out.println(template + " " + statistics);
        }
        System.out.println(sums);
        long warm = sums.get(StartKind.WARM) + sums.get(StartKind.PARKED);
        require("most starts were cold", sums.get(StartKind.COLD) < warm);
    }

    private static void require(String what, boolean holds) {
        if (!holds) {
            throw new IllegalStateException(what);
        }
    }

    @Override
    public void close() throws IOException {
        templates().forEach(SpawnTemplate::close);
        Files.delete(tokens);
        Files.delete(input);
        Files.delete(folder);
    }
}
