// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.control;

/**
 * From which NUMA nodes a process gets memory; see set_mempolicy(2). Immutable.
 *
 * <pre>{@code
 * PidfdProcess.builder("database").memoryPolicy(MemoryPolicy.BIND, 0).cpuAffinity(0, 1).start();
 * }</pre>
 */
public enum MemoryPolicy {
    /** The node that the thread runs on; when it is full, one near by. Takes no nodes. */
    DEFAULT(0, false),

    /** The one node given; when it is full, one near by. */
    PREFERRED(1, true),

    /** The nodes given, and no others. */
    BIND(2, true),

    /** In turn from the nodes given. */
    INTERLEAVE(3, true),

    /** As {@link #DEFAULT}, whatever the calling thread has. Takes no nodes. Linux 3.8. */
    LOCAL(4, false),

    /** The nodes given; when they are full, others near by. Linux 5.15. */
    PREFERRED_MANY(5, true),

    /** In turn from the nodes given, by their weights. Linux 6.9. */
    WEIGHTED_INTERLEAVE(6, true);

    private final int number;
    private final boolean hasNodes;

    MemoryPolicy(int number, boolean hasNodes) {
        this.number = number;
        this.hasNodes = hasNodes;
    }

    int number() {
        return number;
    }

    boolean hasNodes() {
        return hasNodes;
    }
}
