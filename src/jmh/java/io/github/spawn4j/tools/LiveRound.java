// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * What children cost that only live, for each of them.
 *
 * @param startMicros how long its start took
 * @param threads the OS threads that there were more than before the first child
 * @param heapBytes by how much the used heap grew
 * @param residentBytes by how much the resident memory grew
 * @param cpuMicros processor time from before its start to the word of its end, the JVM's and its
 *     own; 0 if unknown
 * @param noticeP50Millis from its death to the completion of its onExit(), the median
 * @param noticeP99Millis what 99 of 100 of these times did not exceed
 * @param noticeMaxMillis the longest
 */
record LiveRound(
        double startMicros,
        double threads,
        double heapBytes,
        double residentBytes,
        double cpuMicros,
        double noticeP50Millis,
        double noticeP99Millis,
        double noticeMaxMillis) {
    /** As {@link #parse} reads it. */
    String line() {
        return DoubleStream.of(
                        startMicros,
                        threads,
                        heapBytes,
                        residentBytes,
                        cpuMicros,
                        noticeP50Millis,
                        noticeP99Millis,
                        noticeMaxMillis)
                .mapToObj(Double::toString)
                .collect(Collectors.joining(" "));
    }

    static LiveRound parse(String line) {
        double[] numbers =
                Stream.of(line.strip().split(" ")).mapToDouble(Double::parseDouble).toArray();
        int next = 0;
        return new LiveRound(
                numbers[next++],
                numbers[next++],
                numbers[next++],
                numbers[next++],
                numbers[next++],
                numbers[next++],
                numbers[next++],
                numbers[next]);
    }
}
