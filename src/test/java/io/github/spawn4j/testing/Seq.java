// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

/** What seq(1) writes. */
public final class Seq {
    private Seq() {}

    /** The numbers from 1 on, each on a line of its own. */
    public static String to(int last) {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i <= last; i++) {
            text.append(i).append('\n');
        }
        return text.toString();
    }
}
