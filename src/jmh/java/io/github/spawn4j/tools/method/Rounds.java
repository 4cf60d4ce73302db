// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.method;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Says when there were rounds enough: when all intervals are narrow, or a bound is met. Each round
 * has another order, so that none always comes behind the same other. One thread at a time.
 */
public final class Rounds {
    /** How wide an interval may be: from 1.00 to 1.03, say. */
    public static final double NARROW = 0.03;

    private final int least;
    private final int most;
    private final long limitNs;
    private final Random random;
    private final long beganNs = System.nanoTime();
    private int made;

    /**
     * @param least how many rounds there are in any case
     * @param most how many there are at most
     * @param limit how long they may take; the first {@code least} take as long as they take
     * @param seed of the orders
     */
    public Rounds(int least, int most, Duration limit, long seed) {
        this.least = least;
        this.most = most;
        this.limitNs = limit.toNanos();
        this.random = new Random(seed);
    }

    /** What is to be done in the next round, in its order. */
    public <T> List<T> next(Collection<T> ways) {
        made++;
        List<T> order = new ArrayList<>(ways);
        Collections.shuffle(order, random);
        return order;
    }

    /** Whether there are more: the ratios are those of all rounds so far. */
    public boolean isOver(Collection<Ratio> ratios) {
        if (made < least) {
            return false;
        }
        return made >= most
                || System.nanoTime() - beganNs >= limitNs
                || ratios.stream().allMatch(ratio -> ratio.width() <= NARROW);
    }

    public int made() {
        return made;
    }
}
