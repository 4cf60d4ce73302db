// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.internal.launch.Text;
import io.github.spawn4j.internal.os.Account;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The ids behind names of users and groups. */
final class Accounts {
    private Accounts() {}

    /** A user's id, the id of its group, and those of all its groups. */
    static int[] user(String name) {
        int[] ids;
        try {
            ids = Account.user(Text.encode("user", name));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "user \"" + Text.printable(name) + "\" cannot be looked up", e);
        }
        if (ids == null) {
            throw new IllegalArgumentException("there is no user \"" + Text.printable(name) + "\"");
        }
        return ids;
    }

    static int group(String name) {
        Integer id;
        try {
            id = Account.group(Text.encode("group", name));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "group \"" + Text.printable(name) + "\" cannot be looked up", e);
        }
        if (id == null) {
            throw new IllegalArgumentException(
                    "there is no group \"" + Text.printable(name) + "\"");
        }
        return id;
    }
}
