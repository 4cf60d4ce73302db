// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.time.Duration;

/**
 * How much is measured.
 *
 * @param warmUp how many starts of each way are not measured
 * @param warmUpLimit how long these may take
 * @param untilQuiet whether there are more of them until the compilers are quiet
 * @param batch how many starts a way makes in a round
 * @param least how many rounds there are in any case
 * @param most how many there are at most
 * @param limit how long the rounds may take, for each way
 */
record Effort(
        int warmUp,
        Duration warmUpLimit,
        boolean untilQuiet,
        int batch,
        int least,
        int most,
        Duration limit) {
    /** As long as it makes sense, it goes on: see {@link Comparison}. */
    static final Duration UNLIMITED = Duration.ofDays(1);

    /** So few that it only shows what a result looks like. */
    static final Effort LEAST = new Effort(10, UNLIMITED, false, 5, 5, 5, UNLIMITED);

    /** For one of many comparisons. */
    static final Effort BRIEF =
            new Effort(3_000, Duration.ofMillis(1_500), false, 20, 8, 60, Duration.ofSeconds(2));

    /** The same for one of several comparisons that share the time of the rounds. */
    Effort dividedBy(int comparisons) {
        return new Effort(
                warmUp, warmUpLimit, untilQuiet, batch, least, most, limit.dividedBy(comparisons));
    }
}
