// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.time.Duration;
import java.util.Locale;

/** Shows quantities with units that suit their size. */
final class Units {
    private static final double NS_PER_MS = 1e6;
    private static final double NS_PER_S = 1e9;
    private static final int MIB_SHIFT = 20;

    private Units() {}

    static String of(Duration duration) {
        long ns = duration.toNanos();
        return ns < NS_PER_S ? decimal(ns / NS_PER_MS) + " ms" : decimal(ns / NS_PER_S) + " s";
    }

    static String mebibytes(long bytes) {
        return decimal(bytes / (double) (1 << MIB_SHIFT)) + " MiB";
    }

    /** At most two digits behind the point, and none that say nothing. */
    static String decimal(double number) {
        String text = String.format(Locale.ROOT, "%.2f", number);
        return text.replaceFirst("\\.?0+$", "");
    }
}
