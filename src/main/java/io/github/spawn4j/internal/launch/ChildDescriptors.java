// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the numbers of descriptors mean in a child after the actions so far. One thread at a time.
 *
 * <p>Most children have nothing but 0 to 2, so the records of others are made when there is one.
 */
final class ChildDescriptors {
    private static final int STDERR = 2;

    /** Which of 0 to 2 are open, as bits. All are at first: their redirects come first. */
    private int standard = 0b111;

    /** Higher ones that an action has opened or closed: true if it has left them open. */
    private TreeMap<Integer, Boolean> touched;

    /** What was closed by range. */
    private List<Range> closed;

    /** Both ends included. */
    private record Range(int first, int last) {
        boolean contains(int fd) {
            return first <= fd && fd <= last;
        }
    }

    private static boolean isStandard(int fd) {
        return fd >= 0 && fd <= STDERR;
    }

    /** Whether no action has touched it, so that it means what it means in the JVM. */
    boolean isOfTheJvm(int fd) {
        return !isStandard(fd)
                && (touched == null || !touched.containsKey(fd))
                && !isInClosedRange(fd);
    }

    private boolean isInClosedRange(int fd) {
        if (closed != null) {
            for (Range range : closed) {
                if (range.contains(fd)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether an action has left it open. */
    boolean isOpen(int fd) {
        return isStandard(fd)
                ? (standard & 1 << fd) != 0
                : touched != null && touched.getOrDefault(fd, false);
    }

    void open(int fd) {
        put(fd, true);
    }

    void close(int fd) {
        put(fd, false);
    }

    private void put(int fd, boolean open) {
        if (isStandard(fd)) {
            standard = open ? standard | 1 << fd : standard & ~(1 << fd);
            return;
        }
        if (touched == null) {
            touched = new TreeMap<>();
        }
        touched.put(fd, open);
    }

    /** Closes {@code first} to {@code last}. */
    void closeRange(int first, int last) {
        Range range = new Range(first, last);
        if (closed == null) {
            closed = new ArrayList<>();
        }
        closed.add(range);
        for (int fd = 0; fd <= STDERR; fd++) {
            if (range.contains(fd)) {
                close(fd);
            }
        }
        if (touched != null) {
            touched.replaceAll((fd, open) -> open && !range.contains(fd));
        }
    }

    /** The lowest above stderr, from {@code first} on, that an action has left open, or -1. */
    int nextOpen(int first) {
        if (touched != null) {
            for (Map.Entry<Integer, Boolean> entry : touched.tailMap(first).entrySet()) {
                if (entry.getValue() && entry.getKey() > STDERR) {
                    return entry.getKey();
                }
            }
        }
        return -1;
    }
}
