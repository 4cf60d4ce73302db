// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.spawners;

import java.lang.management.ManagementFactory;

/**
 * Measures one start after the other in this JVM, without allocating. One thread at a time, and all
 * calls for a start by the one that starts.
 */
final class Stopwatch {
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private long allocatedBefore;
    private long beganNs;
    private long startNs;
    private int processor;
    private long waitsSinceNs;

    /** Immediately before the start. */
    void begin() {
        allocatedBefore = THREADS.getCurrentThreadAllocatedBytes();
        beganNs = System.nanoTime();
    }

    /** Immediately after it. */
    void started() {
        startNs = System.nanoTime() - beganNs;
        processor = CurrentProcessor.number();
        waitsSinceNs = System.nanoTime(); // so that the question is not part of the time
    }

    /** Immediately after the wait. */
    void ended(int exitCode, Samples samples) {
        long waitNs = System.nanoTime() - waitsSinceNs;
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - allocatedBefore;
        if (processor == CurrentProcessor.UNKNOWN) {
            samples.add(startNs, startNs + waitNs);
        } else {
            samples.add(startNs, startNs + waitNs, processor, exitCode);
        }
        samples.addAllocated(allocated);
    }
}
