// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import static java.util.stream.Collectors.toMap;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.function.Predicate;

/** What threads have allocated so far, by their ids. */
public record Allocations(Map<Long, Long> bytesById) {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Of some threads. */
    public static Allocations of(Predicate<Thread> isMeant) {
        return new Allocations(
                Thread.getAllStackTraces().keySet().stream()
                        .filter(isMeant)
                        .map(Thread::getId)
                        .collect(toMap(id -> id, THREADS::getThreadAllocatedBytes)));
    }

    /**
     * How many bytes more than {@code before}. Not the difference of the sums: a thread that has
     * ended meanwhile would make it less.
     */
    public long since(Allocations before) {
        return bytesById.entrySet().stream()
                .mapToLong(e -> e.getValue() - before.bytesById.getOrDefault(e.getKey(), 0L))
                .sum();
    }
}
