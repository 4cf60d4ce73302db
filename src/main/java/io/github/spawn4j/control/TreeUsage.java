// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.control;

import io.github.spawn4j.internal.cgroup.CgroupFiles;
import io.github.spawn4j.internal.cgroup.CgroupMembers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.OptionalLong;

/**
 * What many processes use together: those of a {@link Cgroup} or a {@link ProcessTree}. Immutable.
 *
 * <pre>{@code
 * TreeUsage usage = cgroup.usage();
 * log.info("{} of CPU, peak {} bytes", usage.cpuTime(), usage.peakMemoryBytes());
 * }</pre>
 *
 * @param userTime CPU time in user mode. Of a cgroup, of all processes that ever were in it; of a
 *     group, of those that live and of the children that they have waited for
 * @param systemTime CPU time in the kernel, of the same
 * @param memoryBytes memory that is in use now. Of a cgroup, all that is charged to it, with the
 *     page cache (controller memory); of a group, the sum of what is resident, where what two share
 *     counts twice
 * @param peakMemoryBytes the most that this has been; of a cgroup only, with controller memory,
 *     Linux 5.19
 * @param processes how many live now
 * @param bytesRead what was read from storage; of a cgroup only, with controller io
 * @param bytesWritten what was written to storage; of a cgroup only, with controller io
 */
public record TreeUsage(
        Duration userTime,
        Duration systemTime,
        OptionalLong memoryBytes,
        OptionalLong peakMemoryBytes,
        int processes,
        OptionalLong bytesRead,
        OptionalLong bytesWritten) {
    /** Of all processes that are, or have been, in a cgroup. */
    static TreeUsage of(Path cgroup) throws IOException {
        CgroupFiles files = new CgroupFiles(cgroup);
        files.require();
        return new TreeUsage(
                micros(files.number("cpu.stat", "user_usec")),
                micros(files.number("cpu.stat", "system_usec")),
                files.number("memory.current"),
                files.number("memory.peak"),
                new CgroupMembers(cgroup).members().size(),
                files.sum("io.stat", "rbytes"),
                files.sum("io.stat", "wbytes"));
    }

    private static Duration micros(OptionalLong micros) {
        return Duration.of(micros.orElse(0), ChronoUnit.MICROS);
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
