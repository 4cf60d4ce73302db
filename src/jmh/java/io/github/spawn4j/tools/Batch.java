// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.spawners.Samples;

/**
 * Starts of one spawner without others in between.
 *
 * @param samples what they were measured to take
 * @param disturbance the share of the machine's time that others used meanwhile, from 0 to 1
 */
record Batch(Samples samples, double disturbance) {
    /** Of the children, from which on most ran on another processor. */
    private static final double MOST = 0.5;

    boolean isElsewhere() {
        return samples.elsewhereShare().orElse(0) > MOST;
    }
}
