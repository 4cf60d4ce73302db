// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

/**
 * Makes sure that there is memory for what is made when something is used first, and that all
 * classes are there that it may need later. A class whose initialiser finds no memory is lost for
 * ever, be it ours or the JDK's, as is one that cannot be read, while whoever is refused before can
 * try again. Thread-safe.
 */
public final class FirstUse {
    // Numbers: an enumeration has an initialiser of its own.
    static final int LIBRARY = 1;
    public static final int START = 2;
    public static final int RUN = 4;
    public static final int TERMINAL = 8;
    public static final int GROUP = 16;
    public static final int HELPER = 32;

    /** In bytes; the first run of a process takes less. */
    private static final int ENOUGH = 1 << 19;

    /** More than any other thread takes meanwhile, mostly; then there is no need to try. */
    private static final long PLENTY = 16L * ENOUGH;

    private static volatile int prepared;

    private FirstUse() {}

    /**
     * To be called before a use.
     *
     * @throws OutOfMemoryError if it is the first one and there is too little memory
     * @throws NoClassDefFoundError if it is the first one and a class of ours cannot be read
     */
    public static void prepare(int use) {
        if ((prepared & use) == 0) {
            prepareNow(use);
        }
    }

    private static synchronized void prepareNow(int use) {
        if (hasPlenty() || new byte[ENOUGH].length == ENOUGH) {
            LateClasses.load(use);
            prepared |= use;
        }
    }

    private static boolean hasPlenty() {
        Runtime heap = Runtime.getRuntime();
        return heap.maxMemory() - heap.totalMemory() + heap.freeMemory() >= PLENTY;
    }
}
