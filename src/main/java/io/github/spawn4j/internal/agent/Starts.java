// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.agent;

import io.github.spawn4j.SpawnException;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Kernel;
import java.io.IOException;
import java.util.Set;

/**
 * Starts in the JDK's place, or has it start itself: by null. Thread-safe.
 *
 * <p>Only what nobody has seen yet is left to the JDK after all: a request that the library
 * refuses, and a start that ends before there is a child. A program that was executed once must not
 * be so again.
 */
abstract class Starts {
    /** What fails before there is a child, and is no fault of the request. */
    private static final Set<String> BEFORE_A_CHILD = Set.of(Kernel.PROBE, "clone", "pipe", "dup");

    /**
     * Set while a thread is in here. What the library, a backend of SLF4J or a class loader starts
     * meanwhile would come here again, without end.
     */
    private static final ThreadLocal<Boolean> IS_INSIDE = new ThreadLocal<>();

    private final Options options;
    final Tally tally;

    Starts(Options options, Tally tally) {
        this.options = options;
        this.tally = tally;
    }

    final Object startUnlessInside(Object[] arguments) throws IOException {
        if (IS_INSIDE.get() != null) {
            return null;
        }
        IS_INSIDE.set(true);
        try {
            return start(arguments);
        } finally {
            IS_INSIDE.remove();
        }
    }

    /** With the arguments of the JDK's method. */
    abstract Object start(Object[] arguments) throws IOException;

    final boolean isWanted(String program) {
        return options.takesProgram(program)
                && (!options.areOfClasses() || options.takesClass(Caller.name()));
    }

    /** Whether the library, not the request, is the reason that there is no process. */
    static boolean isOurs(SpawnException e) {
        return BEFORE_A_CHILD.contains(e.step()) || e.errno() == Errno.ENOSYS;
    }
}
