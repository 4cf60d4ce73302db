package io.github.spawn4j;

import io.github.spawn4j.internal.os.Exit;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * What an ended process and the descendants that it waited for have used: the {@code rusage} of
 * wait4(2), see getrusage(2). Immutable.
 *
 * <pre>{@code
 * process.waitFor();
 * long peakMiB = process.resourceUsage().maxResidentBytes() >> 20;
 * }</pre>
 *
 * @param userTime CPU time in user mode, in microseconds' resolution
 * @param systemTime CPU time in the kernel, in microseconds' resolution
 * @param maxResidentBytes the largest resident set of any one of these processes, in bytes; a child
 *     starts with what the kernel charges it before exec, so a tiny program may show more than its
 *     own
 * @param minorFaults page faults served without input or output
 * @param majorFaults page faults that had to read
 * @param blockInputs how often the file system had to read, in blocks of 512 bytes
 * @param blockOutputs how often the file system had to write, in blocks of 512 bytes
 * @param voluntaryContextSwitches how often a process gave up its processor to wait
 * @param involuntaryContextSwitches how often a process was displaced
 */
public record ResourceUsage(
        Duration userTime,
        Duration systemTime,
        long maxResidentBytes,
        long minorFaults,
        long majorFaults,
        long blockInputs,
        long blockOutputs,
        long voluntaryContextSwitches,
        long involuntaryContextSwitches) {

    static ResourceUsage of(Exit exit) {
        return new ResourceUsage(
                Duration.of(exit.usage(0), ChronoUnit.MICROS),
                Duration.of(exit.usage(1), ChronoUnit.MICROS),
                exit.usage(2) * 1024,
                exit.usage(3),
                exit.usage(4),
                exit.usage(5),
                exit.usage(6),
                exit.usage(7),
                exit.usage(8));
    }

    /**
     * User and system time together.
     *
     * @return the CPU time
     */
    public Duration cpuTime() {
        return userTime.plus(systemTime);
    }
}
