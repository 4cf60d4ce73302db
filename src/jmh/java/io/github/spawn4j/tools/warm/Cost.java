// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.warm;

import java.util.function.ToDoubleFunction;

/** What the starts of a turn are compared by, in the order in which it is shown. */
public enum Cost {
    CROWD("CPU, 16 in flight", "crowdMicros", Costs.Turn::crowdMicros),
    ALONE("CPU, one after the other", "aloneMicros", Costs.Turn::aloneMicros),
    CROWD_BLOCKED("blocked, 16 in flight", "crowdBlockedMicros", Costs.Turn::crowdBlockedMicros),
    BLOCKED("blocked, one after the other", "blockedMicros", Costs.Turn::blockedMicros),
    TOTAL("total, one after the other", "totalMicros", Costs.Turn::totalMicros);

    private final String heading;
    private final String key;
    private final ToDoubleFunction<Costs.Turn> figure;

    Cost(String heading, String key, ToDoubleFunction<Costs.Turn> figure) {
        this.heading = heading;
        this.key = key;
        this.figure = figure;
    }

    /** Above its table. */
    public String heading() {
        return heading;
    }

    /** Its name in JSON. */
    public String key() {
        return key;
    }

    double of(Costs.Turn turn) {
        return figure.applyAsDouble(turn);
    }
}
