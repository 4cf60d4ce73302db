// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.control;

import io.github.spawn4j.ExitStatus;
import io.github.spawn4j.Signal;
import io.github.spawn4j.internal.cgroup.BlockDevice;
import io.github.spawn4j.internal.cgroup.CgroupController;
import io.github.spawn4j.internal.cgroup.CgroupFiles;
import io.github.spawn4j.internal.cgroup.CgroupMembers;
import io.github.spawn4j.internal.cgroup.CgroupPlace;
import io.github.spawn4j.internal.cgroup.CgroupRemoval;
import io.github.spawn4j.internal.cgroup.MemoryKills;
import io.github.spawn4j.internal.launch.OpenCgroup;
import io.github.spawn4j.internal.os.Leftovers;
import io.github.spawn4j.internal.os.NativeHalf;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A cgroup (version 2) that this library has made: it limits, measures and ends its processes
 * together. No process can leave it without the right to do so. See cgroups(7) and the kernel's
 * Documentation/admin-guide/cgroup-v2.rst. Thread-safe.
 *
 * <pre>{@code
 * try (Cgroup cgroup = Cgroup.create().memoryMax(512 << 20).pidsMax(100)) {
 *   CommandResult result = PidfdProcess.builder("make", "-j4")
 *       .cgroup(cgroup)
 *       .run(RunOptions.timeout(ofMinutes(5)).leaveNobody());
 *   log.info("{}: {}", result.exitStatus(), cgroup.usage());
 * }
 * }</pre>
 *
 * <p>The caller closes it. {@link #close} ends all its processes and removes it. A cgroup that is
 * not closed stays, even after the end of the JVM.
 *
 * <p>To make one takes the right to write in the tree of cgroups. Root has it, and a user to whom a
 * part of the tree was delegated (systemd: {@code Delegate=yes}, as for {@code user@.service};
 * containers: a tree that is mounted read-write). Each limit needs a controller, which its method
 * names. A cgroup that has processes of its own hands on no controllers. So a JVM that is alone in
 * what was delegated to it, as in a service, has to be started one cgroup below, for example with
 * {@code DelegateSubgroup=} of systemd. The library never moves the JVM.
 *
 * <p>For all else, read and write the files of its {@link #directory}.
 */
public final class Cgroup implements AutoCloseable {
    private static final AtomicLong COUNTER = new AtomicLong();

    private static final String MAX = "max";
    private static final String IO_WEIGHT = "io.weight";
    private static final String BFQ_WEIGHT = "io.bfq.weight";
    private static final String MEMORY_EVENTS = "memory.events";

    /** The period of a limit on CPU time; what the kernel takes if nothing else is said. */
    private static final long PERIOD_US = 100_000;

    /** The least of a period that the kernel takes. */
    private static final long LEAST_QUOTA_US = 1000;

    private static final int MOST_WEIGHT = 10_000;

    private final Path directory;
    private final CgroupFiles files;
    private final CgroupMembers members;
    private final OpenCgroup open;

    private final MemoryKills memoryKills;

    private volatile boolean closed;

    private Cgroup(Path directory, OpenCgroup open) {
        this.directory = directory;
        this.open = open;
        files = new CgroupFiles(directory);
        members = new CgroupMembers(directory);
        memoryKills = new MemoryKills(files);
    }

    /**
     * Makes a cgroup as near to the JVM's own cgroup as possible. From there it goes upwards to the
     * first cgroup that this user may write to and that can hand on controllers. If none can, it
     * takes the first one that the user may write to.
     *
     * @return the cgroup, empty and without limits
     * @throws IOException if there is no such place; it says what is missing
     * @throws UnsupportedOperationException where the native library cannot be loaded
     */
    public static Cgroup create() throws IOException {
        NativeHalf.requireUnchecked();
        return create(CgroupPlace.delegated());
    }

    /**
     * Makes a cgroup below another one.
     *
     * @param parent the directory of that, below the mount of the cgroup2 file system
     * @return the cgroup, empty and without limits
     * @throws IOException if it cannot be made: EACCES, EROFS, or EAGAIN where {@code
     *     cgroup.max.descendants} is reached
     * @throws UnsupportedOperationException where the native library cannot be loaded
     */
    public static Cgroup create(Path parent) throws IOException {
        NativeHalf.requireUnchecked();
        Leftovers.prepare();
        if (!new CgroupFiles(parent).has("cgroup.procs")) {
            throw new NoSuchFileException(
                    parent.toString(), null, "not the directory of a cgroup of version 2");
        }
        // Controllers are handed on by the real one's parents.
        Path real = parent.toRealPath();
        String prefix = "spawn4j-" + ProcessHandle.current().pid() + "-";
        while (true) {
            try {
                Path directory = real.resolve(prefix + COUNTER.incrementAndGet());
                return open(Files.createDirectory(directory));
            } catch (FileAlreadyExistsException e) {
                // Of a JVM that had our pid and has left it; the next number is free.
            }
        }
    }

    /** Removes it if that fails, as nobody else knows of it. */
    private static Cgroup open(Path directory) throws IOException {
        OpenCgroup open = null;
        try {
            open = OpenCgroup.keep(directory);
            Cgroup cgroup = new Cgroup(directory, open);
            Leftovers.closeWhenDropped(cgroup, open::close);
            return cgroup;
        } catch (IOException | RuntimeException | Error e) {
            if (open != null) {
                open.close();
            }
            directory.toFile().delete(); // unless somebody has started a process in it
            throw e;
        }
    }

    /** Begins a start in it. */
    OpenCgroup.Use use() throws IOException {
        return open.use();
    }

    /**
     * Where its files are.
     *
     * @return the directory below the mount of the cgroup2 file system
     */
    public Path directory() {
        return directory;
    }

    /**
     * Limits memory: {@code memory.max}, controller memory. The page cache and what the kernel
     * needs for the processes count too. When the limit is reached, the kernel swaps out what it
     * can, unless {@link #swapMax} forbids that, and then kills a process; {@link
     * ExitStatus.OutOfMemory} says so.
     *
     * @param bytes the most; not negative, and rounded down to whole pages
     * @return this
     * @throws IllegalArgumentException if {@code bytes} is negative
     * @throws IOException if the limit cannot be set; it says which controller is missing, and
     *     where
     */
    public Cgroup memoryMax(long bytes) throws IOException {
        return limit("memory", "memory.max", Long.toString(notNegative("bytes", bytes)));
    }

    /**
     * Limits swap: {@code memory.swap.max}, controller memory.
     *
     * @param bytes the most; not negative, 0 for none at all
     * @return this
     * @throws IllegalArgumentException if {@code bytes} is negative
     * @throws IOException if the limit cannot be set, as where the kernel does not account swap
     */
    public Cgroup swapMax(long bytes) throws IOException {
        return limit("memory", "memory.swap.max", Long.toString(notNegative("bytes", bytes)));
    }

    /**
     * Limits CPU time to that of this many processors, in each tenth of a second: {@code cpu.max},
     * controller cpu.
     *
     * @param processors such as 1.5; 0.01 to 2147483647
     * @return this
     * @throws IllegalArgumentException if it is less, more, or no number
     * @throws IOException if the limit cannot be set; it says which controller is missing, and
     *     where
     */
    public Cgroup cpuMax(double processors) throws IOException {
        long quotaUs = Math.round(processors * PERIOD_US);
        if (!(processors > 0) || quotaUs < LEAST_QUOTA_US || processors > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    processors + " processors are not in 0.01 to " + Integer.MAX_VALUE);
        }
        return limit("cpu", "cpu.max", quotaUs + " " + PERIOD_US);
    }

    /**
     * Sets its share of the CPU where cgroups beside it want it too: {@code cpu.weight}, controller
     * cpu.
     *
     * @param weight 1 to 10000; a cgroup without one has 100
     * @return this
     * @throws IllegalArgumentException if {@code weight} is out of range
     * @throws IOException if it cannot be set; it says which controller is missing, and where
     */
    public Cgroup cpuWeight(int weight) throws IOException {
        return limit("cpu", "cpu.weight", Integer.toString(inRange(weight)));
    }

    /**
     * Limits how many processes and threads there are at a time: {@code pids.max}, controller pids.
     * To start one more fails with EAGAIN, whether inside or by this library.
     *
     * @param threads the most; not negative. Each thread of each process counts
     * @return this
     * @throws IllegalArgumentException if {@code threads} is negative
     * @throws IOException if the limit cannot be set; it says which controller is missing, and
     *     where
     */
    public Cgroup pidsMax(long threads) throws IOException {
        return limit("pids", "pids.max", Long.toString(notNegative("threads", threads)));
    }

    /**
     * Limits what is read from and written to one device: {@code io.max}, controller io.
     *
     * @param file any file on the device
     * @param readBytesPerSecond the most; positive, {@link Long#MAX_VALUE} for no limit
     * @param writtenBytesPerSecond the most; positive, {@link Long#MAX_VALUE} for no limit
     * @return this
     * @throws IllegalArgumentException if one is not positive
     * @throws IOException if the limit cannot be set, as for a file that is on no device (tmpfs);
     *     it says which controller is missing, and where
     */
    public Cgroup ioMax(Path file, long readBytesPerSecond, long writtenBytesPerSecond)
            throws IOException {
        String limits =
                " rbps=" + rate(readBytesPerSecond) + " wbps=" + rate(writtenBytesPerSecond);
        return limit("io", "io.max", BlockDevice.of(file) + limits);
    }

    /**
     * Sets its share of disks where cgroups beside it want them too: {@code io.weight}, controller
     * io. It counts for disks on which the administrator has turned the kernel's cost model on
     * ({@code io.cost.qos}). A kernel without that (CONFIG_BLK_CGROUP_IOCOST) has no such file;
     * then the share is that of the scheduler BFQ, {@code io.bfq.weight}, which counts for disks
     * that have this scheduler.
     *
     * @param weight 1 to 10000, of which BFQ takes at most 1000; a cgroup without one has 100
     * @return this
     * @throws IllegalArgumentException if {@code weight} is out of range
     * @throws IOException if it cannot be set, as where the kernel has neither file; it says which
     *     controller is missing, and where
     */
    public Cgroup ioWeight(int weight) throws IOException {
        String value = "default " + inRange(weight);
        CgroupController.ensure(directory, "io");
        boolean isBfq = !files.has(IO_WEIGHT) && files.has(BFQ_WEIGHT);
        return limit("io", isBfq ? BFQ_WEIGHT : IO_WEIGHT, value);
    }

    /**
     * Sets the CPUs that its processes run on: {@code cpuset.cpus}, controller cpuset. Unlike
     * {@code cpuAffinity}, no process can change them.
     *
     * @param cpus their numbers, from 0; those that the cgroup above lacks have no effect
     * @return this
     * @throws IllegalArgumentException if there is none, or one is negative
     * @throws IOException if they cannot be set; it says which controller is missing, and where
     */
    public Cgroup cpus(int... cpus) throws IOException {
        StringJoiner list = new StringJoiner(",");
        for (int cpu : cpus) {
            list.add(Long.toString(notNegative("CPU", cpu)));
        }
        if (cpus.length == 0) {
            throw new IllegalArgumentException("no CPU");
        }
        return limit("cpuset", "cpuset.cpus", list.toString());
    }

    /**
     * Stops all its processes, and those that they fork: {@code cgroup.freeze}, Linux 5.2. This
     * does not wait until the last one has stopped; {@link Events#isFrozen} says when that is so.
     * Stopped processes can be killed. None can be started in a frozen cgroup.
     *
     * @return this
     * @throws IOException if the kernel forbids it, or is older
     */
    public Cgroup freeze() throws IOException {
        files.write("cgroup.freeze", "1");
        return this;
    }

    /**
     * Lets all its processes go on.
     *
     * @return this
     * @throws IOException if the kernel forbids it, or is older
     */
    public Cgroup thaw() throws IOException {
        files.write("cgroup.freeze", "0");
        return this;
    }

    private static String rate(long bytesPerSecond) {
        if (bytesPerSecond <= 0) {
            throw new IllegalArgumentException(bytesPerSecond + " bytes per second: not positive");
        }
        return bytesPerSecond == Long.MAX_VALUE ? MAX : Long.toString(bytesPerSecond);
    }

    private static int inRange(int weight) {
        if (weight < 1 || weight > MOST_WEIGHT) {
            throw new IllegalArgumentException("weight " + weight + " is not in 1 to 10000");
        }
        return weight;
    }

    private static long notNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " " + value + " is negative");
        }
        return value;
    }

    private Cgroup limit(String controller, String file, String value) throws IOException {
        CgroupController.ensure(directory, controller);
        files.write(file, value);
        memoryKills.look();
        return this;
    }

    /**
     * What its processes use, and have used: from {@code cpu.stat}, {@code memory.current}, {@code
     * memory.peak} and {@code io.stat}, as far as the cgroup has them.
     *
     * @return the usage
     * @throws IOException if it cannot be read, as when the cgroup has been removed
     */
    public TreeUsage usage() throws IOException {
        return TreeUsage.of(directory);
    }

    /**
     * What has happened in a {@link Cgroup} so far. Immutable.
     *
     * <pre>{@code
     * if (cgroup.events().refusedForks().orElse(0) > 0) {
     *   log.warn("it wanted more processes than it may have");
     * }
     * }</pre>
     *
     * @param isPopulated whether a process that has not ended is in it or below: {@code
     *     cgroup.events}
     * @param isFrozen whether its processes are stopped: {@code cgroup.events}
     * @param outOfMemoryKills how many of its processes the kernel has killed because memory ran
     *     out: {@code oom_kill} of {@code memory.events}; empty without the controller
     * @param memoryMaxHits how often its limit on memory was met, mostly without harm: {@code max}
     *     of {@code memory.events}; empty without the controller
     * @param refusedForks how often its limit on processes was met: {@code max} of {@code
     *     pids.events}; empty without the controller
     */
    public record Events(
            boolean isPopulated,
            boolean isFrozen,
            OptionalLong outOfMemoryKills,
            OptionalLong memoryMaxHits,
            OptionalLong refusedForks) {}

    /**
     * What has happened in it.
     *
     * @return the events so far
     * @throws IOException if they cannot be read, as when the cgroup has been removed
     */
    public Events events() throws IOException {
        files.require();
        return new Events(
                files.number("cgroup.events", "populated").orElse(0) == 1,
                files.number("cgroup.events", "frozen").orElse(0) == 1,
                files.number(MEMORY_EVENTS, "oom_kill"),
                files.number(MEMORY_EVENTS, MAX),
                files.number("pids.events", MAX));
    }

    MemoryKills memoryKills() {
        return memoryKills;
    }

    /**
     * The processes in it, or in a cgroup below.
     *
     * @return the pids, in ascending order; without those that have none in our pid namespace
     * @throws IOException if it cannot be read
     */
    public Set<Long> members() throws IOException {
        return ProcessTree.pids(members.members());
    }

    /**
     * Sends SIGKILL to all processes in it or below, and does not wait: {@code cgroup.kill} of
     * Linux 5.14, which a fork cannot outrun. On an older kernel it kills one process after the
     * other. Processes can be started in it afterwards.
     *
     * @throws IOException if the kernel forbids it
     */
    public void kill() throws IOException {
        members.signal(Signal.KILL.number());
    }

    /**
     * Kills all its processes, waits until they are gone, 10 seconds at most, and removes it and
     * all cgroups below. Closing again does nothing. An interrupt does not end the wait.
     *
     * @throws IOException if a process is left, or the cgroup cannot be removed; then it can be
     *     closed again
     */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        CgroupRemoval.empty(members);
        memoryKills.remember();
        open.close();
        CgroupRemoval.remove(directory);
        memoryKills.end();
        closed = true;
    }

    /** Its directory. */
    @Override
    public String toString() {
        return members.toString();
    }
}
