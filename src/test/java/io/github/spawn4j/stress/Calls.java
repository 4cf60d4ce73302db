// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.io.IOException;

/** System calls that change what a thread or the JVM may do and is; by their numbers on x86-64. */
final class Calls {
    static final int CLONE_FS = 0x200;
    static final int RLIMIT_STACK = 3;

    private static final Function SYSCALL = Function.getFunction("c", "syscall");

    private static final int PRCTL = 157;
    private static final int CAPGET = 125;
    private static final int CAPSET = 126;
    private static final int CAPABILITY_VERSION_3 = 0x20080522;
    private static final int SECCOMP = 317;

    private Calls() {}

    /** Calls, and returns what is not an error. */
    static long call(String name, int number, Object... arguments) throws IOException {
        Object[] all = new Object[arguments.length + 1];
        all[0] = (long) number;
        for (int i = 0; i < arguments.length; i++) {
            all[i + 1] =
                    arguments[i] instanceof Integer narrow
                            ? (Object) narrow.longValue()
                            : arguments[i];
        }
        long result = SYSCALL.invokeLong(all);
        if (result < 0) {
            throw new IOException(name + " has failed with errno " + Native.getLastError());
        }
        return result;
    }

    static long prctl(int option, long argument) throws IOException {
        return call("prctl", PRCTL, option, argument, 0, 0, 0);
    }

    static void setUserIds(int real, int effective, int saved) throws IOException {
        call("setresuid", 117, real, effective, saved);
    }

    static void setGroupIds(int real, int effective, int saved) throws IOException {
        call("setresgid", 119, real, effective, saved);
    }

    /** One group more. */
    static void setGroups(int group) throws IOException {
        Memory groups = new Memory(4);
        groups.setInt(0, group);
        call("setgroups", 116, 1, groups);
    }

    /**
     * Takes a capability of the calling thread away.
     *
     * @param set 0 for effective, 1 for permitted (and effective), 2 to make it inheritable
     */
    static void changeCapability(int capability, int set) throws IOException {
        Memory header = new Memory(8);
        header.setInt(0, CAPABILITY_VERSION_3);
        header.setInt(4, 0);
        Memory data = new Memory(24);
        call("capget", CAPGET, header, data);
        int word = 12 * (capability / 32);
        int bit = 1 << capability % 32;
        if (set == 2) {
            data.setInt(word + 8, data.getInt(word + 8) | bit);
        } else {
            data.setInt(word, data.getInt(word) & ~bit);
            data.setInt(word + 4, set == 1 ? data.getInt(word + 4) & ~bit : data.getInt(word + 4));
        }
        call("capset", CAPSET, header, data);
    }

    /** A filter that allows everything, of the calling thread. */
    static void addFilter() throws IOException {
        Memory allow = new Memory(8);
        allow.setLong(0, 0);
        allow.setShort(0, (short) 6); // BPF_RET | BPF_K
        allow.setInt(4, 0x7fff0000); // SECCOMP_RET_ALLOW
        Memory program = new Memory(16);
        program.setLong(0, 1);
        program.setPointer(8, allow);
        call("seccomp", SECCOMP, 1, 0, program);
    }

    static boolean hasLandlock() {
        try {
            return call("landlock_create_ruleset", 444, 0, 0, 1) > 0; // its version
        } catch (IOException e) {
            return false;
        }
    }

    /** The calling thread makes no sockets in the file system any more. */
    static void addLandlock() throws IOException {
        Memory rules = new Memory(8);
        rules.setLong(0, 1 << 9); // LANDLOCK_ACCESS_FS_MAKE_SOCK
        long fd = call("landlock_create_ruleset", 444, rules, 8, 0);
        prctl(38, 1);
        call("landlock_restrict_self", 446, fd, 0);
        call("close", 3, fd);
    }

    /** On one processor, the first of those that the calling thread may use. */
    static void useOneProcessor() throws IOException {
        Memory processors = new Memory(1024);
        processors.clear();
        long size = call("sched_getaffinity", 204, 0, 1024, processors);
        int cpu = 0;
        while ((processors.getByte(cpu / 8) >> cpu % 8 & 1) == 0) {
            cpu++;
        }
        processors.clear();
        processors.setByte(cpu / 8, (byte) (1 << cpu % 8));
        call("sched_setaffinity", 203, 0, size, processors);
    }

    static void setPolicy(int policy) throws IOException {
        Memory priority = new Memory(4);
        priority.setInt(0, 0);
        call("sched_setscheduler", 144, 0, policy, priority);
    }

    static long[] limit(int resource) throws IOException {
        Memory limit = new Memory(16);
        call("getrlimit", 97, resource, limit);
        return limit.getLongArray(0, 2);
    }

    static void setLimit(int resource, long soft, long hard) throws IOException {
        Memory limit = new Memory(16);
        limit.setLong(0, soft);
        limit.setLong(8, hard);
        call("setrlimit", 160, resource, limit);
    }

    static Memory text(String text) {
        Memory memory = new Memory(text.length() + 1);
        memory.setString(0, text);
        return memory;
    }
}
