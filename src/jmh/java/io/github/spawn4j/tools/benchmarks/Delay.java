// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.benchmarks;

/**
 * A wait in the measured part of a benchmark, without sleep: whether a change of the start path
 * would be seen can only be known by making one. None unless the property {@code
 * spawn4j.tools.delayMicros} asks for it.
 */
final class Delay {
    private static final long NS = 1_000 * Long.getLong("spawn4j.tools.delayMicros", 0);

    private Delay() {}

    static void spin() {
        if (NS > 0) {
            long beganNs = System.nanoTime();
            while (System.nanoTime() - beganNs < NS) {
                Thread.onSpinWait();
            }
        }
    }
}
