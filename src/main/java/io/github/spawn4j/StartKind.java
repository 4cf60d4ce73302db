package io.github.spawn4j;

/**
 * How a process has been started. Immutable.
 *
 * <pre>{@code
 * if (process.startedAs() == StartKind.COLD) {
 *   System.out.println(template.statistics().coldStarts());
 * }
 * }</pre>
 *
 * @see Warm
 */
public enum StartKind {
    /** Its program was executed, as that of any process is. */
    COLD,

    /** It was cloned from a helper that had executed and linked its program ahead. */
    WARM,

    /** It had been cloned ahead too, and waited for its arguments. */
    PARKED;

    /** As {@link Launched#startKind} has it. */
    static StartKind of(int kind) {
        return switch (kind) {
            case Launched.PARKED -> PARKED;
            case Launched.WARM -> WARM;
            default -> COLD;
        };
    }
}
