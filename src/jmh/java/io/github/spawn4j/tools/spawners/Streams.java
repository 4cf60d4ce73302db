// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.spawners;

import java.util.Locale;

/** Where the standard streams of a measured program lead to. */
public enum Streams {
    /** To /dev/null. */
    DISCARDED,

    /** To the JVM, which closes them after the exit. */
    PIPES;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
