// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.util.regex.Pattern;

/** Shows strings so that they could be pasted into a shell. */
public final class Shell {
    private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");

    private Shell() {}

    public static String quote(String text) {
        return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
