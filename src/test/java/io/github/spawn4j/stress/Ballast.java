// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

/**
 * Fills the heap, until not even the smallest object fits, and empties it. One thread at a time.
 */
final class Ballast {
    private static volatile Object[] ballast;

    private Ballast() {}

    static void fill() {
        int size = 1 << 21;
        while (size > 0) {
            try {
                Object[] more = new Object[size];
                more[0] = ballast;
                ballast = more;
            } catch (OutOfMemoryError e) {
                size >>= 3;
            }
        }
    }

    static void drop() {
        ballast = null;
    }
}
