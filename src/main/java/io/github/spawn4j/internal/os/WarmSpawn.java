// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.lang.annotation.Native;

/**
 * The calls about helpers, processes that were linked ahead and whose children become their program
 * (native/src/warm/warm.h). Thread-safe; but nobody may use a helper that is being freed.
 */
public final class WarmSpawn {
    // Why something is not started through a helper, or there can be none; they are told in warm.h.
    @Native public static final int STARTED = 0;
    @Native public static final int NO_FILE = 1;
    @Native public static final int SETUID = 2;
    @Native public static final int NOT_ELF = 3;
    @Native public static final int STATIC = 4;
    @Native public static final int UNKNOWN_LINKER = 5;
    @Native public static final int LINKER_DIFFERS = 6;
    @Native public static final int ENV = 7;
    @Native public static final int LINKER_ACTS = 8;
    @Native public static final int NEVER_LINKED = 9;
    @Native public static final int NO_ARCHITECTURE = 10;
    @Native public static final int NO_KERNEL = 11;
    @Native public static final int NO_TRACING = 12;
    @Native public static final int NO_PROC = 13;
    @Native public static final int NO_SPAWN = 14;
    @Native public static final int SIGCHLD_IGNORED = 15;
    @Native public static final int NO_MEMORY = 16;
    @Native public static final int TIMEOUT = 17;
    @Native public static final int OTHER_REQUEST = 18;
    @Native public static final int OTHER_PROGRAM = 19;
    @Native public static final int OTHER_ENVIRONMENT = 20;
    @Native public static final int TOO_BIG = 21;
    @Native public static final int STALE = 22;
    @Native public static final int OTHER_AUTHORITY = 23;
    @Native public static final int NO_ACCESS = 24;
    @Native public static final int OTHER_SCHEDULE = 25;
    @Native public static final int OTHER_GROUP = 26;
    @Native public static final int OTHER_LIMITS = 27;
    @Native public static final int BUSY = 28;
    @Native public static final int LATE = 29;
    @Native public static final int BROKEN = 30;

    /** How many there are. */
    @Native public static final int REASONS = 31;

    // What people may have forbidden, or left out of a kernel.
    @Native public static final int PTRACE = 0;
    @Native public static final int KCMP = 1;
    @Native public static final int CHECKPOINT_RESTORE = 2;

    static {
        NativeLibrary.load();
    }

    private WarmSpawn() {}

    /**
     * Makes a helper for the program of a request, which is laid out as {@link Spawn#spawn} has it.
     * The thread must live as long as the helper and all its children.
     *
     * @param deadlineMs how long that may take
     * @param made where the helper's address and the error number behind a refusal are stored
     * @return {@link #STARTED}, and then the helper is the caller's to {@link #free}; or why not
     */
    public static int make(
            int[] words,
            int wordsCount,
            byte[][] texts,
            int textsCount,
            int length,
            int deadlineMs,
            long[] made) {
        NativeLibrary.require();
        return make0(words, wordsCount, texts, textsCount, length, deadlineMs, made);
    }

    /**
     * Starts what a request says through a helper.
     *
     * @param deadlineMs after how long the request is taken back if no child has taken it
     * @return {@link #STARTED} with the outcome, which may be a failure, in {@code words}; or why
     *     nothing has happened, with the words as they were
     */
    public static int start(
            long helper,
            int[] words,
            int wordsCount,
            byte[][] texts,
            int textsCount,
            int length,
            int outcomeCount,
            int deadlineMs) {
        return start0(
                helper, words, wordsCount, texts, textsCount, length, outcomeCount, deadlineMs);
    }

    /** Sees to it that {@code count} children wait. Returns how many do, or are about to. */
    public static int park(long helper, int count) {
        return park0(helper, count);
    }

    /** {@link #STARTED}, or why the helper is to be renewed. */
    public static int look(long helper) {
        return look0(helper);
    }

    public static int pid(long helper) {
        return pid0(helper);
    }

    /** Ends the helper and the children that wait. What was started lives on. */
    public static void free(long helper) {
        free0(helper);
    }

    /** Reaps helpers, and children that waited, that could not die when they were ended. */
    public static void reap() {
        reap0();
    }

    /** 0 if {@link #PTRACE}, for example, is there, or -errno. */
    public static int ask(int need) {
        return ask0(need);
    }

    /**
     * What has become of the trials of dynamic linkers: for each a line of "same" or "differs", its
     * build id, and its path.
     */
    public static byte[] linkers() {
        return linkers0();
    }

    private static native void reap0();

    private static native int ask0(int need);

    private static native byte[] linkers0();

    private static native int make0(
            int[] words,
            int wordsCount,
            byte[][] texts,
            int textsCount,
            int length,
            int deadlineMs,
            long[] made);

    private static native int start0(
            long helper,
            int[] words,
            int wordsCount,
            byte[][] texts,
            int textsCount,
            int length,
            int outcomeCount,
            int deadlineMs);

    private static native int park0(long helper, int count);

    private static native int look0(long helper);

    private static native int pid0(long helper);

    private static native void free0(long helper);
}
