package io.github.spawn4j.tools.agent;

/**
 * How long the calls of one split took.
 *
 * @param split the split
 * @param calls how many calls each of the two has made
 * @param jdkNs the time that they took with the JDK
 * @param templateNs the time that they took from templates
 */
public record Result(Split split, int calls, long jdkNs, long templateNs) {
    private static final double NS_PER_S = 1e9;
    private static final int PERCENT = 100;

    public double jdkPerSecond() {
        return calls * NS_PER_S / jdkNs;
    }

    public double templatePerSecond() {
        return calls * NS_PER_S / templateNs;
    }

    /** How many more calls templates make in the same time. */
    public double differencePercent() {
        return (templatePerSecond() / jdkPerSecond() - 1) * PERCENT;
    }
}
