// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.util.Locale;

/** What {@code cold} measures the first starts of. */
enum ColdWay {
    JDK,
    SPAWN4J_BUILDER,
    SPAWN4J_TEMPLATE;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
