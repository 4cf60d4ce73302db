// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.StringTokenizer;

/**
 * The soft limit of open files, which the JVM makes equal to the hard one when it begins
 * (-XX:+MaxFDLimit). Thread-safe.
 *
 * <p>Nothing keeps what it was before. It is known where the JVM's parent still has it: the same
 * hard limit, and a lower soft one. A parent that has raised its own, as another JVM has, is passed
 * over for its parent. A process that has adopted the JVM may have been given another one, and so
 * may a JVM that is a service, by systemd in the child; both are of another session than their
 * parent, and nothing is known of them.
 */
public final class RaisedLimit {
    /** RLIMIT_NOFILE, and how messages name it. */
    private static final int NUMBER = 7;

    private static final String NAME = "NOFILE";

    private static final String LINE = "\nMax open files";

    /** Fields of /proc/pid/stat, from the state on. */
    private static final int PARENT = 1;

    private static final int SESSION = 3;
    private static final int FIELDS = SESSION + 2;

    /** Where nothing is known. */
    static final long UNKNOWN = -1;

    private static final RaisedLimit OURS = new RaisedLimit("/proc");

    private final String proc;

    /** Without a lock: whoever looks finds the same. Written before {@link #isRead}. */
    private volatile Attribute before;

    private volatile boolean isRead;

    /**
     * @param proc where processes are shown
     */
    RaisedLimit(String proc) {
        this.proc = proc;
    }

    /** What gives a child the limit that the JVM was started with; null where that is not known. */
    public static Attribute before() {
        return OURS.attribute();
    }

    /** The same of the process that is shown as our own. */
    Attribute attribute() {
        return isRead ? before : read();
    }

    private Attribute read() {
        long limit = UNKNOWN;
        try {
            limit = before(proc);
        } catch (IOException e) {
            if (lacksDescriptors()) {
                return null; // next time
            }
        }
        Attribute found = limit == UNKNOWN ? null : Attribute.putBackLimit(NUMBER, NAME, limit);
        before = found;
        isRead = true;
        return found;
    }

    /** Whether what everybody may open cannot be opened either. */
    private static boolean lacksDescriptors() {
        try {
            new FileInputStream("/dev/null").close();
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /**
     * The same as a number, or {@link #UNKNOWN}.
     *
     * @param proc where processes are shown
     * @throws IOException if something that is there cannot be read
     */
    static long before(String proc) throws IOException {
        String[] ours = limits(proc, "self");
        String[] self = stat(proc, "self");
        if (ours == null || self == null || !ours[0].equals(ours[1])) {
            return UNKNOWN; // as it was not raised
        }
        String pid = self[PARENT];
        while (true) {
            String[] theirs = limits(proc, pid);
            String[] stat = stat(proc, pid);
            boolean isAncestor =
                    theirs != null
                            && stat != null
                            && stat[SESSION].equals(self[SESSION])
                            && theirs[1].equals(ours[1]);
            if (!isAncestor) {
                return UNKNOWN;
            }
            if (!theirs[0].equals(theirs[1])) {
                return number(theirs[0]);
            }
            pid = stat[PARENT];
        }
    }

    /** The soft and the hard limit, in words; null where they cannot be seen. */
    private static String[] limits(String proc, String pid) throws IOException {
        String limits = read(proc, pid, "limits");
        int at = limits.indexOf(LINE);
        if (at < 0) {
            return null;
        }
        StringTokenizer words = new StringTokenizer(limits.substring(at + LINE.length()));
        return words.countTokens() < 2 ? null : new String[] {words.nextToken(), words.nextToken()};
    }

    /** The fields behind the name, which may contain anything; null where they cannot be seen. */
    private static String[] stat(String proc, String pid) throws IOException {
        String stat = read(proc, pid, "stat");
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", FIELDS);
        return fields.length == FIELDS ? fields : null;
    }

    /** Empty where it is not there, or may not be seen. */
    private static String read(String proc, String pid, String name) throws IOException {
        File file = new File(proc, pid + "/" + name);
        if (!file.exists()) {
            return "";
        }
        try (InputStream stream = new FileInputStream(file)) {
            return new String(stream.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static long number(String word) {
        try {
            return Long.parseLong(word);
        } catch (NumberFormatException e) {
            return UNKNOWN;
        }
    }
}
