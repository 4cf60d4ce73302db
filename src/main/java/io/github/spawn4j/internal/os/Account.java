// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.IOException;
import java.util.Arrays;

/**
 * Users and groups by their names, as the C library finds them: in files, or at a server that may
 * take its time.
 */
public final class Account {
    static {
        NativeLibrary.load();
    }

    /** More than a group's id. */
    private static final int FEW_GROUPS = 64;

    private Account() {}

    /**
     * The ids of a user.
     *
     * @param name the name, encoded
     * @return the user's id, the id of its group, and those of all its groups; null for none
     * @throws UnsupportedOperationException if the native library cannot be loaded
     */
    public static int[] user(byte[] name) throws IOException {
        NativeHalf.requireUnchecked();
        int[] ids = new int[FEW_GROUPS];
        while (true) {
            int count = Errno.check("getpwnam", user0(name, ids));
            if (count <= ids.length) {
                return count == 0 ? null : Arrays.copyOf(ids, count);
            }
            ids = new int[count];
        }
    }

    /**
     * The id of a group.
     *
     * @param name the name, encoded
     * @return null for none
     * @throws UnsupportedOperationException if the native library cannot be loaded
     */
    public static Integer group(byte[] name) throws IOException {
        NativeHalf.requireUnchecked();
        int[] id = new int[1];
        return Errno.check("getgrnam", group0(name, id)) == 0 ? null : id[0];
    }

    private static native int user0(byte[] name, int[] ids);

    private static native int group0(byte[] name, int[] id);
}
