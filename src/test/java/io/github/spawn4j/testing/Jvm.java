// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/** What no start may change of this process or of the calling thread. */
public final class Jvm {
    private static final boolean X86 = System.getProperty("os.arch").equals("amd64");
    private static final int SYS_PRCTL = X86 ? 157 : 167;
    private static final int SYS_PERSONALITY = X86 ? 135 : 92;
    private static final int PR_GET_TIMERSLACK = 30;
    private static final int PR_GET_DUMPABLE = 3;
    private static final int PR_SET_DUMPABLE = 4;

    private Jvm() {}

    /** By name. */
    public static Map<String, String> state() {
        Map<String, String> state = new TreeMap<>();
        for (String key : new String[] {"status", "limits", "oom_score_adj", "cgroup"}) {
            state.put(key, lines(Path.of("/proc/self", key)));
        }
        state.put("thread", lines(Path.of("/proc/thread-self/status")));
        for (String key : new String[] {"mnt", "uts", "ipc", "net", "pid", "user", "cgroup"}) {
            state.put(key, link(Path.of("/proc/thread-self/ns", key)));
        }
        state.put("personality", Long.toString(LibC.syscall(SYS_PERSONALITY, 0xffffffffL, 0, 0)));
        state.put("timer slack", Long.toString(LibC.syscall(SYS_PRCTL, PR_GET_TIMERSLACK, 0, 0)));
        state.put("scheduling", scheduling());
        state.put("root", link(Path.of("/proc/self/root")));
        state.put("cwd", link(Path.of("/proc/self/cwd")));
        state.put("dumpable", Long.toString(LibC.syscall(SYS_PRCTL, PR_GET_DUMPABLE, 0, 0)));
        return state;
    }

    /**
     * Calls it on a thread of an ordinary user, as {@link OwnThread#callUnprivileged} does, in a
     * process that is one of his: the kernel takes /proc/self away from a process whose thread has
     * changed its ids.
     */
    public static <T> T asOrdinaryUser(Callable<T> task) throws Exception {
        return OwnThread.callUnprivileged(
                () -> {
                    LibC.syscall(SYS_PRCTL, PR_SET_DUMPABLE, 1, 0);
                    return task.call();
                });
    }

    /** Whether the calling thread has it. */
    public static boolean hasCapability(int number) {
        return (Long.parseUnsignedLong(ProcStatus.ofThread().get("CapEff"), 16) >> number & 1) != 0;
    }

    /** Without what the kernel counts. */
    private static String lines(Path file) {
        try {
            StringBuilder kept = new StringBuilder();
            for (String line : Files.readAllLines(file)) {
                if (!line.matches("(Vm|Rss|FDSize|SigQ|Threads|State|.*ctxt_switches|Hugetlb).*")) {
                    kept.append(line).append('\n');
                }
            }
            return kept.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String link(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of the calling thread: priority, niceness, real-time priority and policy. */
    private static String scheduling() {
        String stat = lines(Path.of("/proc/thread-self/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return fields[15] + " " + fields[16] + " " + fields[37] + " " + fields[38];
    }
}
