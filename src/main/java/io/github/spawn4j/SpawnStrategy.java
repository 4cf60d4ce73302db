// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.internal.launch.RequestLayout;
import java.util.Optional;

/**
 * The mechanism that makes a child. All of them pass the same contract tests; they differ in what
 * they cost and in what they can express. {@link #CLONE3} is the one to use, and {@link #JDK}
 * replaces it where it is not supported. The others exist to compare it with. Immutable.
 *
 * <pre>{@code
 * PidfdProcess.builder("make").strategy(SpawnStrategy.POSIX_SPAWN).start();
 * }</pre>
 *
 * <p>The default is {@link #CLONE3}, or {@link #JDK} where that is {@linkplain #isSupported() not
 * supported}: on systems other than Linux, on an architecture without a native library in this jar,
 * where the native library cannot be loaded, and where the kernel or a filter refuses the calls
 * that it needs. This is logged once, as a warning. To have no process started by the JDK, name a
 * strategy, for one process ({@link EmptyProcess#strategy}) or for all: the system property {@code
 * io.github.spawn4j.strategy} is that of all processes that name none, read when one is first
 * needed, such as {@code clone3}. What cannot be done is then refused by name.
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
     * restrictions, close-on-exec targets, inner close ranges, cgroups, and attributes except
     * session, group and scheduling; and does not say which step failed. Needs glibc 2.34, as older
     * ones, and musl, cannot close for a child what it is not given.
     */
    POSIX_SPAWN(RequestLayout.STRATEGY_POSIX_SPAWN),

    /**
     * The default: clone3(2), or clone(2) where that is refused, with the JVM's memory lent. If the
     * library is loaded early, the descriptor table is not copied (kernel 5.9 and newer), and the
     * cost grows neither with the JVM's memory nor with its open files. Where more than 1,024 files
     * are open by then, each start copies the table.
     */
    CLONE3(RequestLayout.STRATEGY_CLONE3),

    /**
     * {@link ProcessBuilder}, on every system that has a JDK, at its cost: a thread for each
     * process, and one more for each stream that a run reads or writes. Streams, runs, pipelines,
     * templates and teardowns of the process alone are there. Everything else is refused by name
     * before anything is started: sandboxes, attributes, actions, terminals, cgroups, teardowns of
     * others than the process itself or with other signals than SIGTERM and SIGKILL, a {@linkplain
     * Pipeline#sharedStderr shared standard error}, {@code arg0}, {@code mapFd}, {@code
     * inheritDescriptors}, {@code inheritSignals}, {@code interruptibleStreams}, {@code
     * searchInChild}, {@code Redirect.descriptor}, {@code denyWrite}. A start that was to be warm
     * is cold.
     *
     * <p>What is different besides:
     *
     * <ul>
     *   <li>The program is searched, and run, as {@link EmptyProcess#from} has it.
     *   <li>Its {@linkplain EmptyProcess#inheritLimits limits} are the JVM's.
     *   <li>The JDK's streams do what {@link ProcessBuilder} documents: to close one does not end a
     *       read or a write that waits there, and what a grandchild writes after the exit is lost.
     *   <li>{@link PidfdProcess#exitStatus} tells a signal only where SIGKILL was sent here; else
     *       it is {@code Exited(128 + n)}, which {@link PidfdProcess#exitValue} is either way.
     *       {@link PidfdProcess#resourceUsage} is all zero.
     *   <li>{@link PidfdProcess#pidfd} is -1, and {@link PidfdProcess#signal} throws {@link
     *       UnsupportedOperationException} for signals but SIGTERM and SIGKILL. Where the system
     *       has no SIGTERM (Windows), SIGTERM ends the process at once.
     *   <li>{@link SpawnException#step} is {@code exec} where the JDK does not tell, and {@link
     *       SpawnException#errno} the system's own number, or 0.
     * </ul>
     */
    JDK(-1);

    private final int code;

    SpawnStrategy(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    /**
     * Whether processes can be started in this way here. This is tried, once, by loading the native
     * library and asking the kernel in a child, rather than concluded from versions.
     *
     * <pre>{@code
     * if (!SpawnStrategy.CLONE3.isSupported()) {
     *   log.warn("sandboxes are not to be had: {}", SpawnStrategy.CLONE3.unsupported().get());
     * }
     * }</pre>
     *
     * @return always true for {@link #JDK}
     */
    public boolean isSupported() {
        return StrategySupport.refusal(this) == null;
    }

    /**
     * Why processes cannot be started in this way here, in words.
     *
     * @return empty if they can
     */
    public Optional<String> unsupported() {
        return Optional.ofNullable(StrategySupport.refusal(this));
    }

    /**
     * The strategy of a process that names none.
     *
     * @return {@link #CLONE3} where it is supported, else {@link #JDK}; or what the property {@code
     *     io.github.spawn4j.strategy} names
     * @throws IllegalStateException if that property names no strategy
     */
    public static SpawnStrategy automatic() {
        return StrategySupport.automatic();
    }
}
