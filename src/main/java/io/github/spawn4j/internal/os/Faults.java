// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.IOException;

/**
 * Where a test makes steps of the library fail that else fail only when something has run out: each
 * asks here before it is taken. Thread-safe.
 */
public final class Faults {
    /** Which steps fail. */
    public interface Plan {
        /** Before a system call. */
        void call(String name) throws IOException;

        /** Before something is made that takes memory of its own, or a thread. */
        void resource(String what);
    }

    /** Null outside of tests. */
    private static volatile Plan plan;

    private Faults() {}

    /** Makes {@code next} the plan of all threads; null for none. */
    public static void plan(Plan next) {
        plan = next;
    }

    static void call(String name) throws IOException {
        Plan current = plan;
        if (current != null) {
            current.call(name);
        }
    }

    /** Before something is made that takes memory of its own, or a thread. */
    public static void resource(String what) {
        Plan current = plan;
        if (current != null) {
            current.resource(what);
        }
    }
}
