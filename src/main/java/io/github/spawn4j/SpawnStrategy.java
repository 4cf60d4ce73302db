package io.github.spawn4j;

import io.github.spawn4j.internal.launch.RequestLayout;

/**
 * The mechanism that makes a child. All of them behave alike, which one contract test suite holds;
 * they differ in what they cost and in what they can express. {@link #CLONE3} is the one to use;
 * the others are there to compare it with. Immutable.
 *
 * <pre>{@code
 * PidfdProcess.builder("make").strategy(SpawnStrategy.POSIX_SPAWN).start();
 * }</pre>
 */
public enum SpawnStrategy {
    /**
     * For comparison: a copy of the JVM's memory map and of its descriptor table, as fork(2) makes
     * it. Slow in a JVM with much memory. The one that works where a system refuses all others.
     */
    FORK(RequestLayout.STRATEGY_FORK),

    /**
     * For comparison: the JVM's memory is lent until exec, as with vfork(2); the descriptor table
     * is copied, so the cost grows with open files.
     */
    VFORK(RequestLayout.STRATEGY_VFORK),

    /**
     * For comparison: posix_spawn(3) of the C library. Cannot express terminals, openat2(2)
     * restrictions, close-on-exec targets, inner close ranges, cgroups, and attributes but for
     * session, group and scheduling; and does not say which step failed.
     */
    POSIX_SPAWN(RequestLayout.STRATEGY_POSIX_SPAWN),

    /**
     * The default: clone3(2) with the JVM's memory lent and its descriptor table never copied
     * (kernel 5.9 and newer; where clone3 is refused, the same by clone(2)): flat in the JVM's
     * memory and in its open files.
     */
    CLONE3(RequestLayout.STRATEGY_CLONE3);

    private final int code;

    SpawnStrategy(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
