// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.control;

import java.util.Locale;
import java.util.Optional;

/**
 * Something that a process can be given a limit of; the names are those of getrlimit(2) without
 * RLIMIT_. Immutable.
 *
 * <pre>{@code
 * PidfdProcess.builder("python3", "script.py")
 *         .limit(Resource.CPU, 10, 12)           // SIGXCPU after 10 s, SIGKILL after 12
 *         .limit(Resource.AS, 512 << 20)         // 512 MiB of addresses
 *         .limit(Resource.CORE, 0)
 *         .start();
 * }</pre>
 *
 * <p>A limit holds for each process by itself: a child inherits the limit, and counts anew. But
 * {@link #NPROC}, {@link #SIGPENDING} and {@link #MSGQUEUE} count what all processes of the user
 * have.
 */
public enum Resource {
    /**
     * CPU time, in seconds: SIGXCPU at the soft limit and each second after, SIGKILL at the hard.
     */
    CPU(0),

    /** The size of a file that it writes, in bytes: SIGXFSZ, or EFBIG. */
    FSIZE(1),

    /** Data segment and private writable memory, in bytes: ENOMEM. */
    DATA(2),

    /** The main thread's stack, in bytes: SIGSEGV. A quarter of it is room for the arguments. */
    STACK(3),

    /** A core dump, in bytes; 0 for none. */
    CORE(4),

    /** Resident memory; without effect since Linux 2.4.30. */
    RSS(5),

    /** Processes and threads of the user: fork(2) fails with EAGAIN. Not for a privileged one. */
    NPROC(6),

    /** Open files, one more than the highest descriptor: EMFILE. */
    NOFILE(7),

    /** Locked memory, in bytes: mlock(2) fails with ENOMEM. */
    MEMLOCK(8),

    /** Addresses, in bytes: ENOMEM. What is only reserved counts too. */
    AS(9),

    /** Locks of files; without effect since Linux 2.4.25. */
    LOCKS(10),

    /** Queued signals of the user: sigqueue(3) fails with EAGAIN. */
    SIGPENDING(11),

    /** POSIX message queues of the user, in bytes. */
    MSGQUEUE(12),

    /** The least niceness that it may take, as 20 minus that: 1 for 19, 40 for -20. */
    NICE(13),

    /** The highest real-time priority that it may take, 0 to 99. */
    RTPRIO(14),

    /** CPU time of real-time scheduling without a wait, in microseconds: SIGXCPU. */
    RTTIME(15);

    /** No limit. */
    public static final long UNLIMITED = -1;

    private final int number;

    Resource(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /**
     * The one of a name, in upper or lower case, such as {@code nofile}.
     *
     * @param name the name
     * @return the resource, if there is one
     */
    public static Optional<Resource> named(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        for (Resource resource : values()) {
            if (resource.name().equals(upper)) {
                return Optional.of(resource);
            }
        }
        return Optional.empty();
    }
}
