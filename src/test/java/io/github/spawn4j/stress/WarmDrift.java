// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.CommandResult;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.testing.KeptWarm;
import io.github.spawn4j.warm.ColdReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * Changes the calling thread, or the JVM, after a helper was made, and compares what a child sees
 * of itself that is started warm now with what a cold one sees. For a JVM of its own, of whatever
 * user. Prints OK, or which changes a warm child was not given.
 *
 * <p>That they are equal is not enough where the child has fewer rights than the helper: such a
 * start must have been cold, for the reason that is told.
 */
final class WarmDrift {
    private static final RunOptions TO_ITS_END =
            RunOptions.timeout(Duration.ofSeconds(30)).anyExit();
    private static final boolean IS_ROOT = isRoot();
    private static final int NOBODY = 65534;

    /** CAP_NET_RAW, which nothing here needs. */
    private static final int CAPABILITY = 13;

    /**
     * What a child sees: what /proc says of it, where it is, its namespaces, and what only calls
     * tell: prctl(2) of securebits, machine checks, huge pages, speculation, ioprio_get(2).
     */
    private static final String WITNESS =
            String.join(
                    "\n",
                    "for my $f (qw(status limits cgroup oom_score_adj coredump_filter loginuid",
                    " timerslack_ns personality attr/current setgroups uid_map)) {",
                    "  open(my $h, '<', \"/proc/self/$f\") or print \"$f: $!\\n\" and next;",
                    "  print \"$f: $_\" while <$h>;",
                    "}",
                    "my @stat = split / /, do { open my $h, '<', '/proc/self/stat'; <$h> };",
                    "print \"stat @stat[1, 3 .. 7, 17 .. 20, 30 .. 32, 37, 39, 40]\\n\";",
                    "print 'umask ', umask, \"\\n\";",
                    "print \"$_ \", readlink \"/proc/self/$_\", \"\\n\" for qw(cwd root exe),",
                    " map { \"ns/$_\" } qw(mnt net ipc uts user cgroup time pid pid_for_children);",
                    "print \"root has \", join(' ', sort glob('/*')), \"\\n\";",
                    "print \"prctl $_ \", syscall(157, $_, 0, 0, 0, 0), \"\\n\"",
                    " for 3, 7, 21, 27, 34, 39, 42, 66;",
                    "print \"speculation $_ \", syscall(157, 52, $_, 0, 0, 0), \"\\n\" for 0, 1, 2;",
                    "print 'ioprio ', syscall(252, 1, 0), \"\\n\";");

    /** Something that is done to a thread or the JVM. */
    private interface Change {
        void make() throws Exception;
    }

    private final List<String> faults = new ArrayList<>();
    private int rows;

    private WarmDrift() {}

