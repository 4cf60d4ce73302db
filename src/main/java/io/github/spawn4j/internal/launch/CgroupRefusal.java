// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import io.github.spawn4j.internal.os.Errno;

/** Why the kernel takes no process into a cgroup (version 2). */
final class CgroupRefusal {
    private CgroupRefusal() {}

    /** What an error number means there, or an empty string. */
    static String explain(int errno) {
        switch (errno) {
            case Errno.ENOENT:
            case Errno.ENODEV:
                return "it has been removed";
            case Errno.EOPNOTSUPP:
                return "it is below a threaded one, and takes nobody until its cgroup.type is"
                        + " threaded too";
            case Errno.EBUSY:
                return "it hands controllers on to those below, so that nobody may be in it itself";
            case Errno.EACCES:
                return "the user may not write cgroup.procs there, or not that of the cgroup that"
                        + " both are below";
            case Errno.EAGAIN:
                return "its pids.max is reached, or the user's limit on processes";
            case Errno.EBADF:
                return "it is no cgroup of version 2";
            default:
                return "";
        }
    }
}
