package io.github.spawn4j.tools.warm;

import io.github.spawn4j.tools.spawners.Times;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What the starts of one command in one way have cost. One thread at a time. */
public final class Costs {
    static final int CROWD = 16;

    private static final double MEDIAN = 0.5;

    private final List<Double> crowdMicros = new ArrayList<>();
    private final List<Double> aloneMicros = new ArrayList<>();
    private final Times crowdBlocked = new Times();
    private final Times blocked = new Times();
    private final Times total = new Times();

    /** Makes a batch with many starts in flight, and a shorter one with one after the other. */
    void measure(Starter starter, int starts) throws IOException, InterruptedException {
        crowdMicros.add(new Batch(starter, crowdBlocked, new Times()).run(starts, CROWD));
        aloneMicros.add(new Batch(starter, blocked, total).run(starts / 2, 1));
    }

    /** Microseconds of processor time for a start, with many in flight: the median of batches. */
    public double crowdMicros() {
        return median(crowdMicros);
    }

    /** The same, one after the other. */
    public double aloneMicros() {
        return median(aloneMicros);
    }

    /** Microseconds for which a start holds up its caller, with many in flight: the median. */
    public double crowdBlockedMicros() {
        return crowdBlocked.micros(MEDIAN);
    }

    /** Microseconds for which a start holds up its caller, one after the other: the median. */
    public double blockedMicros() {
        return blocked.micros(MEDIAN);
    }

    /** Microseconds until output and process have ended, one after the other: the median. */
    public double totalMicros() {
        return total.micros(MEDIAN);
    }

    private static double median(List<Double> numbers) {
        return numbers.stream().sorted().skip(numbers.size() / 2).findFirst().orElseThrow();
    }
}
