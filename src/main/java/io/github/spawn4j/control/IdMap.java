// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.control;

/**
 * Which ids inside a user namespace stand for which ids outside; see user_namespaces(7). Immutable.
 *
 * <pre>{@code
 * // an ordinary user, who is root inside
 * PidfdProcess.builder("id").userNamespace(IdMap.of(0, 1000, 1), IdMap.of(0, 1000, 1)).start();
 * }</pre>
 *
 * <p>A process may map its own id, to any number. Any other map needs CAP_SETUID, or CAP_SETGID for
 * groups. Since Linux 5.12 a map of the user 0 outside needs CAP_SETFCAP, also where that is the
 * process's own id.
 */
public final class IdMap {
    /** The child's own id as it is, and no other. */
    public static final IdMap OWN = new IdMap("");

    private static final long MOST = 0xffff_ffffL;

    private final String lines;

    private IdMap(String lines) {
        this.lines = lines;
    }

    /**
     * A map of one range.
     *
     * @param inside the first id in the namespace, 0 to 4294967294
     * @param outside the first id that it stands for, as the JVM counts
     * @param count how many ids there are, from 1
     * @return the map
     * @throws IllegalArgumentException if there are no such ids
     */
    public static IdMap of(long inside, long outside, long count) {
        return OWN.plus(inside, outside, count);
    }

    /**
     * Adds another range, which must not overlap the others.
     *
     * @param inside the first id in the namespace, 0 to 4294967294
     * @param outside the first id that it stands for, as the JVM counts
     * @param count how many ids there are, from 1
     * @return the map
     * @throws IllegalArgumentException if there are no such ids
     */
    public IdMap plus(long inside, long outside, long count) {
        boolean isRange =
                inside >= 0
                        && outside >= 0
                        && count > 0
                        && count <= MOST
                        && inside + count <= MOST
                        && outside + count <= MOST;
        if (!isRange) {
            throw new IllegalArgumentException(
                    "no range of ids: "
                            + count
                            + " from "
                            + inside
                            + ", which stand for "
                            + outside
                            + " on");
        }
        return new IdMap(lines + inside + " " + outside + " " + count + "\n");
    }

    /** The lines of {@code /proc/<pid>/uid_map}; empty for {@link #OWN}. */
    @Override
    public String toString() {
        return lines;
    }
}
