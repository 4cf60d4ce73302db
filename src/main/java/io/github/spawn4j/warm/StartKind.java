// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.warm;

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
    PARKED
}
