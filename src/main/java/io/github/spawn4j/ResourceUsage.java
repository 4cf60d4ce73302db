// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.control.Cgroup;
import io.github.spawn4j.control.TreeUsage;
import io.github.spawn4j.internal.os.Exit;
import io.github.spawn4j.internal.os.OwnMemory;
import io.github.spawn4j.warm.StartKind;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What an ended process and the descendants that it waited for have used: the {@code rusage} of
 * wait4(2), see getrusage(2). Immutable.
 *
 * <pre>{@code
 * process.waitFor();
 * ResourceUsage usage = process.resourceUsage();
 * log.info("{} of CPU, {} bytes written", usage.cpuTime(), usage.bytesWritten());
 * usage.maxResidentBytes().ifPresent(peak -> log.info("{} MiB", peak >> 20));
 * }</pre>
 *
 * <p>What all processes of a cgroup have used, whoever waited for them, is {@link Cgroup#usage()}.
 */
public final class ResourceUsage {
    private static final int BLOCK = 512;
    private static final int FIELDS = 9;

    // The fields of Exit.usage.
    private static final int USER_TIME = 0;
    private static final int SYSTEM_TIME = 1;
    private static final int MAX_RESIDENT = 2;
    private static final int MINOR_FAULTS = 3;
    private static final int MAJOR_FAULTS = 4;
    private static final int BLOCK_INPUTS = 5;
    private static final int BLOCK_OUTPUTS = 6;
    private static final int VOLUNTARY_SWITCHES = 7;
    private static final int INVOLUNTARY_SWITCHES = 8;

    private final Exit exit;

    /** Whether the process never had the JVM's memory. */
    private final boolean hadOwnMemory;

    /** Null until somebody has asked for it. */
    @GuardedBy("this")
    private OptionalLong maxResidentBytes;

    private ResourceUsage(Exit exit, boolean hadOwnMemory) {
        this.exit = exit;
        this.hadOwnMemory = hadOwnMemory;
    }

    /**
     * What the kernel says.
     *
     * @param hadOwnMemory whether the process was started by another one than the JVM
     */
    static ResourceUsage of(Exit exit, boolean hadOwnMemory) {
        return new ResourceUsage(exit, hadOwnMemory);
    }

    /**
     * CPU time in user mode.
     *
     * @return the time, in microseconds' resolution
     */
    public Duration userTime() {
        return Duration.of(exit.usage(USER_TIME), ChronoUnit.MICROS);
    }

    /**
     * CPU time in the kernel.
     *
     * @return the time, in microseconds' resolution
     */
    public Duration systemTime() {
        return Duration.of(exit.usage(SYSTEM_TIME), ChronoUnit.MICROS);
    }

    /**
     * User and system time together.
     *
     * @return the CPU time
     */
    public Duration cpuTime() {
        return userTime().plus(systemTime());
    }

    /**
     * The largest resident set of any one of these processes.
     *
     * <p>The kernel counts a child's memory from before its exec, when that was the JVM's. So it is
     * known only if it is more than the JVM itself has ever had, as far as the kernel's counters
     * are exact, or if the process was started {@linkplain StartKind#WARM warm}, by a small helper.
     * Of a compiler that takes 24 MiB in a JVM that takes 1 GiB it cannot be told; {@link
     * TreeUsage#peakMemoryBytes} of a {@link Cgroup} of its own can. The JVM's own peak is asked
     * for, in {@code /proc/self/status}, when this is called first.
     *
     * @return the peak in bytes; empty if it cannot be told from the JVM's, and where {@code /proc}
     *     is not mounted
     */
    public OptionalLong maxResidentBytes() {
        synchronized (this) {
            if (maxResidentBytes == null) {
                maxResidentBytes = ownPeak();
            }
            return maxResidentBytes;
        }
    }

    private OptionalLong ownPeak() {
        long peak = exit.usage(MAX_RESIDENT) * 1024;
        if (peak == 0) {
            return OptionalLong.empty();
        }
        if (hadOwnMemory) {
            return OptionalLong.of(peak);
        }
        OptionalLong bound = OwnMemory.peakBound();
        return bound.isPresent() && peak > bound.getAsLong()
                ? OptionalLong.of(peak)
                : OptionalLong.empty();
    }

    /**
     * Page faults served without input or output.
     *
     * @return how many
     */
    public long minorFaults() {
        return exit.usage(MINOR_FAULTS);
    }

    /**
     * Page faults that had to read.
     *
     * @return how many
     */
    public long majorFaults() {
        return exit.usage(MAJOR_FAULTS);
    }

    /**
     * What was read from storage: not what was in the page cache already, nor from pipes and
     * sockets. The {@code read_bytes} of {@code /proc/<pid>/io}, see proc(5).
     *
     * @return bytes, in units of 512
     */
    public long bytesRead() {
        return exit.usage(BLOCK_INPUTS) * BLOCK;
    }

    /**
     * What was written to files that are on storage, or will be unless they are deleted before. The
     * {@code write_bytes} of {@code /proc/<pid>/io}, see proc(5).
     *
     * @return bytes, in units of 512
     */
    public long bytesWritten() {
        return exit.usage(BLOCK_OUTPUTS) * BLOCK;
    }

    /**
     * How often a process gave up its processor to wait.
     *
     * @return how often
     */
    public long voluntaryContextSwitches() {
        return exit.usage(VOLUNTARY_SWITCHES);
    }

    /**
     * How often a process was displaced from its processor.
     *
     * @return how often
     */
    public long involuntaryContextSwitches() {
        return exit.usage(INVOLUNTARY_SWITCHES);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ResourceUsage usage
                && hadOwnMemory == usage.hadOwnMemory
                && Arrays.equals(fields(), usage.fields());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(fields());
    }

    private long[] fields() {
        long[] fields = new long[FIELDS];
        for (int i = 0; i < FIELDS; i++) {
            fields[i] = exit.usage(i);
        }
        return fields;
    }

    /** Such as {@code 120 ms of CPU, 0 bytes read, 4096 written}. */
    @Override
    public String toString() {
        return cpuTime().toMillis()
                + " ms of CPU, "
                + bytesRead()
                + " bytes read, "
                + bytesWritten()
                + " written";
    }
}