    private static boolean isRoot() {
        try {
            return Calls.call("getuid", 102) == 0;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Compares.
     *
     * @param args "filtered" where the JVM is under a filter: then another one is added to it
     */
    public static void main(String[] args) throws Exception {
        WarmDrift drift = new WarmDrift();
        try (SpawnTemplate template = template()) {
            if (template.statistics().refusal().isPresent()) {
                System.out.println("refused " + template.statistics().refusal().get());
                return;
            }
        }
        if (args.length > 0) {
            drift.rowsOfAFilteredOne();
        } else {
            drift.rowsOfRights();
            drift.rowsOfThreads();
            drift.rowsOfTheProcess();
        }
        drift.faults.forEach(System.out::println);
        System.out.println(drift.rows + " changes");
        System.out.println(drift.faults.isEmpty() ? "OK" : drift.faults.size() + " not seen");
    }

    private void rowsOfAFilteredOne() throws Exception {
        cold("further filter", ColdReason.OTHER_AUTHORITY, WarmDrift::addFilter);
        followed("no change", () -> {});
    }

    private static void addFilter() throws IOException {
        if (!IS_ROOT) {
            Calls.prctl(38, 1);
        }
        Calls.addFilter();
    }

    private void rowsOfRights() throws Exception {
        cold("no_new_privs", ColdReason.OTHER_AUTHORITY, () -> Calls.prctl(38, 1));
        cold(
                "filter",
                ColdReason.OTHER_AUTHORITY,
                () -> {
                    Calls.prctl(38, 1);
                    Calls.addFilter();
                });
        cold("own directory", ColdReason.NO_ACCESS, () -> unshare(Calls.CLONE_FS));
        if (Calls.hasLandlock()) {
            cold("Landlock", null, Calls::addLandlock);
        } else {
            System.out.println("skipped: no Landlock");
        }
        if (!IS_ROOT) {
            return;
        }
        cold("user", ColdReason.NO_ACCESS, () -> Calls.setUserIds(NOBODY, NOBODY, NOBODY));
        cold("real user", ColdReason.OTHER_AUTHORITY, () -> Calls.setUserIds(NOBODY, -1, -1));
        cold("saved user", ColdReason.OTHER_AUTHORITY, () -> Calls.setUserIds(-1, -1, NOBODY));
        cold("effective user", null, () -> Calls.setUserIds(-1, NOBODY, -1));
        cold("group", ColdReason.OTHER_AUTHORITY, () -> Calls.setGroupIds(-1, NOBODY, -1));
        cold("groups", ColdReason.OTHER_AUTHORITY, () -> Calls.setGroups(NOBODY));
        cold("filter of root", ColdReason.OTHER_AUTHORITY, Calls::addFilter);
        cold("effective capability", null, () -> Calls.changeCapability(CAPABILITY, 0));
        cold("capability", null, () -> Calls.changeCapability(CAPABILITY, 1));
        cold("inheritable capability", null, () -> Calls.changeCapability(CAPABILITY, 2));
        cold(
                "ambient capability",
                null,
                () -> {
                    Calls.changeCapability(CAPABILITY, 2);
                    Calls.call("prctl", 157, 47, 2, CAPABILITY, 0, 0);
                });
        cold("bounding set", ColdReason.OTHER_AUTHORITY, () -> Calls.prctl(24, CAPABILITY));
        cold("securebits", ColdReason.OTHER_AUTHORITY, () -> Calls.prctl(28, 1));
        cold("mounts", ColdReason.NO_ACCESS, () -> unshare(0x20000));
    }

    private void rowsOfThreads() throws Exception {
        cold(
                "niceness",
                ColdReason.OTHER_SCHEDULING,
                () -> Calls.call("setpriority", 141, 0, 0, 5));
        cold("batch policy", ColdReason.OTHER_SCHEDULING, () -> Calls.setPolicy(3));
        cold("idle policy", ColdReason.OTHER_SCHEDULING, () -> Calls.setPolicy(5));
        if (Runtime.getRuntime().availableProcessors() > 1) {
            cold("processor", ColdReason.OTHER_SCHEDULING, Calls::useOneProcessor);
        }
        cold(
                "input and output",
                ColdReason.OTHER_SCHEDULING,
                () -> Calls.call("ioprio_set", 251, 1, 0, 3 << 13));
        cold("timer slack", ColdReason.OTHER_SCHEDULING, () -> Calls.prctl(29, 1_000_000));
        for (int kind = 0; kind < 3; kind++) {
            changeSpeculation(kind);
        }
        cold(
                "machine checks",
                ColdReason.OTHER_SCHEDULING,
                () -> Calls.call("prctl", 157, 33, 1, 1, 0, 0));
    }

    private void changeSpeculation(int kind) throws Exception {
        if ((Calls.call("prctl", 157, 52, kind, 0, 0, 0) & 1) == 0) {
            System.out.println("skipped: no thread can change speculation of kind " + kind);
            return;
        }
        cold(
                "speculation " + kind,
                ColdReason.OTHER_AUTHORITY,
                () -> Calls.call("prctl", 157, 53, kind, 4, 0, 0));
    }

    private void rowsOfTheProcess() throws Exception {
        int umask = (int) Calls.call("umask", 95, 0123);
        followed("umask", () -> Calls.call("umask", 95, 027));
        Calls.call("umask", 95, umask);
        followed("directory", () -> Calls.call("chdir", 80, Calls.text("/proc")));
        for (int resource = 0; resource < 16; resource++) {
            followLimit(resource);
        }
        long[] stack = Calls.limit(Calls.RLIMIT_STACK);
        cold("stack", ColdReason.OTHER_LIMITS, () -> lower(Calls.RLIMIT_STACK, stack));
        Calls.setLimit(Calls.RLIMIT_STACK, stack[0], stack[1]);

        cold("personality", ColdReason.OTHER_LIMITS, () -> Calls.call("personality", 135, 0x40000));
        Calls.call("personality", 135, 0);
        cold("huge pages", ColdReason.OTHER_LIMITS, () -> Calls.call("prctl", 157, 41, 1, 0, 0, 0));
        Calls.call("prctl", 157, 41, 0, 0, 0, 0);
        Path filter = Path.of("/proc/self/coredump_filter");
        String usual = Files.readString(filter).strip();
        cold("core dumps", ColdReason.OTHER_LIMITS, () -> Files.writeString(filter, "0x7f"));
        Files.writeString(filter, "0x" + usual);
        long group = Calls.call("getpgid", 121, 0);
        cold("process group", ColdReason.OTHER_GROUP, () -> Calls.call("setpgid", 109, 0, 0));
        Calls.call("setpgid", 109, 0, group);
        cold(
                "oom_score_adj",
                ColdReason.OTHER_LIMITS,
                () -> Files.writeString(Path.of("/proc/self/oom_score_adj"), "123"));
        if (IS_ROOT) {
            moveToAnotherCgroup();
        }
        cold("session", ColdReason.OTHER_GROUP, () -> Calls.call("setsid", 112));
    }

    private static void lower(int resource, long[] limit) throws IOException {
        long large = 1L << 24; // lower than infinity, and more than anybody here needs
        long soft = limit[0] < 0 ? large : limit[0] - limit[0] / 8;
        Calls.setLimit(resource, resource == 9 || resource == 2 ? 1L << 45 : soft, limit[1]);
    }

    private void followLimit(int resource) throws Exception {
        long[] limit = Calls.limit(resource);
        if (resource != Calls.RLIMIT_STACK) {
            followed("limit " + resource, () -> lower(resource, limit));
            Calls.setLimit(resource, limit[0], limit[1]);
        }
    }

    private void moveToAnotherCgroup() throws Exception {
        Path root = Path.of("/sys/fs/cgroup");
        for (Path hierarchy : List.of(root, root.resolve("unified"), root.resolve("pids"))) {
            Path group = hierarchy.resolve("spawn4j-drift-" + ProcessHandle.current().pid());
            if (!Files.isWritable(hierarchy.resolve("cgroup.procs"))) {
                continue;
            }
            Files.createDirectory(group);
            cold(
                    "cgroup " + hierarchy,
                    ColdReason.OTHER_GROUP,
                    () -> Files.writeString(group.resolve("cgroup.procs"), "0"));
            Files.writeString(hierarchy.resolve("cgroup.procs"), "0");
            Os.await("the group is empty", () -> group.toFile().delete());
        }
    }

    private static void unshare(int flags) throws IOException {
        Calls.call("unshare", 272, flags);
    }

    /** A change after which a start must be cold. The reason is null where another will do. */
    private void cold(String name, ColdReason reason, Change change) throws Exception {
        row(name, change, true, reason);
    }

    /** A change that a warm child is given. */
    private void followed(String name, Change change) throws Exception {
        row(name, change, false, null);
    }

    private void row(String name, Change change, boolean isCold, ColdReason reason)
            throws Exception {
        try (SpawnTemplate template = template()) {
            onOwnThread(
                    () -> {
                        compare("before " + name, template, false, null);
                        change.make();
                        compare(name, template, isCold, reason);
                    });
        }
        rows++;
    }

    private void compare(String name, SpawnTemplate template, boolean isCold, ColdReason reason)
            throws Exception {
        String cold = seen(PidfdProcess.builder("/usr/bin/perl", "-e", WITNESS).run(TO_ITS_END));
        for (int i = 0; i < 2; i++) {
            boolean mayBeWarm = i > 0; // of another helper, which has been made after the change
            long before = template.statistics().cold();
            String warm = seen(template.run(TO_ITS_END, "-e", WITNESS));
            if (!warm.equals(cold)) {
                faults.add(name + ":\n" + difference(cold, warm));
            }
            boolean wasCold = template.statistics().cold() > before;
            if (isCold ? !wasCold && !mayBeWarm : wasCold) {
                faults.add(name + ": " + template.statistics());
            }
        }
        if (reason != null && !hasOnly(template, reason)) {
            faults.add(name + ": " + template.statistics());
        }
    }

    /** There may be none by now, as another one is being made. */
    private static boolean hasOnly(SpawnTemplate template, ColdReason reason) {
        var reasons = template.statistics().coldStarts().keySet();
        return reasons.contains(reason)
                && reasons.stream().allMatch(one -> one == reason || one == ColdReason.NO_HELPER);
    }

    /** Without what is another in each process. */
    private static String seen(CommandResult result) {
        String text = result.stdout().text() + result.stderr().text();
        return text.replaceAll(
                "(?m)^status: (Vm|Rss|FDSize|SigQ|volun|nonvol|(Tg|P|NStg|NSp)id:).*\n", "");
    }

    private static String difference(String cold, String warm) {
        List<String> lines = new ArrayList<>(warm.lines().toList());
        lines.removeAll(cold.lines().toList());
        List<String> others = new ArrayList<>(cold.lines().toList());
        others.removeAll(warm.lines().toList());
        return "  cold " + others + "\n  warm " + lines;
    }

    private static SpawnTemplate template() throws Exception {
        SpawnTemplate template =
                SpawnTemplate.builder("/usr/bin/perl").warm(KeptWarm.PATIENT).build();
        KeptWarm.settled(template);
        return template;
    }

    /** One that ends afterwards, and with it what was done to it. */
    private static void onOwnThread(Change task) throws Exception {
        FutureTask<Void> result =
                new FutureTask<>(
                        () -> {
                            task.make();
                            return null;
                        });
        Thread thread = new Thread(result, "own");
        thread.setDaemon(true);
        thread.start();
        result.get(60, TimeUnit.SECONDS);
    }
}
