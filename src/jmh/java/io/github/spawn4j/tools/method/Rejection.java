// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.method;

import java.util.Arrays;

/** Which batches are left out because others used the machine meanwhile. */
public final class Rejection {
    /** Of the machine's time: more than this of others' in a batch, and it is rejected. */
    static final double MOST = 0.1;

    private Rejection() {}

    /**
     * Which batches are kept. They are judged by what others did, never by their own times. More
     * than half of them are kept in any case, the least disturbed: on a machine that is always busy
     * there would be none, and two that are compared would have none in common.
     *
     * @param disturbances the share of the machine's time that others used in each batch
     */
    public static boolean[] kept(double[] disturbances) {
        double[] sorted = disturbances.clone();
        Arrays.sort(sorted);
        double middle = sorted.length == 0 ? 0 : sorted[sorted.length / 2];
        boolean[] kept = new boolean[disturbances.length];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = disturbances[i] <= Math.max(MOST, middle);
        }
        return kept;
    }
}
